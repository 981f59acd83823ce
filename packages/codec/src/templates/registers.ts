/**
 * What of a data record matters to a flow row, by place in an array of doubles. A template is compiled into reads
 * that fill these; a register that no field of the template fills holds NOT_CARRIED.
 * Registers of addresses hold the byte offset of the address.
 */
export const REGISTER = {
  src4At: 0,
  dst4At: 1,
  src6At: 2,
  dst6At: 3,
  nextHop4At: 4,
  nextHop6At: 5,
  bgpNextHop4At: 6,
  bgpNextHop6At: 7,
  srcPort: 8,
  dstPort: 9,
  tcpSrcPort: 10,
  tcpDstPort: 11,
  protocol: 12,
  tcpFlags: 13,
  icmp4: 14,
  icmp6: 15,
  icmpType: 16,
  icmpCode: 17,
  tos: 18,
  bytes: 19,
  packets: 20,
  ipLength: 21,
  inIf: 22,
  outIf: 23,
  vlanSrc: 24,
  vlanDst: 25,
  srcAs: 26,
  dstAs: 27,
  direction: 28,
  ipVersion: 29,
  startMs: 30,
  endMs: 31,
  firstUptime: 32,
  lastUptime: 33,
  initMs: 34,
  durationMs: 35,
  eventMs: 36,
  firewallEvent: 37,
  natEvent: 38,
  biflowDirection: 39,
  reverseBytes: 40,
  reversePackets: 41,
  reverseTcpFlags: 42,
  reverseStartMs: 43,
  reverseEndMs: 44,
  samplingInterval: 45,
  samplerId: 46,
  packetInterval: 47,
  packetSpace: 48,
  sampleSize: 49,
  samplePopulation: 50,
  probabilityRate: 51,
  reverseFirstUptime: 52,
  reverseLastUptime: 53,
  reverseDelayMs: 54,
  firstPacketFlags: 55,
  laterPacketFlags: 56,
  reverseFirstPacketFlags: 57,
  reverseLaterPacketFlags: 58,
} as const;

export type Register = (typeof REGISTER)[keyof typeof REGISTER];

export const REGISTERS = 59;

export const NOT_CARRIED = -1;

export function createRegisters(): Float64Array {
  return new Float64Array(REGISTERS).fill(NOT_CARRIED);
}
