/**
 * NetFlow version 9 (RFC 3954): header and flow sets on the wire, and flow rows to datagrams (encode).
 * Not here: templates and the records they describe, which it shares with IPFIX (templates/).
 */
export { encodeNetflow9, type Netflow9Encoded, type Netflow9EncodeOptions } from "./encode.ts";
export { readNetflow9Header, type Netflow9Header } from "./header.ts";
export { walkFlowSets } from "./sets.ts";
