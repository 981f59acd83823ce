import { ADDRESS_BYTES, IP_PROTOCOL, isIpv4, type FlowBatch } from "@flowlens/flow";

export interface PacketOfRow {
  readonly batch: FlowBatch;
  readonly row: number;
  readonly ipLength: number;
}

const ETHERNET_BYTES = 14;
const VLAN_TAG_BYTES = 4;
const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const TCP_BYTES = 20;
const HOPS = 64;

/** The IP length of the packet that a row is: its bytes, or the nearest length such a packet can have. */
export function ipLengthOf(batch: FlowBatch, row: number): number {
  const least = ipBytesOf(batch, row) + transportBytesOf(batch.ipProtocol[row]);
  const most = isIpv4Row(batch, row) ? 65_535 : 65_535 + IPV6_BYTES;
  return Math.max(least, Math.min(most, Math.round(batch.bytes[row])));
}

export function frameBytesOf(batch: FlowBatch, row: number, ipLength: number): number {
  return ETHERNET_BYTES + (batch.vlanSrc[row] === 0 ? 0 : VLAN_TAG_BYTES) + ipLength;
}

/**
 * Writes the headers of the packet that a row is: Ethernet, a VLAN tag where the row has a source VLAN, IP and
 * transport. The bytes at `at` are zero and enough (at least 104); payload stays zero.
 */
export function writePacket(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  { batch, row, ipLength }: PacketOfRow,
): void {
  const address = row * ADDRESS_BYTES;
  const isV4 = isIpv4Row(batch, row);
  // Locally administered MAC addresses that tell the hosts apart.
  writeMac(bytes, at, batch.dstAddr, address);
  writeMac(bytes, at + 6, batch.srcAddr, address);
  let ipAt = at + ETHERNET_BYTES;
  if (batch.vlanSrc[row] !== 0) {
    view.setUint16(ipAt - 2, 0x8100);
    view.setUint16(ipAt, batch.vlanSrc[row] & 0x0fff);
    ipAt += VLAN_TAG_BYTES;
  }
  view.setUint16(ipAt - 2, isV4 ? 0x0800 : 0x86dd);
  if (isV4) writeIpv4Header(bytes, view, ipAt, { batch, row, ipLength });
  else writeIpv6Header(bytes, view, ipAt, { batch, row, ipLength });
  writeTransport(view, ipAt + ipBytesOf(batch, row), { batch, row, ipLength });
}

function writeIpv4Header(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  { batch, row, ipLength }: PacketOfRow,
): void {
  const address = row * ADDRESS_BYTES;
  bytes[at] = 0x45;
  bytes[at + 1] = batch.ipTos[row];
  view.setUint16(at + 2, ipLength);
  bytes[at + 8] = HOPS;
  bytes[at + 9] = batch.ipProtocol[row];
  for (let i = 0; i < 4; i++) {
    bytes[at + 12 + i] = batch.srcAddr[address + 12 + i];
    bytes[at + 16 + i] = batch.dstAddr[address + 12 + i];
  }
  let sum = 0;
  for (let i = 0; i < IPV4_BYTES; i += 2) sum += (bytes[at + i] << 8) | bytes[at + i + 1];
  sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(at + 10, ~(sum + (sum >>> 16)));
}

function writeIpv6Header(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  { batch, row, ipLength }: PacketOfRow,
): void {
  const address = row * ADDRESS_BYTES;
  bytes[at] = 0x60 | (batch.ipTos[row] >> 4);
  bytes[at + 1] = batch.ipTos[row] << 4;
  view.setUint16(at + 4, ipLength - IPV6_BYTES);
  bytes[at + 6] = batch.ipProtocol[row];
  bytes[at + 7] = HOPS;
  for (let i = 0; i < ADDRESS_BYTES; i++) {
    bytes[at + 8 + i] = batch.srcAddr[address + i];
    bytes[at + 24 + i] = batch.dstAddr[address + i];
  }
}

/** Checksums stay 0: the payload that they cover is not there. */
function writeTransport(view: DataView, at: number, { batch, row, ipLength }: PacketOfRow): void {
  const protocol = batch.ipProtocol[row];
  if (protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6) {
    view.setUint16(at, batch.icmpTypeCode[row]);
    return;
  }
  if (transportBytesOf(protocol) === 0) return;
  view.setUint16(at, batch.srcPort[row]);
  view.setUint16(at + 2, batch.dstPort[row]);
  if (protocol === IP_PROTOCOL.udp) view.setUint16(at + 4, ipLength - ipBytesOf(batch, row));
  if (protocol !== IP_PROTOCOL.tcp) return;
  view.setUint8(at + 12, (TCP_BYTES / 4) << 4);
  view.setUint8(at + 13, batch.tcpFlags[row]);
  view.setUint16(at + 14, 0xffff);
}

function transportBytesOf(protocol: number): number {
  switch (protocol) {
    case IP_PROTOCOL.tcp:
      return TCP_BYTES;
    case IP_PROTOCOL.udp:
    case IP_PROTOCOL.icmp:
    case IP_PROTOCOL.icmpv6:
      return 8;
    case IP_PROTOCOL.sctp:
    case IP_PROTOCOL.dccp:
      return 12;
    default:
      return 0;
  }
}

function isIpv4Row(batch: FlowBatch, row: number): boolean {
  const at = row * ADDRESS_BYTES;
  return isIpv4(batch.srcAddr, at) && isIpv4(batch.dstAddr, at);
}

function ipBytesOf(batch: FlowBatch, row: number): number {
  return isIpv4Row(batch, row) ? IPV4_BYTES : IPV6_BYTES;
}

function writeMac(bytes: Uint8Array, at: number, from: Uint8Array, fromAt: number): void {
  bytes[at] = 2;
  for (let i = 1; i < 6; i++) bytes[at + i] = from[fromAt + 10 + i];
}
