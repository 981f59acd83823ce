import { INITIATOR, IP_PROTOCOL } from "@flowlens/flow";
import type { FlowTimes } from "../netflow5/times.ts";
import type { Domain } from "./domain.ts";
import type { Plan } from "./plan.ts";
import { resolveRecordTimes, resolveReverseTimes, type DatagramTimes } from "./record-times.ts";
import { NOT_CARRIED, REGISTER as R } from "./registers.ts";
import { rateFor, rateOf } from "./sampling.ts";

/** What a data record is. */
export const KIND = {
  flow: 0,
  /** A firewall or NAT event that tells no traffic (NSEL, RFC 8158). */
  event: 1,
  /** No two addresses, or no counter: nothing that could be a flow between hosts. */
  other: 2,
} as const;

/** What a data record says of a flow; one object is reused for all. Addresses are offsets, NOT_CARRIED where absent. */
export interface Meaning {
  kind: number;
  srcAt: number;
  dstAt: number;
  isIpv4: boolean;
  nextHopAt: number;
  nextHopIsIpv4: boolean;
  srcPort: number;
  dstPort: number;
  icmpTypeCode: number;
  /** NOT_CARRIED where the record does not tell them. */
  tcpFlags: number;
  reverseTcpFlags: number;
  protocol: number;
  bytes: number;
  packets: number;
  reverseBytes: number;
  reversePackets: number;
  initiator: number;
  /** 1 where nothing is known. */
  samplingRate: number;
  samplingIsKnown: boolean;
  readonly times: FlowTimes;
  readonly reverseTimes: FlowTimes;
}

export function createMeaning(): Meaning {
  return {
    kind: KIND.other,
    srcAt: NOT_CARRIED,
    dstAt: NOT_CARRIED,
    isIpv4: true,
    nextHopAt: NOT_CARRIED,
    nextHopIsIpv4: true,
    srcPort: 0,
    dstPort: 0,
    icmpTypeCode: 0,
    tcpFlags: NOT_CARRIED,
    reverseTcpFlags: NOT_CARRIED,
    protocol: 0,
    bytes: 0,
    packets: 0,
    reverseBytes: NOT_CARRIED,
    reversePackets: NOT_CARRIED,
    initiator: INITIATOR.unknown,
    samplingRate: 1,
    samplingIsKnown: false,
    times: { startMs: 0, endMs: 0, clamped: false },
    reverseTimes: { startMs: 0, endMs: 0, clamped: false },
  };
}

/** Where a record came from, as far as its meaning depends on it. */
export interface RecordOrigin extends DatagramTimes {
  domain: Domain;
}

/** Works out what the record in the registers says. */
export function interpret(
  bytes: Uint8Array,
  plan: Plan,
  registers: Float64Array,
  origin: RecordOrigin,
  into: Meaning,
): void {
  chooseAddresses(bytes, registers, into);
  into.protocol = orZero(registers[R.protocol]);
  choosePorts(registers, into);
  into.tcpFlags = flagsOf(
    registers[R.tcpFlags],
    registers[R.firstPacketFlags],
    registers[R.laterPacketFlags],
  );
  into.reverseTcpFlags = flagsOf(
    registers[R.reverseTcpFlags],
    registers[R.reverseFirstPacketFlags],
    registers[R.reverseLaterPacketFlags],
  );
  chooseCounters(registers, into);
  chooseKind(registers, into);
  resolveRecordTimes(registers, origin, origin.domain, into.times);
  if (into.reverseBytes > 0 || into.reversePackets > 0) {
    resolveReverseTimes(registers, into.times, into.reverseTimes);
    if (into.reverseTimes.clamped) into.times.clamped = true;
  }
  into.initiator = initiatorOf(registers, into);
  const rate = samplingRateOf(plan, registers, origin.domain);
  into.samplingIsKnown = rate > 0;
  into.samplingRate = rate > 0 ? rate : 1;
}

/** An exporter may fill one template for both versions of IP: then the version says which, or the one that is not zero. */
function chooseAddresses(bytes: Uint8Array, registers: Float64Array, into: Meaning): void {
  const src4 = registers[R.src4At];
  const dst4 = registers[R.dst4At];
  const src6 = registers[R.src6At];
  const dst6 = registers[R.dst6At];
  const has6 = src6 !== NOT_CARRIED || dst6 !== NOT_CARRIED;
  const version = registers[R.ipVersion];
  into.isIpv4 =
    !has6 ||
    ((src4 !== NOT_CARRIED || dst4 !== NOT_CARRIED) &&
      version !== 6 &&
      (version === 4 || isSet(bytes, src4, 4) || isSet(bytes, dst4, 4)));
  into.srcAt = into.isIpv4 ? src4 : src6;
  into.dstAt = into.isIpv4 ? dst4 : dst6;
  into.nextHopAt = NOT_CARRIED;
  if (isSet(bytes, registers[R.nextHop4At], 4)) setNextHop(into, registers[R.nextHop4At], true);
  else if (isSet(bytes, registers[R.nextHop6At], 16)) setNextHop(into, registers[R.nextHop6At], false);
  else if (isSet(bytes, registers[R.bgpNextHop4At], 4)) setNextHop(into, registers[R.bgpNextHop4At], true);
  else if (isSet(bytes, registers[R.bgpNextHop6At], 16)) setNextHop(into, registers[R.bgpNextHop6At], false);
}

function setNextHop(into: Meaning, at: number, isIpv4: boolean): void {
  into.nextHopAt = at;
  into.nextHopIsIpv4 = isIpv4;
}

function isSet(bytes: Uint8Array, at: number, length: number): boolean {
  if (at === NOT_CARRIED) return false;
  for (let i = at; i < at + length; i++) if (bytes[i] !== 0) return true;
  return false;
}

function choosePorts(registers: Float64Array, into: Meaning): void {
  let srcPort = registers[R.srcPort];
  let dstPort = registers[R.dstPort];
  if (srcPort <= 0) srcPort = Math.max(srcPort, registers[R.tcpSrcPort]);
  if (dstPort <= 0) dstPort = Math.max(dstPort, registers[R.tcpDstPort]);
  into.icmpTypeCode = 0;
  if (into.protocol === IP_PROTOCOL.icmp || into.protocol === IP_PROTOCOL.icmpv6) {
    into.srcPort = 0;
    into.dstPort = 0;
    into.icmpTypeCode = icmpOf(registers, into.protocol === IP_PROTOCOL.icmp, orZero(dstPort));
  } else {
    into.srcPort = orZero(srcPort);
    into.dstPort = orZero(dstPort);
  }
}

/** Type and code; an exporter without an element for them puts both into the destination port, as v5 did. */
function icmpOf(registers: Float64Array, isIpv4: boolean, dstPort: number): number {
  const own = registers[isIpv4 ? R.icmp4 : R.icmp6];
  const other = registers[isIpv4 ? R.icmp6 : R.icmp4];
  const both = own === NOT_CARRIED ? other : own;
  if (both !== NOT_CARRIED) return both;
  const type = registers[R.icmpType];
  return type === NOT_CARRIED ? dstPort : type * 256 + orZero(registers[R.icmpCode]);
}

/** The flags of all packets, as they are or of the first one and the others. */
function flagsOf(all: number, first: number, later: number): number {
  if (all !== NOT_CARRIED || (first === NOT_CARRIED && later === NOT_CARRIED)) return all;
  return orZero(first) | orZero(later);
}

function chooseCounters(registers: Float64Array, into: Meaning): void {
  into.bytes = registers[R.bytes];
  into.packets = registers[R.packets];
  into.reverseBytes = registers[R.reverseBytes];
  into.reversePackets = registers[R.reversePackets];
  if (into.bytes === NOT_CARRIED && into.packets === NOT_CARRIED && registers[R.ipLength] >= 0) {
    // A packet report (RFC 5476): one record is one packet.
    into.bytes = registers[R.ipLength];
    into.packets = 1;
  }
}

const FIREWALL_DENIED = 3;

/**
 * A denied flow is none. Created, deleted, updated and alert, and every NAT event, are flows where they carry
 * traffic: NSEL counts bytes since the record before, so that updates and the deletion add up to the connection.
 */
function chooseKind(registers: Float64Array, into: Meaning): void {
  const hasAddresses = into.srcAt !== NOT_CARRIED && into.dstAt !== NOT_CARRIED;
  const event = registers[R.firewallEvent];
  const isTraffic = into.bytes > 0 || into.packets > 0 || into.reverseBytes > 0 || into.reversePackets > 0;
  if (event === FIREWALL_DENIED || ((event > 0 || registers[R.natEvent] > 0) && !isTraffic)) {
    into.kind = KIND.event;
  } else if (hasAddresses && (into.bytes !== NOT_CARRIED || into.packets !== NOT_CARRIED)) {
    into.kind = KIND.flow;
  } else into.kind = KIND.other;
}

/** RFC 5103 §6.3: 1 the source opened it, 2 the destination did, 0 and 3 say nothing of it. */
function initiatorOf(registers: Float64Array, into: Meaning): number {
  switch (registers[R.biflowDirection]) {
    case 1:
      return INITIATOR.sourceClaimed;
    case 2:
      return INITIATOR.destinationClaimed;
    case 0:
    case 3:
      return INITIATOR.unknown;
    default:
      // A biflow without it: the source is who opened it, as meters arrange them (RFC 5103 §5.1, elements 231, 232).
      return into.reverseBytes !== NOT_CARRIED || into.reversePackets !== NOT_CARRIED
        ? INITIATOR.sourceClaimed
        : INITIATOR.unknown;
  }
}

function samplingRateOf(plan: Plan, registers: Float64Array, domain: Domain): number {
  if (plan.hasSampling) {
    const own = rateOf(registers);
    if (own > 0) return own;
  }
  const samplerId = registers[R.samplerId];
  const inIf = registers[R.inIf];
  const rate = rateFor(domain.sampling, samplerId, inIf);
  return rate > 0 ? rate : rateFor(domain.exporter.domains.sampling, samplerId, inIf);
}

function orZero(value: number): number {
  return value === NOT_CARRIED ? 0 : value;
}
