/**
 * IPFIX (RFC 7011): header and sets on the wire, and flow rows to messages (encode).
 * Not here: templates and the records they describe, which it shares with NetFlow v9 (templates/).
 */
export { encodeIpfix, type IpfixEncoded, type IpfixEncodeOptions } from "./encode.ts";
export { readIpfixHeader, type IpfixHeader } from "./header.ts";
export { walkSets } from "./sets.ts";
