import { EVIDENCE, EDGE_MS, WEIGHT, type EvidenceName } from "./evidence.ts";
import { knownPortKeys, OPENING_TCP_PORTS } from "./known-ports.ts";

/*
 * Evidence that lies in the conversation itself, as SQL. The lower endpoint (by address, then port) is `lo`, the
 * other `hi`; a positive score says that `hi` is the server. The columns read here are those of CONVERSATION_BITS
 * and of `conversationRows` and `combinedTuples`:
 *   ip_protocol, lo_port, hi_port, lo_top, hi_top, hi_low (address words), sampling_rate, network_id,
 *   packets_lo/hi, bytes_lo/hi, first_lo/hi (ms × 2, + 1 where that record has no SYN), last_lo/hi (0: never seen),
 *   comparable (the first times are of one exporter), bits.
 */

/** Places in `bits`: flags of lo in 0–7 and of hi in 8–15, then pairs with lo in the even place and hi in the odd. */
export const CONVERSATION_BITS = {
  synWithoutAck: 16,
  singleSynAck: 18,
  openerSeen: 20,
  openerClaimed: 22,
  icmpRequest: 24,
  icmpReply: 26,
  icmpError: 28,
  icmpOther: 30,
} as const;

type PairBit = keyof typeof CONVERSATION_BITS;

const lo = (bit: PairBit): string => `toInt32(bitTest(bits, ${CONVERSATION_BITS[bit]}))`;
const hi = (bit: PairBit): string => `toInt32(bitTest(bits, ${CONVERSATION_BITS[bit] + 1}))`;

/**
 * Columns that the score and the rest of the fold share, in layers: each may refer to those before. ClickHouse
 * copies what an alias of the same SELECT stands for into every place that names it, so that a chain of such
 * aliases takes longer to analyse than a small fold to run.
 */
export const SHARED_FACTS: readonly (readonly (readonly [name: string, sql: string])[])[] = [
  [
    ["has_lo", "last_lo > 0"],
    ["has_hi", "last_hi > 0"],
    ["is_tcp", "ip_protocol = 6"],
    ["flags_lo", "toUInt8(bitAnd(bits, 255))"],
    ["flags_hi", "toUInt8(bitAnd(bitShiftRight(bits, 8), 255))"],
    ["flags_said", "bitAnd(bits, 65535) != 0"],
    // A reset has neither payload nor options: 40 bytes over IPv4, 60 over IPv6, and there is at most one for each attempt.
    ["bare_bytes", "if(hi_top = 0, 40, 60)"],
  ],
  [["two_way", "has_lo AND has_hi"]],
  [
    ["only_refuses_lo", onlyRefuses("lo", "hi")],
    ["only_refuses_hi", onlyRefuses("hi", "lo")],
  ],
  [["is_real", "(two_way AND NOT only_refuses_lo AND NOT only_refuses_hi) OR sampling_rate > 1"]],
];

/** TCP that sends nothing but resets, ICMP that sends nothing but errors: a refusal, no answer. */
function onlyRefuses(side: "lo" | "hi", other: "lo" | "hi"): string {
  const said = `bitAnd(flags_${side}, 235) = 0 AND bitAnd(flags_${side}, 4) != 0`;
  const unsaid =
    `sampling_rate = 1 AND two_way AND packets_${side} <= least(packets_${other}, 10) AND ` +
    `bytes_${side} <= bare_bytes * packets_${side}`;
  const at = side === "lo" ? 0 : 1;
  const otherThanError = (["icmpRequest", "icmpReply", "icmpOther"] as const).reduce(
    (mask, bit) => mask + 2 ** (CONVERSATION_BITS[bit] + at),
    0,
  );
  const errors = `bitTest(bits, ${CONVERSATION_BITS.icmpError + at}) AND bitAnd(bits, ${otherThanError}) = 0`;
  return `has_${side} AND multiIf(is_tcp, if(flags_said, ${said}, ${unsaid}), ip_protocol IN (1, 58), ${errors}, 0)`;
}

export interface IntrinsicOptions {
  /** False: as if no port were known, to measure how much hangs on the table. */
  readonly knownPorts: boolean;
  /** SQL of the time, ms, before which a conversation may have been running already. */
  readonly edgeMs: string;
}

/** One SQL expression (Int32, hundredths of log-odds, positive for `hi`) per kind of evidence. */
export function intrinsicEvidence(options: IntrinsicOptions): Partial<Record<EvidenceName, string>> {
  const earlier = "sign(toInt64(intDiv(first_hi, 2)) - toInt64(intDiv(first_lo, 2)))";
  const fromBeginning = `least(intDiv(first_lo, 2), intDiv(first_hi, 2)) >= ${options.edgeMs}`;
  const handshakeInView = "bitAnd(bitOr(first_lo, first_hi), 1) = 0";
  // Whoever sends a few bare packets without answer knocks; more than that, mid-stream TCP, can be either side.
  const knocks = (side: "lo" | "hi"): string =>
    `has_${side} AND NOT has_${side === "lo" ? "hi" : "lo"} AND sampling_rate = 1 AND ip_protocol NOT IN (1, 58) AND ` +
    `if(is_tcp, NOT flags_said AND packets_${side} <= 8 AND bytes_${side} <= (bare_bytes + 20) * packets_${side}, 1)`;
  return {
    initiatorSeen: `${WEIGHT.initiatorSeen} * (${lo("openerSeen")} - ${hi("openerSeen")})`,
    initiatorClaimed: `${WEIGHT.initiatorClaimed} * (${lo("openerClaimed")} - ${hi("openerClaimed")})`,
    tcpFlags:
      `${WEIGHT.synWithoutAck} * (${lo("synWithoutAck")} - ${hi("synWithoutAck")}) + ` +
      `${WEIGHT.singleSynAck} * (${hi("singleSynAck")} - ${lo("singleSynAck")}) + ` +
      `if(flags_said, ${WEIGHT.resetsOnly} * (toInt32(only_refuses_hi) - toInt32(only_refuses_lo)), 0)`,
    timeOrder:
      `if(two_way AND comparable AND sampling_rate = 1, ` +
      `if(is_tcp AND flags_said, if(${handshakeInView}, ${WEIGHT.timeOfHandshake}, 0), ` +
      `if(${fromBeginning}, ${WEIGHT.timeOfFirstPacket}, ${WEIGHT.timeAtTheEdge})) * ${earlier}, 0)`,
    ...(options.knownPorts ? { knownPort: knownPortEvidence() } : {}),
    systemPort: difference((port) =>
      options.knownPorts ? `if(${opens(port)}, 0, ${systemPortWeight(port)})` : systemPortWeight(port),
    ),
    ephemeralPort: difference((port) => `-(${ephemeralPortWeight(port)})`),
    lowerPort:
      `if(lo_port = 0 OR hi_port = 0${options.knownPorts ? ` OR ${opens("lo_port")} OR ${opens("hi_port")}` : ""}, 0, ` +
      `${WEIGHT.lowerPort} * sign(toInt32(lo_port) - toInt32(hi_port)))`,
    oneWay: `${WEIGHT.oneWay} * (toInt32(${knocks("lo")}) - toInt32(${knocks("hi")}))`,
    icmpType:
      `${WEIGHT.icmpRequest} * (${lo("icmpRequest")} - ${hi("icmpRequest")} + ${hi("icmpReply")} - ${lo("icmpReply")}) + ` +
      `${WEIGHT.icmpError} * (${hi("icmpError")} - ${lo("icmpError")} + ${lo("icmpOther")} - ${hi("icmpOther")})`,
    // Group addresses are the highest of their family, so they are never `lo` beside a unicast address.
    groupAddress:
      `if(bitShiftRight(hi_top, 56) = 255 OR (hi_top = 0 AND bitShiftRight(hi_low, 32) = 65535 AND ` +
      `(bitAnd(bitShiftRight(hi_low, 28), 15) = 14 OR bitAnd(hi_low, 4294967295) = 4294967295)), ${WEIGHT.groupAddress}, 0)`,
  };
}

function knownPortEvidence(): string {
  const keys = knownPortKeys().join(",");
  const known = (port: string): string => `toInt32(toUInt32(ip_protocol) * 65536 + ${port} IN (${keys}))`;
  return (
    `${WEIGHT.knownPort} * (${known("hi_port")} - ${known("lo_port")} + ` +
    `toInt32(${opens("lo_port")}) - toInt32(${opens("hi_port")}))`
  );
}

const opens = (port: string): string => `(is_tcp AND ${port} IN (${OPENING_TCP_PORTS.join(",")}))`;

function difference(weightOf: (port: string) => string): string {
  return `toInt32(${weightOf("hi_port")}) - toInt32(${weightOf("lo_port")})`;
}

const systemPortWeight = (port: string): string =>
  `multiIf(${port} = 0, 0, ${port} < 512, ${WEIGHT.systemPort}, ${port} < 1024, ${WEIGHT.reservedPort}, 0)`;

const ephemeralPortWeight = (port: string): string =>
  `multiIf(${port} >= 49152, ${WEIGHT.dynamicPort}, ${port} >= 32768, ${WEIGHT.linuxEphemeralPort}, ` +
  `${port} >= 1024 AND ${port} < 5000, ${WEIGHT.oldEphemeralPort}, 0)`;

/** Bit set of the evidence that speaks for `hi` (bits 0–15) and for `lo` (16–31). */
export function evidenceBits(columns: readonly (readonly [EvidenceName, string])[]): string {
  const bits = columns.map(([name, column]) => {
    const { bit } = EVIDENCE[name];
    return `if(${column} > 0, ${2 ** bit}, 0) + if(${column} < 0, ${2 ** (bit + 16)}, 0)`;
  });
  return `toUInt32(${bits.join(" + ")})`;
}

/** SQL of the edge for the networks of a chunk: `viewFromMs` is when the view of each begins. */
export function edgeSql(
  networks: readonly { readonly networkId: number; readonly viewFromMs: number }[],
): string {
  const edges = networks.map(({ viewFromMs }) => `toUInt64(${viewFromMs + EDGE_MS})`);
  if (edges.length === 1) return edges[0];
  return `transform(network_id, [${networks.map(({ networkId }) => `toUInt32(${networkId})`).join(",")}], [${edges.join(",")}], toUInt64(0))`;
}
