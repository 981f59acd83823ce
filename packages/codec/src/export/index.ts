/**
 * Export datagrams of any protocol to flow records, and what is known of each exporter.
 * Not here: the wire of one protocol (netflow5/, …), sockets, files.
 */
export { createExportDecoder } from "./export-decoder.ts";
export { recogniseExportDatagram, type ExportProtocol } from "./export-datagram.ts";
export type {
  DatagramSource,
  ExportDecoder,
  ExportDecoderOptions,
  ExporterStatus,
} from "./export-decoder-types.ts";
