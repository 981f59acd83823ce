import { asciiText } from "./ascii.ts";
import { parseCount } from "./numbers.ts";

/** Names that flow tools write, to numbers of the IANA registry "Protocol Numbers". */
const PROTOCOL_NUMBERS: ReadonlyMap<string, number> = new Map([
  ["icmp", 1],
  ["igmp", 2],
  ["ipip", 4],
  ["ipencap", 4],
  ["tcp", 6],
  ["egp", 8],
  ["igp", 9],
  ["udp", 17],
  ["dccp", 33],
  ["ipv6", 41],
  ["rsvp", 46],
  ["gre", 47],
  ["esp", 50],
  ["ah", 51],
  ["icmp6", 58],
  ["icmpv6", 58],
  ["ipv6-icmp", 58],
  ["eigrp", 88],
  ["ospf", 89],
  ["ospfigp", 89],
  ["pim", 103],
  ["vrrp", 112],
  ["l2tp", 115],
  ["sctp", 132],
  ["udplite", 136],
]);

/** The IP protocol named or numbered in bytes [start, end), or -1. */
export function parseProtocol(bytes: Uint8Array, start: number, end: number): number {
  if (end - start === 3) {
    const first = bytes[start] | 0x20;
    const second = bytes[start + 1] | 0x20;
    const third = bytes[start + 2] | 0x20;
    if (first === 0x74 && second === 0x63 && third === 0x70) return 6;
    if (first === 0x75 && second === 0x64 && third === 0x70) return 17;
  }
  const number = parseCount(bytes, start, end);
  if (number >= 0) return number <= 255 ? number : -1;
  return end - start > 16 ? -1 : (PROTOCOL_NUMBERS.get(asciiText(bytes, start, end).toLowerCase()) ?? -1);
}
