/** IPFIX (RFC 7011): flow rows to messages. Not here: templates and data sets, which it shares with v9 (templates/). */
export { encodeIpfix, type IpfixEncoded, type IpfixEncodeOptions } from "./encode.ts";
