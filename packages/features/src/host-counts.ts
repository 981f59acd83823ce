/**
 * What the flow store counts for one host over a look-back: integers and exact distinct counts only, so
 * that any number of threads gives the same. `hostVector` turns them into features.v1; heuristics read them
 * directly.
 *
 * Unless a field says otherwise it is about *accepted* conversations: the server sent something other than
 * resets or ICMP unreachable, or the endpoint is served and this view shows one direction only (spec §1
 * "served"). Unanswered attempts are counted apart, so that a scan moves nothing.
 */
export interface HostCounts {
  /** Conversations the host accepted (it was the server). */
  readonly inboundConversations: number;
  /** Accepted conversations the host opened (it was the client). */
  readonly outboundConversations: number;
  /** Bytes received and sent in them, scaled by the sampling rate. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Distinct client addresses (fan-in) and distinct server addresses (fan-out). */
  readonly clients: number;
  readonly servers: number;
  /** Of those, how many lie in the network's internal ranges. */
  readonly internalClients: number;
  readonly internalServers: number;
  /** Distinct (protocol, port) served; of those with port ≤ 1023 and ≥ 32768. ICMP is never served. */
  readonly servedPorts: number;
  readonly servedWellKnownPorts: number;
  readonly servedEphemeralPorts: number;
  /** Distinct (protocol, port) used as a client. */
  readonly usedPorts: number;
  /** Conversations 08:00–18:00, Monday–Friday, in the network's time zone. */
  readonly businessHourConversations: number;
  /** Distinct hours of day with traffic, 0–24, in the network's time zone. */
  readonly activeHoursOfDay: number;
  /** Hours from first to last sight, both included; sum of squares of the hourly conversation counts over them. */
  readonly spanHours: number;
  readonly hourlyConversationsSquareSum: number;
  readonly tcpConversations: number;
  readonly udpConversations: number;
  /** ICMP and ICMPv6 together. */
  readonly icmpConversations: number;
  readonly servesDatabasePort: boolean;
  readonly servesStoragePort: boolean;
  readonly servesWebPort: boolean;
  readonly servesSshPort: boolean;

  /** Served ports with most clients first (of equals the lower port), at most SERVED_PORTS_LISTED. */
  readonly topServedPorts: readonly ServedPort[];
  /** Ports used as a client, most conversations first (of equals the lower port), at most USED_PORTS_LISTED. */
  readonly topUsedPorts: readonly UsedPort[];
  /**
   * What the host sent on the ports and protocols of SIGNALLING, answered or not: routers speak to multicast
   * groups, which never answer, so accepted conversations alone would not show them. At most one entry for
   * each of SIGNALLING; only entries with `peers` > 0. No feature of v1 reads this.
   */
  readonly signalling: readonly SignallingSent[];
  /** Attempts nobody answered, and attempts answered by a reset only: received by, and sent by, the host. */
  readonly unansweredIn: number;
  readonly unansweredOut: number;
  readonly refusedIn: number;
  readonly refusedOut: number;
  /** Ports that only receive and to which senders return (spec §1 "sink"). */
  readonly sinkPorts: readonly SinkPort[];
  /** The highest sampling rate its traffic was seen under; 1 is unsampled. */
  readonly maxSamplingRate: number;
  /** First and last traffic of the host in the look-back, ms since 1970. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

export interface ServedPort {
  readonly protocol: number;
  readonly port: number;
  readonly clients: number;
  readonly conversations: number;
}

export interface UsedPort {
  readonly protocol: number;
  readonly port: number;
  readonly servers: number;
  readonly conversations: number;
}

export interface SinkPort {
  readonly protocol: number;
  readonly port: number;
  readonly senders: number;
}

export interface SignallingSent {
  readonly protocol: number;
  /** The destination port; 0 for protocols without ports. */
  readonly port: number;
  /** Distinct destinations it sent to, multicast groups and broadcast included. */
  readonly peers: number;
  /**
   * Of those, the ones that are a multicast group or broadcast, that answered with anything but resets or
   * ICMP unreachable, or that were sent at least SIGNALLING_STEADY_PACKETS packets (scaled by the sampling
   * rate) and, where traffic is sampled, were seen at least SIGNALLING_STEADY_SAMPLES times: what a scan of
   * these ports never is.
   */
  readonly steadyPeers: number;
}

export const SERVED_PORTS_LISTED = 32;
export const USED_PORTS_LISTED = 32;

/** The port sets behind features 15–18 (spec §3.1). The store counts with these; TCP and UDP alike unless named. */
export const DATABASE_PORTS: readonly number[] = [
  1433, 1521, 3306, 5432, 5984, 6379, 9042, 9200, 27017, 50000,
];
export const STORAGE_PORTS: readonly number[] = [111, 139, 445, 548, 873, 2049, 3260];
export const WEB_PORTS: readonly number[] = [80, 443, 8080, 8443];
/** 22/tcp. */
export const SSH_PORT = 22;
export const WELL_KNOWN_PORT_MAX = 1023;
export const EPHEMERAL_PORT_MIN = 32768;

/** A unicast peer that never answers counts as steady from this many packets on; a scan sends one to three. */
export const SIGNALLING_STEADY_PACKETS = 10;
/** One sampled packet of a scan stands for a hundred that were never sent. */
export const SIGNALLING_STEADY_SAMPLES = 2;

export interface SignallingKind {
  readonly protocol: number;
  /** 0 for protocols without ports. */
  readonly port: number;
  /** What it is called on a network engineer's screen. */
  readonly label: string;
  /** `routing`: routers and first-hop redundancy; `wireless`: access points and controllers; `export`: flow records and traps; `log`: syslog. */
  readonly kind: "routing" | "wireless" | "export" | "log";
}

/** Signalling that `HostCounts.signalling` looks for (IANA protocol and port numbers). */
export const SIGNALLING: readonly SignallingKind[] = [
  { protocol: 6, port: 179, label: "BGP", kind: "routing" },
  { protocol: 17, port: 520, label: "RIP", kind: "routing" },
  { protocol: 17, port: 521, label: "RIPng", kind: "routing" },
  { protocol: 6, port: 646, label: "LDP", kind: "routing" },
  { protocol: 17, port: 646, label: "LDP", kind: "routing" },
  { protocol: 17, port: 1985, label: "HSRP", kind: "routing" },
  { protocol: 17, port: 2029, label: "HSRP for IPv6", kind: "routing" },
  { protocol: 17, port: 3222, label: "GLBP", kind: "routing" },
  { protocol: 17, port: 3784, label: "BFD", kind: "routing" },
  { protocol: 17, port: 3785, label: "BFD echo", kind: "routing" },
  { protocol: 17, port: 4784, label: "multihop BFD", kind: "routing" },
  { protocol: 88, port: 0, label: "EIGRP", kind: "routing" },
  { protocol: 89, port: 0, label: "OSPF", kind: "routing" },
  { protocol: 103, port: 0, label: "PIM", kind: "routing" },
  { protocol: 112, port: 0, label: "VRRP", kind: "routing" },
  { protocol: 124, port: 0, label: "IS-IS over IPv4", kind: "routing" },
  { protocol: 17, port: 5246, label: "CAPWAP control", kind: "wireless" },
  { protocol: 17, port: 5247, label: "CAPWAP data", kind: "wireless" },
  { protocol: 17, port: 2055, label: "NetFlow", kind: "export" },
  { protocol: 17, port: 4739, label: "IPFIX", kind: "export" },
  { protocol: 17, port: 6343, label: "sFlow", kind: "export" },
  { protocol: 17, port: 9995, label: "NetFlow", kind: "export" },
  { protocol: 17, port: 9996, label: "NetFlow", kind: "export" },
  { protocol: 17, port: 162, label: "SNMP traps", kind: "export" },
  { protocol: 17, port: 514, label: "syslog", kind: "log" },
];

/** A host of which nothing was seen. */
export const NO_COUNTS: HostCounts = {
  inboundConversations: 0,
  outboundConversations: 0,
  bytesIn: 0,
  bytesOut: 0,
  clients: 0,
  servers: 0,
  internalClients: 0,
  internalServers: 0,
  servedPorts: 0,
  servedWellKnownPorts: 0,
  servedEphemeralPorts: 0,
  usedPorts: 0,
  businessHourConversations: 0,
  activeHoursOfDay: 0,
  spanHours: 0,
  hourlyConversationsSquareSum: 0,
  tcpConversations: 0,
  udpConversations: 0,
  icmpConversations: 0,
  servesDatabasePort: false,
  servesStoragePort: false,
  servesWebPort: false,
  servesSshPort: false,
  topServedPorts: [],
  topUsedPorts: [],
  signalling: [],
  unansweredIn: 0,
  unansweredOut: 0,
  refusedIn: 0,
  refusedOut: 0,
  sinkPorts: [],
  maxSamplingRate: 1,
  firstSeenMs: 0,
  lastSeenMs: 0,
};
