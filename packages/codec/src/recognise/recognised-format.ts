import type { LogFormat } from "../log-decoder.ts";

/** Formats of files, told by content. */
export type FileFormat =
  | "pcap"
  | "pcapng"
  | LogFormat
  /** The payload of one export datagram. */
  | "netflow5-datagram"
  | "netflow9-datagram"
  /** IPFIX messages one behind the other (RFC 5655), or the payload of one datagram. */
  | "ipfix-messages"
  | "sflow5-datagram"
  /** One export datagram a line, in hexadecimal. */
  | "hex-lines";

/** `unknown` is a phrase that ends with a period, to stand behind the file's name and a colon. */
export type Recognition = { readonly format: FileFormat } | { readonly unknown: string };
