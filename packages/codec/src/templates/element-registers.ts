import { REGISTER as R, type Register } from "./registers.ts";

/** How the bytes of a field become the number in its register. */
export type Reading =
  | "number"
  /** An address: the register holds its offset. */
  | "ipv4"
  | "ipv6"
  | "seconds"
  /** NTP seconds and fraction, 8 bytes (RFC 7011 §6.1.9, §6.1.10). */
  | "ntp"
  /** Microseconds before the time of export. */
  | "microseconds_before_export"
  | "microseconds"
  /** IEEE float of 4 or 8 bytes: a probability; the register holds one in how many. */
  | "probability"
  /** DSCP: the upper six bits of the type of service. */
  | "dscp";

export interface ElementRegister {
  readonly register: Register;
  readonly reading: Reading;
  /** Of several fields for one register the lowest rank is read, the first of equals. */
  readonly rank: number;
}

/** Enterprise number of reverse elements (RFC 5103 §6.1). */
export const REVERSE_ENTERPRISE = 29_305;

/** Added by CERT to the number of an element of its own that is told of the reverse direction. */
export const CERT_REVERSE = 16_384;
export const CERT_ENTERPRISE = 6_871;

/** Elements of IANA by number: registry "IP Flow Information Export Entities", the same in NetFlow v9 up to 127. */
const IANA = new Map<number, ElementRegister>();
const REVERSE = new Map<number, ElementRegister>();

/** Elements for one register, best first. */
function elements(into: Map<number, ElementRegister>, register: Register, ...ids: readonly number[]): void {
  reading(into, { register, reading: "number" }, ...ids);
}

function reading(
  into: Map<number, ElementRegister>,
  what: Pick<ElementRegister, "register" | "reading">,
  ...ids: readonly number[]
): void {
  const taken = [...into.values()].filter(({ register }) => register === what.register).length;
  for (const [i, id] of ids.entries()) into.set(id, { ...what, rank: taken + i });
}

reading(IANA, { register: R.src4At, reading: "ipv4" }, 8);
reading(IANA, { register: R.dst4At, reading: "ipv4" }, 12);
reading(IANA, { register: R.src6At, reading: "ipv6" }, 27);
reading(IANA, { register: R.dst6At, reading: "ipv6" }, 28);
reading(IANA, { register: R.nextHop4At, reading: "ipv4" }, 15);
reading(IANA, { register: R.nextHop6At, reading: "ipv6" }, 62);
reading(IANA, { register: R.bgpNextHop4At, reading: "ipv4" }, 18);
reading(IANA, { register: R.bgpNextHop6At, reading: "ipv6" }, 63);
// transport ports; udp ports of their own; tcp ports of their own
elements(IANA, R.srcPort, 7, 180);
elements(IANA, R.dstPort, 11, 181);
elements(IANA, R.tcpSrcPort, 182);
elements(IANA, R.tcpDstPort, 183);
elements(IANA, R.protocol, 4);
elements(IANA, R.tcpFlags, 6);
elements(IANA, R.icmp4, 32);
elements(IANA, R.icmp6, 139);
elements(IANA, R.icmpType, 176, 178);
elements(IANA, R.icmpCode, 177, 179);
elements(IANA, R.tos, 5);
reading(IANA, { register: R.tos, reading: "dscp" }, 195);
// octets: delta, total, after a middlebox (delta, total), from the initiator, of layer 2
elements(IANA, R.bytes, 1, 85, 231, 23, 171, 352, 353);
elements(IANA, R.packets, 2, 86, 298, 24, 172);
elements(IANA, R.ipLength, 224);
elements(IANA, R.inIf, 10, 252);
elements(IANA, R.outIf, 14, 253);
// vlanId, dot1qVlanId, dot1qCustomerVlanId; the same after a middlebox
elements(IANA, R.vlanSrc, 58, 243, 245);
elements(IANA, R.vlanDst, 59, 254, 255);
// The AS of the address, else the adjacent one on that side.
elements(IANA, R.srcAs, 16, 129);
elements(IANA, R.dstAs, 17, 128);
elements(IANA, R.direction, 61);
elements(IANA, R.ipVersion, 60);
elements(IANA, R.startMs, 152);
reading(IANA, { register: R.startMs, reading: "ntp" }, 156, 154);
reading(IANA, { register: R.startMs, reading: "seconds" }, 150);
reading(IANA, { register: R.startMs, reading: "microseconds_before_export" }, 158);
elements(IANA, R.endMs, 153);
reading(IANA, { register: R.endMs, reading: "ntp" }, 157, 155);
reading(IANA, { register: R.endMs, reading: "seconds" }, 151);
reading(IANA, { register: R.endMs, reading: "microseconds_before_export" }, 159);
elements(IANA, R.firstUptime, 22);
elements(IANA, R.lastUptime, 21);
elements(IANA, R.initMs, 160);
elements(IANA, R.durationMs, 161);
reading(IANA, { register: R.durationMs, reading: "microseconds" }, 162);
elements(IANA, R.eventMs, 323);
reading(IANA, { register: R.eventMs, reading: "ntp" }, 325, 324);
reading(IANA, { register: R.eventMs, reading: "seconds" }, 322);
// 40005: the same of ASA before 8.4
elements(IANA, R.firewallEvent, 233, 40_005);
elements(IANA, R.natEvent, 230);
elements(IANA, R.biflowDirection, 239);
elements(IANA, R.samplingInterval, 34, 50);
elements(IANA, R.samplerId, 48, 302);
elements(IANA, R.packetInterval, 305);
elements(IANA, R.packetSpace, 306);
elements(IANA, R.sampleSize, 309);
elements(IANA, R.samplePopulation, 310);
reading(IANA, { register: R.probabilityRate, reading: "probability" }, 311);

elements(REVERSE, R.reverseBytes, 1, 85, 23, 171, 352);
elements(REVERSE, R.reversePackets, 2, 86, 24, 172);
elements(IANA, R.reverseBytes, 232);
elements(IANA, R.reversePackets, 299);
elements(REVERSE, R.reverseTcpFlags, 6);
elements(REVERSE, R.reverseStartMs, 152);
reading(REVERSE, { register: R.reverseStartMs, reading: "ntp" }, 156, 154);
reading(REVERSE, { register: R.reverseStartMs, reading: "seconds" }, 150);
reading(REVERSE, { register: R.reverseStartMs, reading: "microseconds_before_export" }, 158);
elements(REVERSE, R.reverseEndMs, 153);
reading(REVERSE, { register: R.reverseEndMs, reading: "ntp" }, 157, 155);
reading(REVERSE, { register: R.reverseEndMs, reading: "seconds" }, 151);
reading(REVERSE, { register: R.reverseEndMs, reading: "microseconds_before_export" }, 159);
elements(REVERSE, R.reverseFirstUptime, 22);
elements(REVERSE, R.reverseLastUptime, 21);

/** Elements of vendors that say what IANA's do, by enterprise. */
const VENDORS = new Map<number, Map<number, ElementRegister>>();

/** Cisco's AVC exports the ends of a connection as client and server. */
const CISCO = new Map<number, ElementRegister>();
VENDORS.set(9, CISCO);
reading(CISCO, { register: R.src4At, reading: "ipv4" }, 12_236);
reading(CISCO, { register: R.dst4At, reading: "ipv4" }, 12_237);
elements(CISCO, R.srcPort, 12_240);
elements(CISCO, R.dstPort, 12_241);
// Behind IANA's own.
for (const [id, element] of CISCO) CISCO.set(id, { ...element, rank: element.rank + 10 });

/** CERT's YAF: flags of the first packet and of all others, delay of the first reverse packet; reverse ids are 16384 above. */
const CERT = new Map<number, ElementRegister>();
VENDORS.set(CERT_ENTERPRISE, CERT);
elements(CERT, R.firstPacketFlags, 14);
elements(CERT, R.laterPacketFlags, 15);
elements(CERT, R.reverseFirstPacketFlags, 14 + CERT_REVERSE);
elements(CERT, R.reverseLaterPacketFlags, 15 + CERT_REVERSE);
elements(CERT, R.reverseDelayMs, 21);

/** The register that a field of a data record fills, if any. */
export function registerOf(id: number, enterprise: number): ElementRegister | undefined {
  if (enterprise === 0) return IANA.get(id);
  if (enterprise === REVERSE_ENTERPRISE) return REVERSE.get(id);
  return VENDORS.get(enterprise)?.get(id);
}
