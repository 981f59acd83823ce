/**
 * sFlow version 5: the wire, its meaning as flow rows, and back (encode).
 * Not here: headers of the sampled packets (packet), what is known of an exporter (export/), sFlow versions 2 and 4.
 */
export { encodeSflow5, type Sflow5Encoded, type Sflow5EncodeOptions } from "./encode.ts";
