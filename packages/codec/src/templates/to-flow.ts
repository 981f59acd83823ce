import {
  ADDRESS_BYTES,
  DIRECTION_NOT_SAID,
  INITIATOR,
  IP_PROTOCOL,
  copyIpv4,
  copyIpv6,
  type FlowBatch,
  type FlowSink,
} from "@flowlens/flow";
import type { Meaning } from "./meaning.ts";
import { NOT_CARRIED, REGISTER as R } from "./registers.ts";

export interface FlowOrigin {
  /** 16 bytes. */
  exporterAddress: Uint8Array;
  domainId: number;
}

/**
 * Writes a flow as one row, a biflow with traffic both ways as two. Returns the number of rows. A direction without a
 * packet is no row of a biflow; a flow of one direction is always one.
 */
export function writeFlow(
  bytes: Uint8Array,
  registers: Float64Array,
  meaning: Meaning,
  origin: FlowOrigin,
  sink: FlowSink,
): number {
  const hasReverse = meaning.reverseBytes > 0 || meaning.reversePackets > 0;
  const hasForward = meaning.bytes > 0 || meaning.packets > 0;
  if (hasForward || !hasReverse) writeForward(bytes, registers, meaning, origin, sink);
  if (!hasReverse) return 1;
  writeReverse(bytes, registers, meaning, origin, sink);
  return hasForward ? 2 : 1;
}

function nextRow(sink: FlowSink): number {
  const { batch } = sink;
  if (batch.length >= batch.capacity) {
    sink.emit();
    batch.length = 0;
  }
  return batch.length++;
}

// Every column is written in each of the two: a row is not cleared when it is reused.

function writeForward(
  bytes: Uint8Array,
  registers: Float64Array,
  meaning: Meaning,
  origin: FlowOrigin,
  sink: FlowSink,
): void {
  const row = nextRow(sink);
  const { batch } = sink;
  const address = row * ADDRESS_BYTES;
  writeShared(batch, row, registers, meaning, origin);
  copyAddress(bytes, meaning.srcAt, meaning.isIpv4, batch.srcAddr, address);
  copyAddress(bytes, meaning.dstAt, meaning.isIpv4, batch.dstAddr, address);
  copyAddress(bytes, meaning.nextHopAt, meaning.nextHopIsIpv4, batch.nextHop, address);
  batch.timeStart[row] = meaning.times.startMs;
  batch.timeEnd[row] = meaning.times.endMs;
  batch.srcPort[row] = meaning.srcPort;
  batch.dstPort[row] = meaning.dstPort;
  batch.tcpFlags[row] = lowerFlags(meaning.tcpFlags);
  batch.icmpTypeCode[row] = meaning.icmpTypeCode;
  batch.bytes[row] = orZero(meaning.bytes);
  batch.packets[row] = orZero(meaning.packets);
  batch.inIf[row] = orZero(registers[R.inIf]);
  batch.outIf[row] = orZero(registers[R.outIf]);
  batch.vlanSrc[row] = orZero(registers[R.vlanSrc]) & 0xfff;
  batch.vlanDst[row] = orZero(registers[R.vlanDst]) & 0xfff;
  batch.srcAs[row] = orZero(registers[R.srcAs]);
  batch.dstAs[row] = orZero(registers[R.dstAs]);
  batch.direction[row] = directionOf(registers[R.direction]);
  batch.initiator[row] = meaning.initiator;
}

/** The other direction of a biflow: what belongs to an end changes places (RFC 5103 §3); the way to the next hop is not said. */
function writeReverse(
  bytes: Uint8Array,
  registers: Float64Array,
  meaning: Meaning,
  origin: FlowOrigin,
  sink: FlowSink,
): void {
  const row = nextRow(sink);
  const { batch } = sink;
  const address = row * ADDRESS_BYTES;
  writeShared(batch, row, registers, meaning, origin);
  copyAddress(bytes, meaning.dstAt, meaning.isIpv4, batch.srcAddr, address);
  copyAddress(bytes, meaning.srcAt, meaning.isIpv4, batch.dstAddr, address);
  copyAddress(bytes, NOT_CARRIED, true, batch.nextHop, address);
  batch.timeStart[row] = meaning.reverseTimes.startMs;
  batch.timeEnd[row] = meaning.reverseTimes.endMs;
  batch.srcPort[row] = meaning.dstPort;
  batch.dstPort[row] = meaning.srcPort;
  batch.tcpFlags[row] = lowerFlags(meaning.reverseTcpFlags);
  batch.icmpTypeCode[row] = icmpAnswerTo(meaning.icmpTypeCode, meaning.protocol);
  batch.bytes[row] = orZero(meaning.reverseBytes);
  batch.packets[row] = orZero(meaning.reversePackets);
  batch.inIf[row] = orZero(registers[R.outIf]);
  batch.outIf[row] = orZero(registers[R.inIf]);
  batch.vlanSrc[row] = orZero(registers[R.vlanDst]) & 0xfff;
  batch.vlanDst[row] = orZero(registers[R.vlanSrc]) & 0xfff;
  batch.srcAs[row] = orZero(registers[R.dstAs]);
  batch.dstAs[row] = orZero(registers[R.srcAs]);
  batch.direction[row] = DIRECTION_NOT_SAID;
  batch.initiator[row] = TURNED[meaning.initiator];
}

/** Type and code of the packets back: a reply to a request and the other way round, else the same. */
function icmpAnswerTo(typeCode: number, protocol: number): number {
  const type = typeCode >>> 8;
  if (protocol === IP_PROTOCOL.icmp) return type === 8 ? 0 : type === 0 ? 8 << 8 : typeCode;
  if (protocol === IP_PROTOCOL.icmpv6) return type === 128 ? 129 << 8 : type === 129 ? 128 << 8 : typeCode;
  return 0;
}

/** Who opened a conversation, seen from the other direction, by INITIATOR. */
const TURNED: readonly number[] = [
  INITIATOR.unknown,
  INITIATOR.destinationSeen,
  INITIATOR.sourceSeen,
  INITIATOR.destinationClaimed,
  INITIATOR.sourceClaimed,
];

function writeShared(
  batch: FlowBatch,
  row: number,
  registers: Float64Array,
  meaning: Meaning,
  origin: FlowOrigin,
): void {
  copyIpv6(origin.exporterAddress, 0, batch.exporter, row * ADDRESS_BYTES);
  batch.observationDomain[row] = origin.domainId;
  batch.ipProtocol[row] = meaning.protocol;
  batch.ipTos[row] = orZero(registers[R.tos]);
  batch.samplingRate[row] = meaning.samplingRate;
}

function copyAddress(
  bytes: Uint8Array,
  at: number,
  isFourBytes: boolean,
  into: Uint8Array,
  intoAt: number,
): void {
  if (at === NOT_CARRIED) for (let i = intoAt; i < intoAt + ADDRESS_BYTES; i++) into[i] = 0;
  else if (isFourBytes) copyIpv4(bytes, at, into, intoAt);
  else copyIpv6(bytes, at, into, intoAt);
}

/** The lower 8 bits: element 6 may come with two bytes, whose upper ones are not flags of ours (RFC 7125). */
function lowerFlags(flags: number): number {
  return flags === NOT_CARRIED ? 0 : flags & 0xff;
}

/** 0 ingress, 1 egress (element 61); anything else says nothing. */
function directionOf(direction: number): number {
  return direction === 0 || direction === 1 ? direction : DIRECTION_NOT_SAID;
}

function orZero(value: number): number {
  return value === NOT_CARRIED ? 0 : value;
}
