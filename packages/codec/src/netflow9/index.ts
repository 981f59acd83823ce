/** NetFlow version 9 (RFC 3954): flow rows to datagrams. Not here: templates and data sets, which it shares with IPFIX (templates/). */
export { encodeNetflow9, type Netflow9Encoded, type Netflow9EncodeOptions } from "./encode.ts";
