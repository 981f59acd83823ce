/** One decoded record as `flowlens decode` prints it; a key is absent when the packet or line does not carry it. */
export interface RecordJson {
  readonly protocol:
    | "netflow5"
    | "netflow9"
    | "ipfix"
    | "sflow5"
    | "metered"
    | "zeek"
    | "csv"
    | "vpc"
    | "nfdump";
  /** Only for options data records (v9, IPFIX): what an exporter says of itself. */
  readonly record?: "options";
  readonly exporter?: string;
  readonly observation_domain?: number;
  /** ISO 8601, UTC, with milliseconds. */
  readonly time_start?: string;
  readonly time_end?: string;
  readonly src_addr?: string;
  readonly dst_addr?: string;
  readonly src_port?: number;
  readonly dst_port?: number;
  readonly ip_protocol?: number;
  readonly tcp_flags?: number;
  /** As exported, not scaled by the sampling rate. */
  readonly bytes?: number;
  readonly packets?: number;
  /** The other direction of a biflow (RFC 5103). */
  readonly reverse_bytes?: number;
  readonly reverse_packets?: number;
  readonly sampling_rate?: number;
  readonly in_if?: number;
  readonly out_if?: number;
  readonly vlan_src?: number;
  readonly vlan_dst?: number;
  readonly src_as?: number;
  readonly dst_as?: number;
  readonly next_hop?: string;
  readonly direction?: number;
  /** Which of `fields` say what an options data record is about. */
  readonly scope?: readonly string[];
  /** What else was decoded, by the protocol's own names in snake case. */
  readonly fields?: Readonly<Record<string, number | string>>;
}
