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

  /** Served ports with most clients first, at most SERVED_PORTS_LISTED. */
  readonly topServedPorts: readonly ServedPort[];
  /** Ports used as a client, most conversations first, at most USED_PORTS_LISTED. */
  readonly topUsedPorts: readonly UsedPort[];
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

export const SERVED_PORTS_LISTED = 32;
export const USED_PORTS_LISTED = 32;

/** The port sets behind features 15–18 (spec §3.1). The store counts with these; TCP and UDP alike unless named. */
export const DATABASE_PORTS: readonly number[] = [1433, 1521, 3306, 5432, 5984, 6379, 9042, 9200, 27017, 50000];
export const STORAGE_PORTS: readonly number[] = [111, 139, 445, 548, 873, 2049, 3260];
export const WEB_PORTS: readonly number[] = [80, 443, 8080, 8443];
/** 22/tcp. */
export const SSH_PORT = 22;
export const WELL_KNOWN_PORT_MAX = 1023;
export const EPHEMERAL_PORT_MIN = 32768;
