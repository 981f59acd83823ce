/**
 * sFlow version 5: the wire, its meaning as flow rows and as objects, and back (encode).
 * Not here: headers of the sampled packets (packet), what is known of an exporter (export/), sFlow versions 2 and 4.
 */
export { createSflow5Agents, newDrops, sequenceStream, type Sflow5Agents } from "./agents.ts";
export type { Sflow5Datagram } from "./datagram.ts";
export { createSflow5Decoder, type Sflow5Into, type Sflow5Sample } from "./decode.ts";
export { encodeSflow5, type Sflow5Encoded, type Sflow5EncodeOptions } from "./encode.ts";
export type { SampleHead } from "./sample-head.ts";
export { sflow5SampleToJson } from "./sample-to-json.ts";
