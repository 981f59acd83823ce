/**
 * Bytes to flow records: capture files (pcap), export datagrams (NetFlow v5), logs (Zeek conn, CSV), and back to
 * readable records. Pure and incremental. Not here: what is in an ordinary packet (packet), flows made of ordinary
 * packets (metering), files and sockets (#collection).
 *
 * Coming to this door next, with these signatures:
 *   createExportDecoder(options?: ExportDecoderOptions): ExportDecoder
 *   recogniseFormat(head: Uint8Array): Recognition                  isGzip(head: Uint8Array): boolean
 *   createFlowFileDecoder(format: LogFormat, sink: FlowSink, options?): FlowFileDecoder
 *   flowRowToJson(batch: FlowBatch, row: number, protocol: "metered" | "zeek" | "csv"): RecordJson
 *   encodeNetflow5(batch: FlowBatch, options): { datagrams: Uint8Array[], … }
 */
export { createPcapReader, looksLikePcap, type OnPacket, type PcapCounters, type PcapReader } from "./pcap/index.ts";
export type { FileEnd, FileFailure, FlowFileDecoder } from "./flow-file-decoder.ts";
export {
  recogniseExportDatagram,
  type DatagramSource,
  type ExportDecoder,
  type ExportDecoderOptions,
  type ExporterStatus,
  type ExportProtocol,
} from "./export/index.ts";
export type { FileFormat, LogFormat, Recognition } from "./recognise/index.ts";
export type { RecordJson } from "./record-json/index.ts";
