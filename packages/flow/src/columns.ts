/**
 * The one catalogue of what a flow record holds. The raw table's DDL, its insert encoder, the JSON of
 * `flowlens decode` and the API's field list all derive from it: to add a column, add a line here and a
 * writer in the decoders that carry it.
 *
 * A flow record is one direction of one conversation, as one exporter saw it.
 */

/** How a column is stored: fixed width, little-endian except `address` (16 bytes in network order, IPv4 mapped as ::ffff:a.b.c.d). */
export type ColumnType = "u8" | "u16" | "u32" | "u64" | "time_ms" | "address";

export interface FlowColumn {
  /** Name in the store, the API and `flowlens decode`; units in the name unless the contract fixes another. */
  readonly name: string;
  readonly type: ColumnType;
  readonly label: string;
  readonly description: string;
}

const column = <const Name extends string>(
  name: Name,
  type: ColumnType,
  label: string,
  description: string,
) => ({ name, type, label, description }) as const satisfies FlowColumn;

export const FLOW_COLUMNS = [
  column(
    "exporter",
    "address",
    "Exporter",
    "Address of the device that sent the record; :: for a record FlowLens metered or read from a log",
  ),
  column(
    "observation_domain",
    "u32",
    "Observation domain",
    "IPFIX observation domain, NetFlow v9 source id, v5 engine type and id, sFlow sub-agent",
  ),
  column(
    "time_start",
    "time_ms",
    "First packet",
    "Time of the first packet, exporter's clock, ms since 1970",
  ),
  column(
    "time_end",
    "time_ms",
    "Last packet",
    "Time of the last packet, exporter's clock, ms since 1970; never before time_start",
  ),
  column("src_addr", "address", "Source", "Source address"),
  column("dst_addr", "address", "Destination", "Destination address"),
  column("src_port", "u16", "Source port", "TCP, UDP, SCTP or DCCP source port, else 0"),
  column("dst_port", "u16", "Destination port", "TCP, UDP, SCTP or DCCP destination port, else 0"),
  column("ip_protocol", "u8", "Protocol", "IP protocol number (IANA)"),
  column(
    "tcp_flags",
    "u8",
    "TCP flags",
    "OR of the TCP flags of the packets; 0 where the exporter does not say",
  ),
  column("icmp_type_code", "u16", "ICMP type and code", "type × 256 + code of ICMP and ICMPv6, else 0"),
  column("ip_tos", "u8", "ToS", "IP type of service or traffic class"),
  column("bytes", "u64", "Bytes", "IP bytes as exported, not scaled by the sampling rate"),
  column("packets", "u64", "Packets", "Packets as exported, not scaled by the sampling rate"),
  column(
    "sampling_rate",
    "u32",
    "Sampling rate",
    "One packet in this many was looked at; 1 where unsampled or not said",
  ),
  column("in_if", "u32", "Input interface", "SNMP index of the input interface, 0 where not said"),
  column("out_if", "u32", "Output interface", "SNMP index of the output interface, 0 where not said"),
  column("vlan_src", "u16", "Source VLAN", "VLAN id on the way in, 0 where not said"),
  column("vlan_dst", "u16", "Destination VLAN", "VLAN id on the way out, 0 where not said"),
  column("src_as", "u32", "Source AS", "Autonomous system of the source, 0 where not said"),
  column("dst_as", "u32", "Destination AS", "Autonomous system of the destination, 0 where not said"),
  column("next_hop", "address", "Next hop", "Next router, :: where not said"),
  column("direction", "u8", "Direction", "0 ingress, 1 egress, 255 where not said (IANA element 61)"),
  column(
    "initiator",
    "u8",
    "Initiator",
    "Who opened the conversation, as far as the source knows: see INITIATOR",
  ),
] as const;

export type FlowColumnName = (typeof FLOW_COLUMNS)[number]["name"];

/**
 * What a record says of who opened its conversation.
 * `*_seen`: the maker watched the TCP handshake. `*_claimed`: the maker says so without having seen it
 * (a log's originator, RFC 5103 biflowDirection), which is evidence and can be wrong.
 */
export const INITIATOR = {
  unknown: 0,
  sourceSeen: 1,
  destinationSeen: 2,
  sourceClaimed: 3,
  destinationClaimed: 4,
} as const;

export const DIRECTION_NOT_SAID = 255;

export const TCP_FLAG = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10, urg: 0x20 } as const;

export const IP_PROTOCOL = { icmp: 1, tcp: 6, udp: 17, dccp: 33, icmpv6: 58, sctp: 132 } as const;

/** Bytes a value of the type takes in a batch's fixed-width row. */
export const COLUMN_WIDTH_BYTES: Readonly<Record<ColumnType, number>> = {
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  time_ms: 8,
  address: 16,
};
