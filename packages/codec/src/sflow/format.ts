/**
 * Numbers of the sFlow version 5 wire (https://sflow.org/sflow_version_5.txt and the structures registered at
 * https://sflow.org/developers/structures.php). Everything is XDR (RFC 4506): words of 4 bytes in network order.
 * A data format is enterprise << 12 | format; the ones named here have enterprise 0.
 */
export const SFLOW_VERSION = 5;

export const ADDRESS_TYPE = { unknown: 0, ipv4: 1, ipv6: 2 } as const;

/** Data format and length before each sample and each record. */
export const ITEM_HEADER_BYTES = 8;

export const SAMPLE = { flow: 1, counters: 2, expandedFlow: 3, expandedCounters: 4, discarded: 5 } as const;

/** Bytes of a sample before its records, the number of records included. */
export const SAMPLE_HEAD_BYTES = {
  flow: 32,
  counters: 12,
  expandedFlow: 44,
  expandedCounters: 16,
  discarded: 32,
} as const;

/** Structures of a flow sample that FlowLens reads; the rest is passed over by its length. */
export const FLOW_RECORD = {
  rawHeader: 1,
  ethernet: 2,
  ipv4: 3,
  ipv6: 4,
  extendedSwitch: 1001,
  extendedRouter: 1002,
  extendedGateway: 1003,
  extendedUser: 1004,
  extendedUrl: 1005,
  extendedMpls: 1006,
  extendedNat: 1007,
  extendedMplsTunnel: 1008,
  extendedMplsVc: 1009,
  extendedMplsFtn: 1010,
  extendedMplsLdpFec: 1011,
  extendedVlanTunnel: 1012,
  extendedNatPort: 1020,
  l2TunnelEgress: 1021,
  l2TunnelIngress: 1022,
  ipv4TunnelEgress: 1023,
  ipv4TunnelIngress: 1024,
  ipv6TunnelEgress: 1025,
  ipv6TunnelIngress: 1026,
  decapsulateEgress: 1027,
  decapsulateIngress: 1028,
  vniEgress: 1029,
  vniIngress: 1030,
  egressQueue: 1036,
  extendedAcl: 1037,
  extendedFunction: 1038,
  transitDelay: 1039,
  queueDepth: 1040,
} as const;

export const COUNTER_RECORD = {
  genericInterface: 1,
  ethernetInterface: 2,
  vlan: 5,
  processor: 1001,
  portName: 1005,
} as const;

/** header_protocol of a raw packet header record. */
export const HEADER_PROTOCOL = {
  ethernet: 1,
  tokenBus: 2,
  tokenRing: 3,
  fddi: 4,
  frameRelay: 5,
  ppp: 7,
  aal5: 9,
  aal5Ip: 10,
  ipv4: 11,
  ipv6: 12,
  mpls: 13,
  pos: 14,
  ieee80211Mac: 15,
  ieee80211Ampdu: 16,
  ieee80211AmsduSubframe: 17,
} as const;

/** A compact interface holds two bits of format and thirty of value; an expanded one a word each. */
export const INTERFACE_FORMAT = { index: 0, discarded: 1, multiple: 2 } as const;
export const COMPACT_VALUE_MASK = 0x3fffffff;

/** The packet came from or went to the device itself: the largest value of a compact and of an expanded interface. */
export const INTERNAL_INTERFACE = 0x3fffffff;
export const INTERNAL_INTERFACE_EXPANDED = 0xffffffff;

/** A source id holds a type in 8 bits and an index in 24 where it is compact. */
export const COMPACT_INDEX_MAX = 0x00ffffff;
