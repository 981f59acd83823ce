/**
 * Numbers of the sFlow version 5 wire (https://sflow.org/sflow_version_5.txt and the structures registered at
 * https://sflow.org/developers/structures.php). Everything is XDR (RFC 4506): words of 4 bytes in network order.
 * A data format is enterprise << 12 | format; the ones named here have enterprise 0.
 */
export const SFLOW_VERSION = 5;

export const ADDRESS_TYPE = { unknown: 0, ipv4: 1, ipv6: 2 } as const;

/** Version, address type, an IPv4 address, sub agent, sequence, uptime, number of samples. */
export const SHORTEST_DATAGRAM_BYTES = 28;

/** Data format and length before each sample and each record. */
export const ITEM_HEADER_BYTES = 8;

export const SAMPLE = { flow: 1, counters: 2, expandedFlow: 3, expandedCounters: 4, discarded: 5 } as const;

/** Bytes of a sample before its records, the number of records included. */
export const SAMPLE_HEAD_BYTES = {
  flow: 32,
  counters: 12,
  expandedFlow: 44,
  expandedCounters: 16,
  discarded: 36,
} as const;

export const FLOW_RECORD = {
  rawHeader: 1,
  ethernet: 2,
  ipv4: 3,
  ipv6: 4,
  extendedSwitch: 1001,
  extendedRouter: 1002,
  extendedGateway: 1003,
} as const;

export const COUNTER_RECORD = { genericInterface: 1 } as const;

/** header_protocol of a raw packet header record. */
export const HEADER_PROTOCOL = { ethernet: 1 } as const;

/** Two bits of format, thirty of value: 0 = an ifIndex, 1 = discarded with a reason, 2 = so many interfaces. */
export const INTERFACE_VALUE_MASK = 0x3fffffff;

/** An interface of its own device: the packet came from or went to the device itself. */
export const INTERNAL_INTERFACE = 0x3fffffff;

/** A source id holds a type in 8 bits and an index in 24 where it is compact. */
export const COMPACT_INDEX_MAX = 0x00ffffff;
