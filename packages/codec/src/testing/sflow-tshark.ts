import { readVectorJson, type VectorSet } from "./third-party.ts";

/** What Wireshark decoded of sFlow, under names and units of ours. */

type Tree = { readonly [name: string]: string | Tree };

/** One sample as Wireshark shows it, under names of ours; only what it decoded. */
function fromTshark(datagram: Tree, sample: Tree) {
  const common = {
    agent: datagram["sflow_245.agent"] ?? datagram["sflow_245.agent.v6"],
    sub_agent: Number(datagram["sflow_245.sub_agent_id"]),
    datagram_sequence: Number(datagram["sflow_245.sequence_number"]),
    sys_uptime: Number(datagram["sflow_245.sysuptime"]),
  };
  return "sflow.flow_sample.sequence_number" in sample
    ? flowFromTshark(sample, common)
    : countersFromTshark(sample, common);
}

function flowFromTshark(sample: Tree, common: object) {
  const at = (name: string) => numberOf(sample, `sflow.flow_sample.${name}`);
  const raw = treeOf(sample, "Raw packet header");
  const ethernet = treeOf(sample, "Ethernet frame data");
  const vlans = treeOf(sample, "Extended switch data");
  const router = treeOf(sample, "Extended router data");
  const outputTree = treeOf(sample, "sflow.flow_sample.output_interface_tree");
  const output = { ...outputTree, ...sample };
  const inputs = [at("input_interface"), at("input_interface_value")];
  const outputs = [output["sflow.flow_sample.output_interface_value"]].map(Number);
  const outputFormat =
    output["sflow.flow_sample.output_interface_format"] ??
    output["sflow.flow_sample.output_interface.format"];
  return {
    ...ifIndex("in_if", inputs),
    ...(outputFormat === "0" ? ifIndex("out_if", outputs) : {}),
    sampling_rate: at("sampling_rate"),
    packets: 1,
    ...packetFromTshark(treeOf(raw, "sflow_245.header_tree")),
    ...numbers(treeOf(treeOf(raw, "sflow_245.header_tree"), "vlan"), { vlan_src: "vlan.id" }),
    ...numbers(vlans, { vlan_src: "sflow_245.vlan.in", vlan_dst: "sflow_245.vlan.out" }),
    ...("sflow_245.nexthop" in router ? { next_hop: router["sflow_245.nexthop"] } : {}),
    ...("sflow_245.nexthop.v6" in router ? { next_hop: router["sflow_245.nexthop.v6"] } : {}),
    fields: {
      ...common,
      sample_sequence: at("sequence_number"),
      source_id_type: at("source_id_class") ?? at("source_id_type"),
      source_id_index: at("index") ?? at("source_id_index"),
      sample_pool: at("sample_pool"),
      drops: at("dropped_packets"),
      ...numbers(raw, {
        header_protocol: "sflow_245.header_protocol",
        frame_length: "sflow_245.header.frame_length",
        stripped: "sflow_245.header.payload_stripped",
        header_length: "sflow_245.header.sampled_header_length",
      }),
      ...numbers(vlans, {
        switch_src_priority: "sflow_245.pri.in",
        switch_dst_priority: "sflow_245.pri.out",
      }),
      ...numbers(router, { src_mask: "sflow_245.nexthop.src_mask", dst_mask: "sflow_245.nexthop.dst_mask" }),
      ...numbers(ethernet, { ether_type: "sflow_245.ethernet.packet_type" }),
      ...("sflow_245.ethernet.source_mac_address" in ethernet
        ? { src_mac: ethernet["sflow_245.ethernet.source_mac_address"] }
        : {}),
    },
  };
}

/**
 * An interface as Wireshark shows it, without what it takes for an ifIndex and is none: 0 (not known), two bits of format,
 * and the device itself (sFlow v5: "The maximum value, 0x3FFFFFFF, indicates that there is no input or output interface").
 */
function ifIndex(key: string, values: readonly (number | undefined)[]): object {
  const value = values.find((each) => each !== undefined) ?? 0;
  return value > 0 && value < 0x3fffffff ? { [key]: value } : {};
}

/** Addresses, ports and lengths of the packet that was sampled. */
function packetFromTshark(packet: Tree): object {
  const ip = treeOf(packet, "ip");
  const ipv6 = treeOf(packet, "ipv6");
  const transport = { ...treeOf(packet, "tcp"), ...treeOf(packet, "udp") };
  return {
    ...("ip.src" in ip ? { src_addr: ip["ip.src"], dst_addr: ip["ip.dst"] } : {}),
    ...("ipv6.src" in ipv6 ? { src_addr: ipv6["ipv6.src"], dst_addr: ipv6["ipv6.dst"] } : {}),
    ...numbers(ip, { bytes: "ip.len", ip_protocol: "ip.proto" }),
    ...("ipv6.plen" in ipv6 ? { bytes: 40 + Number(ipv6["ipv6.plen"]) } : {}),
    ...numbers(transport, { src_port: "tcp.srcport", dst_port: "tcp.dstport", tcp_flags: "tcp.flags" }),
    ...numbers(transport, { src_port: "udp.srcport", dst_port: "udp.dstport" }),
  };
}

function countersFromTshark(sample: Tree, common: object) {
  const at = (name: string) => numberOf(sample, `sflow.counters_sample.${name}`);
  const generic = treeOf(sample, "Generic interface counters");
  const dot3 = Object.entries(treeOf(sample, "Ethernet interface counters"))
    .filter(([name]) => name.includes("dot3Stats"))
    .map(([name, value]) => [snakeCase(name.slice("sflow_245.dot3Stats".length)), Number(value)] as const);
  return {
    fields: {
      ...common,
      sample_sequence: at("sequence_number"),
      source_id_type: at("source_id_type"),
      source_id_index: at("source_id_index"),
      ...Object.fromEntries(dot3.map(([name, value]) => [`dot3_${name}`, value])),
      ...numbers(generic, {
        if_index: "sflow_245.ifindex",
        if_type: "sflow_245.iftype",
        if_speed: "sflow_245.ifspeed",
        if_direction: "sflow_245.ifdirection",
        if_in_octets: "sflow_245.ifinoct",
        if_in_ucast_pkts: "sflow_245.ifinpkt",
        if_in_multicast_pkts: "sflow_245.ifinmcast",
        if_in_broadcast_pkts: "sflow_245.ifinbcast",
        if_in_discards: "sflow_245.ifindisc",
        if_in_errors: "sflow_245.ifinerr",
        if_in_unknown_protos: "sflow_245.ifinunk",
        if_out_octets: "sflow_245.ifoutoct",
        if_out_ucast_pkts: "sflow_245.ifoutpkt",
        if_out_multicast_pkts: "sflow_245.ifoutmcast",
        if_out_broadcast_pkts: "sflow_245.ifoutbcast",
        if_out_discards: "sflow_245.ifoutdisc",
        if_out_errors: "sflow_245.ifouterr",
        if_promiscuous_mode: "sflow_245.ifpromisc",
      }),
      ...numbers(treeOf(sample, "VLAN counters"), {
        vlan_id: "sflow_245.vlan_id",
        vlan_octets: "sflow_245.octets",
        vlan_ucast_pkts: "sflow_245.ucastPkts",
        vlan_multicast_pkts: "sflow_245.multicastPkts",
        vlan_broadcast_pkts: "sflow_245.broadcastPkts",
        vlan_discards: "sflow_245.discards",
      }),
      ...numbers(treeOf(sample, "Processor information"), {
        cpu_5s: "sflow_5.cpu_5s",
        cpu_1m: "sflow_5.cpu_1m",
        cpu_5m: "sflow_5.cpu_5m",
        memory_total: "sflow_5.total_memory",
        memory_free: "sflow_5.free_memory",
      }),
    },
  };
}

function treeOf(tree: Tree, name: string): Tree {
  const value = tree[name];
  return typeof value === "object" ? value : {};
}

function numberOf(tree: Tree, name: string): number | undefined {
  return name in tree ? Number(tree[name]) : undefined;
}

/** The named values that are there, as numbers. */
function numbers(tree: Tree, names: Readonly<Record<string, string>>): Record<string, number> {
  const found = Object.entries(names).filter(([, theirs]) => theirs in tree);
  return Object.fromEntries(found.map(([ours, theirs]) => [ours, Number(tree[theirs])]));
}

/** AlignmentErrors → alignment_errors, FCSErrors → fcs_errors. */
function snakeCase(name: string): string {
  return name.replace(/([a-z])([A-Z])|([A-Z])([A-Z][a-z])/g, "$1$3_$2$4").toLowerCase();
}

const SAMPLE_KEY = /^(Expanded )?(flow|counters) sample, seq /i;

/** All samples of a set that Wireshark read, in order. */
export function tsharkSamples(each: VectorSet) {
  const oracles = [each.tshark_oracle ?? []].flat();
  return oracles.flatMap((path) => {
    const { packets } = readVectorJson(path) as { packets: { sflow: Tree }[] };
    return packets.flatMap(({ sflow }) =>
      Object.entries(sflow)
        .filter(([name]) => SAMPLE_KEY.test(name))
        .flatMap(([, sample]) => [sample].flat() as Tree[])
        .map((sample) => fromTshark(sflow, sample)),
    );
  });
}
