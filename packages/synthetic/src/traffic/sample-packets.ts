import { IP_PROTOCOL, TCP_FLAG } from "@flowlens/flow";
import type { Random } from "../random/random.ts";
import type { Conversation } from "./conversation.ts";
import type { Segment, Way } from "./segments.ts";

/** One packet that a sampling agent took. */
export interface SampledPacket {
  readonly atMs: number;
  /** Its IP length. */
  readonly bytes: number;
  readonly tcpFlags: number;
}

/**
 * Which of a segment's packets an agent takes that looks at one in `rate`, each with the same chance: their number is
 * drawn (Poisson, which a binomial of small chance is as good as), then when each was and what it was.
 */
export function samplePackets(
  conversation: Conversation,
  way: Way,
  { segment, rate, random }: { segment: Segment; rate: number; random: Random },
): SampledPacket[] {
  const oneWay = way === 0 ? conversation.up : conversation.down;
  const taken =
    segment.packets === 1
      ? Number(random.chance(1 / rate))
      : Math.min(segment.packets, random.poisson(segment.packets / rate));
  const packets: SampledPacket[] = [];
  const lastedMs = segment.endMs - segment.startMs;
  for (let i = 0; i < taken; i++) {
    const nth = random.below(segment.packets);
    const isFirst = nth === 0;
    const isLast = nth === segment.packets - 1;
    const headers = Math.round((oneWay.bytes - oneWay.payloadBytes) / oneWay.packets);
    const isData =
      conversation.protocol !== IP_PROTOCOL.tcp || random.chance(oneWay.dataPackets / oneWay.packets);
    const edge = conversation.protocol === IP_PROTOCOL.tcp ? edgeFlags(segment, way, { isFirst, isLast }) : 0;
    const payload = isData && edge === 0 ? Math.round(oneWay.payloadBytes / oneWay.dataPackets) : 0;
    packets.push({
      atMs: isLast ? segment.endMs : segment.startMs + lastedMs * (nth / Math.max(1, segment.packets - 1)),
      bytes: Math.max(headers, 28) + payload,
      tcpFlags: conversation.protocol !== IP_PROTOCOL.tcp ? 0 : edge !== 0 ? edge : middleFlags(payload),
    });
  }
  return packets;
}

/** The flags of a segment are those of its packets together: the first has the SYN, the last the FIN or RST. */
function edgeFlags(
  { tcpFlags, packets }: Segment,
  way: Way,
  { isFirst, isLast }: { isFirst: boolean; isLast: boolean },
): number {
  if (packets === 1) return tcpFlags;
  if (isFirst && (tcpFlags & TCP_FLAG.syn) !== 0) {
    return way === 0 ? TCP_FLAG.syn : TCP_FLAG.syn | TCP_FLAG.ack;
  }
  if (isLast && (tcpFlags & (TCP_FLAG.fin | TCP_FLAG.rst)) !== 0) {
    return (tcpFlags & (TCP_FLAG.fin | TCP_FLAG.rst)) | TCP_FLAG.ack;
  }
  // Repetitions of a SYN that nobody answers.
  return tcpFlags === TCP_FLAG.syn ? TCP_FLAG.syn : 0;
}

function middleFlags(payload: number): number {
  return payload > 0 ? TCP_FLAG.ack | TCP_FLAG.psh : TCP_FLAG.ack;
}
