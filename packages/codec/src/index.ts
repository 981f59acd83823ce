/**
 * Bytes to flow records: capture files (pcap), export datagrams (NetFlow v5), logs (Zeek conn, CSV), and back to
 * readable records. Pure and incremental. Not here: what is in an ordinary packet (packet), flows made of ordinary
 * packets (metering), files and sockets (#collection).
 *
 * Coming to this door next, with these signatures:
 *   recogniseFormat(head: Uint8Array): Recognition                  isGzip(head: Uint8Array): boolean
 *   createFlowFileDecoder(format: LogFormat, sink: FlowSink, options?): FlowFileDecoder
 */
export { createPcapReader, looksLikePcap, type OnPacket, type PcapCounters, type PcapReader } from "./pcap/index.ts";
export type { FileEnd, FileFailure, FlowFileDecoder } from "./flow-file-decoder.ts";
export {
  createExportDecoder,
  recogniseExportDatagram,
  type DatagramSource,
  type ExportDecoder,
  type ExportDecoderOptions,
  type ExporterStatus,
  type ExportProtocol,
} from "./export/index.ts";
export {
  createNetflow5Packet,
  decodeNetflow5,
  encodeNetflow5,
  type Netflow5Encoded,
  type Netflow5EncodeOptions,
  type Netflow5Packet,
  type Netflow5Verdict,
} from "./netflow5/index.ts";
export type { FileFormat, LogFormat, Recognition } from "./recognise/index.ts";
export { flowRowToJson, type RecordJson } from "./record-json/index.ts";
