/**
 * Bytes to flow records: capture files (pcap), export datagrams (NetFlow v5 and v9, IPFIX, sFlow v5), logs, and back
 * to readable records. Pure and incremental. Not here: what is in an ordinary packet (packet), flows made of ordinary
 * packets (metering), files and sockets (#collection).
 */
export {
  createPcapReader,
  looksLikePcap,
  type OnPacket,
  type PcapCounters,
  type PcapReader,
} from "./pcap/index.ts";
export type { BadLine, FileEnd, FileFailure, FlowFileDecoder } from "./flow-file-decoder.ts";
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
  type Netflow5Into,
  type Netflow5Packet,
  type Netflow5Verdict,
} from "./netflow5/index.ts";
export { encodeNetflow9, type Netflow9Encoded, type Netflow9EncodeOptions } from "./netflow9/index.ts";
export { encodeIpfix, type IpfixEncoded, type IpfixEncodeOptions } from "./ipfix/index.ts";
export { type TemplateSnapshot } from "./templates/index.ts";
export { encodeSflow5, type Sflow5Encoded, type Sflow5EncodeOptions } from "./sflow/index.ts";
export { createFlowFileDecoder, type LogDecoderOptions, type LogFormat } from "./log-decoder.ts";
export { isGzip, recogniseFormat, type FileFormat, type Recognition } from "./recognise/index.ts";
export { flowRowToJson, type RecordJson } from "./record-json/index.ts";
