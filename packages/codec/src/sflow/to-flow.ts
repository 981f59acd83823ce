import { ADDRESS_BYTES, copyIpv4, copyIpv6, IP_PROTOCOL, nextFlow, type FlowSink } from "@flowlens/flow";
import type { PacketFacts } from "./packet-facts.ts";
import { interfaceIndex, type SampleHead } from "./sample-head.ts";
import { readU32 } from "./words.ts";

/** Offsets in sampled_ipv4 and sampled_ipv6: length, protocol, addresses, ports, TCP flags, type of service. */
const READING_ADDRESSES = 8;

export interface RowSource {
  /** 16 bytes. */
  readonly exporter: Uint8Array;
  readonly receivedAtMs: number;
  readonly subAgent: number;
}

/** True when the sample described an IP packet, so that it makes a row. */
export function isFlow(facts: PacketFacts): boolean {
  switch (facts.source) {
    case "header":
      return facts.outer.ipVersion !== 0;
    case "ipv4":
    case "ipv6":
      return true;
    default:
      return false;
  }
}

/** Bytes of the packet from its IP header on: as the header says, else what the frame had beyond the link header. */
export function packetBytesOf(bytes: Uint8Array, facts: PacketFacts): number {
  if (facts.source !== "header") return readU32(bytes, facts.readingAt);
  const { flow } = facts;
  if (flow.ipLength !== 0) return flow.ipLength;
  return Math.max(
    flow.transportAt - flow.ipAt,
    facts.frameBytes - facts.strippedBytes - (flow.ipAt - facts.headerAt),
  );
}

/** Writes one sampled packet as a flow row. sFlow carries no time of day: the packet is taken as seen on receipt. */
export function writeSflow5Flow(
  bytes: Uint8Array,
  head: SampleHead,
  facts: PacketFacts,
  source: RowSource,
  sink: FlowSink,
): void {
  const row = nextFlow(sink);
  const { batch } = sink;
  const address = row * ADDRESS_BYTES;
  copyIpv6(source.exporter, 0, batch.exporter, address);
  batch.observationDomain[row] = source.subAgent;
  batch.timeStart[row] = source.receivedAtMs;
  batch.timeEnd[row] = source.receivedAtMs;
  batch.packets[row] = 1;
  batch.bytes[row] = packetBytesOf(bytes, facts);
  batch.samplingRate[row] = head.samplingRate === 0 ? 1 : head.samplingRate;
  batch.inIf[row] = interfaceIndex(head.inputFormat, head.inputValue);
  batch.outIf[row] = interfaceIndex(head.outputFormat, head.outputValue);
  batch.vlanSrc[row] = vlanSrcOf(facts);
  batch.vlanDst[row] = facts.vlanDst < 0 ? 0 : facts.vlanDst;
  if (facts.hasNextHop) copyIpv6(facts.nextHop, 0, batch.nextHop, address);
  batch.srcAs[row] = facts.srcAs;
  batch.dstAs[row] = facts.dstAs;
  if (facts.source === "header") {
    const { flow } = facts;
    const copy = flow.ipVersion === 4 ? copyIpv4 : copyIpv6;
    copy(bytes, flow.srcAddrAt, batch.srcAddr, address);
    copy(bytes, flow.dstAddrAt, batch.dstAddr, address);
    batch.ipProtocol[row] = flow.ipProtocol;
    batch.ipTos[row] = flow.ipTos;
    batch.srcPort[row] = flow.srcPort;
    batch.dstPort[row] = flow.dstPort;
    batch.tcpFlags[row] = flow.tcpFlags;
    batch.icmpTypeCode[row] = flow.icmpTypeCode;
  } else {
    const addressesAt = facts.readingAt + READING_ADDRESSES;
    const isV4 = facts.source === "ipv4";
    const width = isV4 ? 4 : ADDRESS_BYTES;
    const copy = isV4 ? copyIpv4 : copyIpv6;
    copy(bytes, addressesAt, batch.srcAddr, address);
    copy(bytes, addressesAt + width, batch.dstAddr, address);
    const portsAt = addressesAt + 2 * width;
    const protocol = readU32(bytes, facts.readingAt + 4) & 0xff;
    // "Ports or equivalent": what is equivalent to the ports of ICMP is not said, so nothing is guessed.
    const hasPorts = protocol !== IP_PROTOCOL.icmp && protocol !== IP_PROTOCOL.icmpv6;
    batch.ipProtocol[row] = protocol;
    batch.srcPort[row] = hasPorts ? readU32(bytes, portsAt) : 0;
    batch.dstPort[row] = hasPorts ? readU32(bytes, portsAt + 4) : 0;
    batch.tcpFlags[row] = readU32(bytes, portsAt + 8);
    batch.ipTos[row] = readU32(bytes, portsAt + 12);
  }
  batch.length = row + 1;
}

/** The switch's word for the VLAN; failing that, the packet's own tag. */
export function vlanSrcOf(facts: PacketFacts): number {
  if (facts.vlanSrc > 0) return facts.vlanSrc;
  return facts.source === "header" ? facts.outer.vlan : 0;
}
