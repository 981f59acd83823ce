/**
 * NetFlow version 5: the wire (packet, times), its meaning as flow rows (to-flow), and back (encode).
 * Not here: sequence numbers and what is known of an exporter (export/).
 */
export { decodeNetflow5, type Netflow5Into } from "./decode.ts";
export { encodeNetflow5, type Netflow5EncodeOptions, type Netflow5Encoded } from "./encode.ts";
export { RECORD_BYTES as NETFLOW5_RECORD_BYTES } from "./layout.ts";
export {
  createNetflow5Packet,
  engineOf,
  exportTimeMs,
  readNetflow5Packet,
  samplingRateOf,
  type Netflow5Packet,
  type Netflow5Verdict,
} from "./packet.ts";
export { netflow5RecordToJson } from "./record-to-json.ts";
