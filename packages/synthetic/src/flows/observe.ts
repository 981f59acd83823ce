import { ADDRESS_BYTES, IP_PROTOCOL, TCP_FLAG, type FlowBatch } from "@flowlens/flow";
import type { SeededRandom } from "../seeded-random.ts";
import type { AddressBook } from "./address-book.ts";
import type { Conversation } from "./conversation.ts";
import type { ExportQueue } from "./export-queue.ts";

/** A flow goes on for this long at most before its exporter reports it, and is over after so long a silence. */
const ACTIVE_TIMEOUT_MS = 60_000;
const IDLE_TIMEOUT_MS = 15_000;
/** Half of the way there and back. */
const ANSWER_AFTER_MS = 2;

const { fin, syn, rst, psh, ack } = TCP_FLAG;
const ECHO_REQUEST = 0x0800;
const ECHO_REQUEST_V6 = 0x8000;
const ECHO_REPLY_V6 = 0x8100;

/** One direction of a conversation. */
interface Direction {
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly startMs: number;
  readonly bytes: number;
  readonly packets: number;
  /** OR of the flags, of the first report and of those after it. */
  readonly firstFlags: number;
  readonly laterFlags: number;
  /** Flags of the packet that comes first, and of one in the middle. */
  readonly openingFlags: number;
  readonly middleFlags: number;
  readonly icmpTypeCode: number;
  readonly inIf: number;
  readonly outIf: number;
}

/** What an exporter does with what it sees: whole flows, or one packet in `samplingRate`. */
export interface ObserverKind {
  readonly samplingRate: number;
  /** sFlow: each sampled packet is sent by itself. */
  readonly packets: boolean;
}

/** Writes what one exporter sends of a conversation into its queue. Interfaces are those on the client's and the server's side. */
export function observe(
  conversation: Conversation,
  { book, queue, kind, random }: {
    readonly book: AddressBook;
    readonly queue: ExportQueue;
    readonly kind: ObserverKind;
    readonly random: SeededRandom;
  },
  [clientIf, serverIf]: readonly [number, number],
): void {
  for (const direction of directionsOf(conversation, clientIf, serverIf)) {
    if (kind.packets) samplePackets(conversation, direction, { book, queue, kind, random });
    else report(conversation, direction, { book, queue });
  }
}

function directionsOf(of: Conversation, clientIf: number, serverIf: number): readonly Direction[] {
  const isTcp = of.protocol === IP_PROTOCOL.tcp;
  const isV6 = of.protocol === IP_PROTOCOL.icmpv6;
  const isIcmp = of.protocol === IP_PROTOCOL.icmp || isV6;
  const up: Direction = {
    source: of.client,
    destination: of.server,
    sourcePort: of.clientPort,
    destinationPort: of.serverPort,
    startMs: of.startMs,
    bytes: of.bytesUp,
    packets: of.packetsUp,
    firstFlags: !isTcp ? 0 : of.outcome === "answered" ? syn | ack | psh : syn,
    laterFlags: isTcp ? ack | psh : 0,
    openingFlags: isTcp ? syn : 0,
    middleFlags: isTcp ? ack : 0,
    icmpTypeCode: isIcmp ? (isV6 ? ECHO_REQUEST_V6 : ECHO_REQUEST) : 0,
    inIf: clientIf,
    outIf: serverIf,
  };
  if (of.outcome === "unanswered" || (of.outcome === "refused" && !isTcp)) return [up];
  const down: Direction = {
    source: of.server,
    destination: of.client,
    sourcePort: of.serverPort,
    destinationPort: of.clientPort,
    startMs: of.startMs + ANSWER_AFTER_MS,
    bytes: of.bytesDown,
    packets: of.packetsDown,
    firstFlags: !isTcp ? 0 : of.outcome === "answered" ? syn | ack | psh : rst | ack,
    laterFlags: isTcp ? ack | psh : 0,
    openingFlags: !isTcp ? 0 : of.outcome === "answered" ? syn | ack : rst | ack,
    middleFlags: isTcp ? ack : 0,
    icmpTypeCode: isIcmp && isV6 ? ECHO_REPLY_V6 : 0,
    inIf: serverIf,
    outIf: clientIf,
  };
  return [up, down];
}

/** As an exporter with an active timeout reports it: a record a minute while it goes on. */
function report(
  { durationMs, protocol, outcome }: Conversation,
  direction: Direction,
  { book, queue }: { readonly book: AddressBook; readonly queue: ExportQueue },
): void {
  const pieces = Math.min(direction.packets, Math.floor(durationMs / ACTIVE_TIMEOUT_MS) + 1);
  let packetsLeft = direction.packets;
  let bytesLeft = direction.bytes;
  for (let piece = 0; piece < pieces; piece++) {
    const isLast = piece === pieces - 1;
    const packets = isLast ? packetsLeft : Math.floor(direction.packets / pieces);
    const bytes = isLast ? bytesLeft : Math.floor(direction.bytes / pieces);
    packetsLeft -= packets;
    bytesLeft -= bytes;
    const startMs = direction.startMs + piece * ACTIVE_TIMEOUT_MS;
    const endMs = Math.max(
      startMs,
      isLast ? direction.startMs + durationMs : startMs + ACTIVE_TIMEOUT_MS - 1,
    );
    const { batch, row } = queue.row(endMs + (isLast ? IDLE_TIMEOUT_MS : 0));
    write(batch, row, direction, { protocol, book });
    batch.timeStart[row] = startMs;
    batch.timeEnd[row] = endMs;
    batch.packets[row] = packets;
    batch.bytes[row] = bytes;
    const ends = isLast && protocol === IP_PROTOCOL.tcp && outcome === "answered" ? fin : 0;
    batch.tcpFlags[row] = (piece === 0 ? direction.firstFlags : direction.laterFlags) | ends;
  }
}

/** As an sFlow agent does: now and then one of the packets. */
function samplePackets(
  { durationMs, protocol, outcome }: Conversation,
  direction: Direction,
  { book, queue, kind, random }: {
    readonly book: AddressBook;
    readonly queue: ExportQueue;
    readonly kind: ObserverKind;
    readonly random: SeededRandom;
  },
): void {
  const samples = random.count(direction.packets / kind.samplingRate);
  for (let i = 0; i < samples; i++) {
    const atMs = direction.startMs + random.unit() * durationMs;
    const { batch, row } = queue.row(atMs);
    write(batch, row, direction, { protocol, book });
    batch.timeStart[row] = atMs;
    batch.timeEnd[row] = atMs;
    batch.packets[row] = 1;
    batch.bytes[row] = Math.round(direction.bytes / direction.packets);
    batch.samplingRate[row] = kind.samplingRate;
    const isFirst = random.unit() * direction.packets < 1;
    batch.tcpFlags[row] = outcome === "answered" && !isFirst ? direction.middleFlags : direction.openingFlags;
  }
}

function write(
  batch: FlowBatch,
  row: number,
  direction: Direction,
  { protocol, book }: { readonly protocol: number; readonly book: AddressBook },
): void {
  copyAddress(book, direction.source, batch.srcAddr, row);
  copyAddress(book, direction.destination, batch.dstAddr, row);
  batch.srcPort[row] = direction.sourcePort;
  batch.dstPort[row] = direction.destinationPort;
  batch.ipProtocol[row] = protocol;
  batch.icmpTypeCode[row] = direction.icmpTypeCode;
  batch.inIf[row] = direction.inIf;
  batch.outIf[row] = direction.outIf;
}

function copyAddress(book: AddressBook, host: number, into: Uint8Array, row: number): void {
  const from = host * ADDRESS_BYTES;
  into.set(book.bytes.subarray(from, from + ADDRESS_BYTES), row * ADDRESS_BYTES);
}
