import {
  ADDRESS_BYTES,
  INITIATOR,
  IP_PROTOCOL,
  TCP_FLAG,
  copyIpv6,
  isIpv4,
  nextFlow,
  type FlowSink,
} from "@flowlens/flow";
import { SLOT } from "./fields.ts";
import { DST_AT, SRC_AT, type VpcLine, type VpcRecord } from "./vpc-record.ts";

/** IP and TCP header of a bare reset, without options. */
const RESET_BYTES_IPV4 = 40;
const RESET_BYTES_IPV6 = 60;

/** Writes the one row of a record that was accepted and has all that a flow needs. */
export function writeVpcFlow(record: VpcRecord, line: VpcLine, sink: FlowSink): void {
  const row = nextFlow(sink);
  const { batch } = sink;
  const at = row * ADDRESS_BYTES;
  copyIpv6(record.addresses, SRC_AT, batch.srcAddr, at);
  copyIpv6(record.addresses, DST_AT, batch.dstAddr, at);
  writeInterface(line, batch.exporter, at);
  batch.timeStart[row] = record.startMs;
  batch.timeEnd[row] = record.endMs;
  batch.ipProtocol[row] = record.protocol;
  // AWS writes no type and code of ICMP, and 0 as its ports.
  if (record.protocol !== IP_PROTOCOL.icmp && record.protocol !== IP_PROTOCOL.icmpv6) {
    batch.srcPort[row] = record.srcPort;
    batch.dstPort[row] = record.dstPort;
  }
  batch.packets[row] = Math.max(record.packets, 0);
  batch.bytes[row] = Math.max(record.bytes, 0);
  if (record.direction >= 0) batch.direction[row] = record.direction;
  if (record.protocol === IP_PROTOCOL.tcp && record.tcpFlags > 0) {
    batch.tcpFlags[row] = record.tcpFlags | pushOf(record);
    batch.initiator[row] = initiatorOf(record.tcpFlags);
  }
  batch.length++;
}

/**
 * AWS keeps ACK only of a SYN-ACK: unlike in NetFlow, where the flags of all packets are ORed, SYN without ACK is a SYN
 * and with it a SYN-ACK. So the handshake was seen.
 */
function initiatorOf(flags: number): number {
  if ((flags & TCP_FLAG.syn) === 0) return INITIATOR.unknown;
  return (flags & TCP_FLAG.ack) === 0 ? INITIATOR.sourceSeen : INITIATOR.destinationSeen;
}

/**
 * AWS keeps no PSH, so that data which ended in a reset look like resets alone, that is, like a refusal. More bytes than
 * resets have are data.
 */
function pushOf({ tcpFlags, bytes, packets, addresses }: VpcRecord): number {
  if ((tcpFlags & TCP_FLAG.rst) === 0 || packets < 0) return 0;
  return bytes > packets * (isIpv4(addresses) ? RESET_BYTES_IPV4 : RESET_BYTES_IPV6) ? TCP_FLAG.psh : 0;
}

/**
 * The interface as an exporter of its own, since both ends of a conversation log it: the last 16 hexadecimal digits of
 * its id in 100::/64, which no host has (RFC 6666). Left at :: where the log does not say.
 */
function writeInterface({ bytes, starts, ends }: VpcLine, into: Uint8Array, at: number): void {
  const end = ends[SLOT["interface-id"]];
  const start = starts[SLOT["interface-id"]];
  let digits = 0;
  for (let i = end - 1; i >= start && digits < 16; i--, digits++) {
    const digit = hexDigit(bytes[i]);
    if (digit < 0) break;
    into[at + 15 - (digits >>> 1)] |= (digits & 1) === 0 ? digit : digit << 4;
  }
  if (digits > 0) into[at] = 1;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}
