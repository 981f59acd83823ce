/** Formats told by content. The ones in NOT_YET are recognised so that the refusal can name them. */
export type FileFormat =
  | "pcap"
  | "pcapng"
  | "zeek-tsv"
  | "zeek-json"
  | "csv"
  | "netflow5-datagram"
  | "hex-lines";

/** Log formats that `createFlowFileDecoder` reads; the others hold packets or datagrams. */
export type LogFormat = "zeek-tsv" | "zeek-json" | "csv";

export type Recognition = { readonly format: FileFormat } | { readonly unknown: string };
