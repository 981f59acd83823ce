/**
 * What speaks for one endpoint of a conversation being the server. Weights are log-odds in hundredths (100 means
 * the odds are e times better); they are added up, the sign of the sum decides. docs/orientation.md says where
 * each comes from. The bit is the evidence's place in `orientation_evidence` of an aggregate and never changes.
 */
export interface EvidenceKind {
  readonly bit: number;
  /** Completes "It is the server, because …". */
  readonly reason: string;
}

export const EVIDENCE = {
  initiatorSeen: { bit: 0, reason: "the record's maker watched the other side open the connection" },
  initiatorClaimed: { bit: 1, reason: "the record's maker names the other side as the one who opened it" },
  tcpFlags: { bit: 2, reason: "the TCP flags show who sent the SYN, who answered it or who only reset" },
  timeOrder: { bit: 3, reason: "the other side's first packet came earlier on the same exporter's clock" },
  knownPort: { bit: 4, reason: "its port is that of a known service" },
  systemPort: { bit: 5, reason: "its port is below 1024" },
  ephemeralPort: {
    bit: 6,
    reason: "the other side's port is from a range that clients are given ports from",
  },
  lowerPort: { bit: 7, reason: "its port is the lower one" },
  endpointPeers: { bit: 8, reason: "its endpoint talks to more different peer endpoints" },
  endpointServes: {
    bit: 9,
    reason: "the same endpoint is plainly the server of other conversations, now or earlier",
  },
  portServed: { bit: 10, reason: "other hosts of the network plainly serve the same port" },
  hostServes: { bit: 11, reason: "its host is plainly the server of more other conversations" },
  oneWay: { bit: 12, reason: "it never answered: who knocks is the client" },
  icmpType: { bit: 13, reason: "the other side sent the ICMP request, or it sent the reply" },
  groupAddress: { bit: 14, reason: "its address is multicast or broadcast" },
} as const satisfies Record<string, EvidenceKind>;

export type EvidenceName = keyof typeof EVIDENCE;

/** Names of the evidence in a bit set, strongest kinds first. */
export function evidenceNames(bits: number): EvidenceName[] {
  return (Object.keys(EVIDENCE) as EvidenceName[]).filter((name) => (bits & (1 << EVIDENCE[name].bit)) !== 0);
}

/** Log-odds in hundredths. */
export const WEIGHT = {
  initiatorSeen: 2000,
  /** A log's originator is usually the sender of the first packet, and sometimes a guess: it loses to handshake, and to port and time together. */
  initiatorClaimed: 400,
  /** A record whose packets have SYN and never ACK can only come from the opener. */
  synWithoutAck: 1200,
  /** One packet with SYN and ACK can only come from the side that was called. */
  singleSynAck: 1000,
  resetsOnly: 300,
  /** Both first records hold the SYN: whose is earlier is certain but for the clock's grain. */
  timeOfHandshake: 1000,
  /** The beginning was in view, but nothing proves that the first packet seen opened the conversation. */
  timeOfFirstPacket: 700,
  /** First seen when the view had just begun: it may have been running before. */
  timeAtTheEdge: 200,
  knownPort: 300,
  /** System ports proper; from 512 on BSD's "reserved" ports begin, which rlogin, rsh and NFS clients use as source. */
  systemPort: 200,
  reservedPort: 100,
  /** IANA's dynamic range: only clients and a few RPC services. */
  dynamicPort: 150,
  /** Linux takes 32768–60999. */
  linuxEphemeralPort: 100,
  /** Older BSD and Windows took 1025–5000, where many services live too. */
  oldEphemeralPort: 30,
  lowerPort: 40,
  /** Per factor e of difference in peer endpoints. */
  endpointPeers: 180,
  endpointServes: 70,
  portServed: 50,
  hostServes: 80,
  /** Above what ports alone can say, so that a scan from port 53 or 443 makes nobody a server. */
  oneWay: 800,
  icmpRequest: 1200,
  icmpError: 300,
  groupAddress: 2000,
} as const;

/** Natural logarithms of ratios are cut here, so that one busy host or endpoint does not outweigh a handshake. */
export const RATIO_LIMIT = { endpointPeers: 3, endpointServes: 3, portServed: 3, hostServes: 2 } as const;

/** From here on a conversation is decided by itself, and counts as a witness for others. */
export const DECIDED_AT = 600;

/** A conversation first seen within so long of the beginning of what is read may have been running before. */
export const EDGE_MS = 60_000;
