import { formatAddress, IP_PROTOCOL } from "@flowlens/flow";
import { tunnelName, type PacketHeaders } from "@flowlens/packet";
import { isoTime, type RecordJson } from "../record-json/index.ts";
import { counterFields } from "./counter-fields.ts";
import type { Sflow5Sample } from "./decode.ts";
import { extendedFields } from "./extended-fields.ts";
import { INTERFACE_FORMAT } from "./format.ts";
import type { PacketFacts } from "./packet-facts.ts";
import { interfaceIndex, isInternal, type SampleHead } from "./sample-head.ts";
import { isFlow, packetBytesOf, vlanSrcOf } from "./to-flow.ts";
import { macText, readU32 } from "./words.ts";

export interface SampleSource {
  /** 16 bytes; all zero = not known, and the key is absent. */
  readonly exporter: Uint8Array;
  /** 0 where not known: then there are no times, as sFlow carries none. */
  readonly receivedAtMs: number;
}

type Fields = Record<string, number | string>;

/** One sample as an object, whatever its kind: a flow, counters of an interface, a discarded packet. Cold path. */
export function sflow5SampleToJson(
  bytes: Uint8Array,
  sample: Sflow5Sample,
  source: SampleSource,
): RecordJson {
  const { datagram, head, kind } = sample;
  const time = source.receivedAtMs > 0 ? isoTime(source.receivedAtMs) : undefined;
  const fields: Fields = {
    sample_type: `${head.expanded && kind !== "discarded" ? "expanded_" : ""}${SAMPLE_NAMES[kind]}`,
    agent: formatAddress(datagram.agent),
    sub_agent: datagram.subAgent,
    datagram_sequence: datagram.sequence,
    sys_uptime: datagram.uptimeMs,
    sample_sequence: head.sequence,
    source_id_type: head.sourceType,
    source_id_index: head.sourceIndex,
  };
  const common = {
    protocol: "sflow5",
    ...(source.exporter.some((byte) => byte !== 0) ? { exporter: formatAddress(source.exporter) } : {}),
    observation_domain: datagram.subAgent,
    ...(time === undefined ? {} : { time_start: time, time_end: time }),
  } as const;
  if (kind === "counters") {
    counterFields(bytes, head, sample.end, fields);
    return { ...common, fields };
  }
  fields.drops = head.drops;
  if (kind === "discarded") fields.discard_reason = head.discardReason;
  else fields.sample_pool = head.samplePool;
  interfaceFields("input", head.inputFormat, head.inputValue, fields);
  interfaceFields("output", head.outputFormat, head.outputValue, fields);
  packetFields(bytes, sample.facts, fields);
  extendedFields(bytes, head, sample.end, fields);
  return {
    ...common,
    ...packetKeys(bytes, sample.facts),
    packets: 1,
    ...(kind === "discarded" ? {} : { sampling_rate: Math.max(1, head.samplingRate) }),
    ...interfaceKeys(head),
    ...pathKeys(sample.facts),
    fields,
  };
}

const SAMPLE_NAMES = {
  flow: "flow_sample",
  counters: "counter_sample",
  discarded: "discarded_packet",
} as const;

/** The common keys that the packet itself gives. */
function packetKeys(bytes: Uint8Array, facts: PacketFacts): Partial<RecordJson> {
  if (!isFlow(facts)) return facts.source === "none" ? {} : { bytes: frameBytesOf(bytes, facts) };
  if (facts.source !== "header") return readingKeys(bytes, facts);
  const { flow } = facts;
  return { ...headerKeys(bytes, flow), bytes: packetBytesOf(bytes, facts) };
}

function headerKeys(bytes: Uint8Array, headers: PacketHeaders): Partial<RecordJson> {
  const { ipProtocol } = headers;
  const hasTransport = headers.fragmentOffset === 0;
  const hasPorts =
    hasTransport &&
    (ipProtocol === IP_PROTOCOL.tcp ||
      ipProtocol === IP_PROTOCOL.udp ||
      ipProtocol === IP_PROTOCOL.sctp ||
      ipProtocol === IP_PROTOCOL.dccp);
  return {
    src_addr: addressText(bytes, headers.srcAddrAt, headers.ipVersion),
    dst_addr: addressText(bytes, headers.dstAddrAt, headers.ipVersion),
    ...(hasPorts ? { src_port: headers.srcPort, dst_port: headers.dstPort } : {}),
    ip_protocol: ipProtocol,
    ...(hasTransport && ipProtocol === IP_PROTOCOL.tcp ? { tcp_flags: headers.tcpFlags } : {}),
  };
}

function readingKeys(bytes: Uint8Array, facts: PacketFacts): Partial<RecordJson> {
  const at = facts.readingAt;
  const version = facts.source === "ipv4" ? 4 : 6;
  const width = version === 4 ? 4 : 16;
  const portsAt = at + 8 + 2 * width;
  const protocol = readU32(bytes, at + 4);
  return {
    src_addr: addressText(bytes, at + 8, version),
    dst_addr: addressText(bytes, at + 8 + width, version),
    src_port: readU32(bytes, portsAt),
    dst_port: readU32(bytes, portsAt + 4),
    ip_protocol: protocol,
    ...(protocol === IP_PROTOCOL.tcp ? { tcp_flags: readU32(bytes, portsAt + 8) } : {}),
    bytes: readU32(bytes, at),
  };
}

/** A frame that is no IP: what it had on the wire, link header included. */
function frameBytesOf(bytes: Uint8Array, facts: PacketFacts): number {
  return facts.source === "header" ? facts.frameBytes : readU32(bytes, facts.readingAt);
}

function interfaceKeys(head: SampleHead): Partial<RecordJson> {
  const input = interfaceIndex(head.inputFormat, head.inputValue);
  const output = interfaceIndex(head.outputFormat, head.outputValue);
  return { ...(input === 0 ? {} : { in_if: input }), ...(output === 0 ? {} : { out_if: output }) };
}

function pathKeys(facts: PacketFacts): Partial<RecordJson> {
  const vlanSrc = vlanSrcOf(facts);
  return {
    ...(vlanSrc > 0 || facts.vlanSrc >= 0 ? { vlan_src: vlanSrc } : {}),
    ...(facts.vlanDst >= 0 ? { vlan_dst: facts.vlanDst } : {}),
    ...(facts.srcAs > 0 ? { src_as: facts.srcAs } : {}),
    ...(facts.dstAs > 0 ? { dst_as: facts.dstAs } : {}),
    ...(facts.hasNextHop && facts.nextHop.some((byte) => byte !== 0)
      ? { next_hop: formatAddress(facts.nextHop) }
      : {}),
  };
}

/** What an interface says that is no ifIndex. */
function interfaceFields(name: "input" | "output", format: number, value: number, fields: Fields): void {
  if (format === INTERFACE_FORMAT.discarded) fields[`${name}_discard_reason`] = value;
  else if (format === INTERFACE_FORMAT.multiple) fields[`${name}_interfaces`] = value;
  else if (format !== INTERFACE_FORMAT.index) fields[`${name}_format`] = format;
  else if (isInternal(value)) fields[`${name}_internal`] = 1;
}

/** The sampled header and what was read from it beyond the common keys. */
function packetFields(bytes: Uint8Array, facts: PacketFacts, fields: Fields): void {
  if (facts.source === "ethernet") {
    // XDR fills each address up to 8 bytes.
    fields.src_mac = macText(bytes, facts.readingAt + 4);
    fields.dst_mac = macText(bytes, facts.readingAt + 12);
    fields.ether_type = readU32(bytes, facts.readingAt + 20);
    return;
  }
  if (facts.source !== "header") {
    if (facts.source !== "none") {
      const tosAt = facts.readingAt + (facts.source === "ipv4" ? 28 : 52);
      fields.tos = readU32(bytes, tosAt);
    }
    return;
  }
  fields.header_protocol = facts.headerProtocol;
  fields.frame_length = facts.frameBytes;
  fields.stripped = facts.strippedBytes;
  fields.header_length = facts.headerEnd - facts.headerAt;
  if (facts.headerProtocol === 1 && facts.headerEnd - facts.headerAt >= 12) {
    fields.dst_mac = macText(bytes, facts.headerAt);
    fields.src_mac = macText(bytes, facts.headerAt + 6);
  }
  const { outer, flow, tunnels } = facts;
  if (outer.etherType !== 0) fields.ether_type = outer.etherType;
  if (outer.vlan !== 0) fields.header_vlan = outer.vlan;
  if (outer.innerVlan !== 0) fields.header_inner_vlan = outer.innerVlan;
  if (outer.mplsLabel >= 0) fields.mpls_label = outer.mplsLabel;
  if (outer.ipVersion === 0) return;
  fields.tos = flow.ipTos;
  if (flow.isFragment === 1) {
    fields.fragment_id = flow.fragmentId;
    fields.fragment_offset = flow.fragmentOffset;
  }
  const isIcmp = flow.ipProtocol === IP_PROTOCOL.icmp || flow.ipProtocol === IP_PROTOCOL.icmpv6;
  if (isIcmp && flow.fragmentOffset === 0) {
    fields.icmp_type = flow.icmpTypeCode >>> 8;
    fields.icmp_code = flow.icmpTypeCode & 0xff;
  }
  if (tunnels.depth === 0) return;
  fields.tunnels = tunnels.kinds.slice(0, tunnels.depth).map(tunnelName).join(" ");
  fields.outer_bytes = outer.ipLength;
  for (const [key, value] of Object.entries(headerKeys(bytes, outer))) {
    if (typeof value === "number" || typeof value === "string") fields[`outer_${key}`] = value;
  }
}

function addressText(bytes: Uint8Array, at: number, version: number): string {
  if (version === 6) return formatAddress(bytes, at);
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}
