import { IP_PROTOCOL, TCP_FLAG } from "@flowlens/flow";
import type { Conversation, OneWay } from "./conversation.ts";

/** A flow cache entry ends after so long, even if packets go on, … */
const ACTIVE_TIMEOUT_MS = 60_000;
/** … and when none came for so long. */
const IDLE_TIMEOUT_MS = 15_000;
/** An entry that saw FIN or RST is flushed with the next look at the cache. */
const CLOSED_FLUSH_MS = 500;

/** Which way: 0 from client to server, 1 back. */
export type Way = 0 | 1;

/** One record that an exporter's flow cache makes of one direction of a conversation. Reused. */
export interface Segment {
  startMs: number;
  endMs: number;
  /** When the cache lets go of it. */
  flushMs: number;
  packets: number;
  bytes: number;
  tcpFlags: number;
  isLast: boolean;
}

export function createSegment(): Segment {
  return { startMs: 0, endMs: 0, flushMs: 0, packets: 0, bytes: 0, tcpFlags: 0, isLast: true };
}

/**
 * Fills in record number `index` of one direction, by the timeouts of a flow cache. Packets come in `rounds` evenly
 * spread from the first to the last packet, or one by one where there is one round only.
 */
export function segmentOf(conversation: Conversation, way: Way, index: number, into: Segment): void {
  const oneWay = way === 0 ? conversation.up : conversation.down;
  const firstMs = conversation.startMs + (way === 0 ? 0 : conversation.roundTripMs);
  const lastedMs = Math.max(0, conversation.endMs - firstMs);
  const events = conversation.rounds > 1 ? Math.min(conversation.rounds, oneWay.packets) : oneWay.packets;
  const gapMs = events > 1 ? lastedMs / (events - 1) : 0;
  const isSparse = gapMs > IDLE_TIMEOUT_MS;
  const perSegment = isSparse ? 1 : gapMs === 0 ? events : Math.floor(ACTIVE_TIMEOUT_MS / gapMs) + 1;
  const from = index * perSegment;
  const to = Math.min(events, from + perSegment);
  into.isLast = to >= events;
  into.startMs = firstMs + from * gapMs;
  into.endMs = firstMs + (to - 1) * gapMs;
  const packetsBefore = Math.floor((oneWay.packets * from) / events);
  const packetsUpTo = Math.floor((oneWay.packets * to) / events);
  into.packets = packetsUpTo - packetsBefore;
  into.bytes = bytesUpTo(oneWay, packetsUpTo) - bytesUpTo(oneWay, packetsBefore);
  into.tcpFlags =
    conversation.protocol === IP_PROTOCOL.tcp ? flagsOf(conversation, way, index === 0, into) : 0;
  into.flushMs = flushOf(conversation, into, isSparse);
}

function bytesUpTo(oneWay: OneWay, packets: number): number {
  return Math.floor((oneWay.bytes * packets) / oneWay.packets);
}

function flushOf(conversation: Conversation, segment: Segment, isSparse: boolean): number {
  if (!segment.isLast)
    return isSparse ? segment.endMs + IDLE_TIMEOUT_MS : segment.startMs + ACTIVE_TIMEOUT_MS;
  const isClosed =
    conversation.protocol === IP_PROTOCOL.tcp &&
    !conversation.isLasting &&
    conversation.outcome !== "unanswered";
  return segment.endMs + (isClosed ? CLOSED_FLUSH_MS : IDLE_TIMEOUT_MS);
}

function flagsOf({ outcome, isLasting }: Conversation, way: Way, isFirst: boolean, segment: Segment): number {
  if (outcome === "unanswered") return TCP_FLAG.syn;
  if (outcome === "refused") return way === 0 ? TCP_FLAG.syn : TCP_FLAG.rst | TCP_FLAG.ack;
  let flags = 0;
  let ends = 0;
  if (isFirst && !isLasting) {
    flags |= TCP_FLAG.syn | (way === 0 ? 0 : TCP_FLAG.ack);
    ends++;
  }
  if (segment.isLast && !isLasting) {
    // Who breaks off is the server: an application that gave up, or a firewall in its name.
    if (outcome === "answered") flags |= TCP_FLAG.fin | TCP_FLAG.ack;
    else if (way === 1) flags |= TCP_FLAG.rst | TCP_FLAG.ack;
    ends++;
  }
  return segment.packets > ends || flags === 0 ? flags | TCP_FLAG.ack | TCP_FLAG.psh : flags;
}
