import { ADDRESS_BYTES, formatAddress } from "@flowlens/flow";
import { FLOW_RECORD, ITEM_HEADER_BYTES } from "./format.ts";
import type { SampleHead } from "./sample-head.ts";
import { addressEnd, copyAddress, macText, paddedBytes, readU32, textAt } from "./words.ts";

type Fields = Record<string, number | string>;

/** Numbers of an AS path or communities shown at most: a forged count must not make a long text. */
const MAX_NUMBERS = 256;

/** What the extended records of a flow sample say beyond the common keys, under the structures' own names. Cold path. */
export function extendedFields(bytes: Uint8Array, head: SampleHead, end: number, fields: Fields): void {
  let at = head.recordsAt;
  for (let record = 0; record < head.records && end - at >= ITEM_HEADER_BYTES; record++) {
    const format = readU32(bytes, at);
    const length = readU32(bytes, at + 4);
    const contentAt = at + ITEM_HEADER_BYTES;
    if (length > end - contentAt) return;
    const read = READERS.get(format);
    if (read !== undefined) read(bytes, contentAt, contentAt + length, fields);
    at = contentAt + paddedBytes(length);
  }
}

type Reader = (bytes: Uint8Array, at: number, end: number, fields: Fields) => void;

/** Words at fixed places, by name; those that lie beyond the record's end are absent. */
function words(...names: readonly string[]): Reader {
  return (bytes, at, end, fields) => {
    for (const [i, name] of names.entries()) {
      if (at + i * 4 + 4 <= end) fields[name] = readU32(bytes, at + i * 4);
    }
  };
}

const sampledIp =
  (prefix: string, width: 4 | 16): Reader =>
  (bytes, at, end, fields) => {
    const portsAt = at + 8 + 2 * width;
    if (portsAt > end) return;
    fields[`${prefix}_length`] = readU32(bytes, at);
    fields[`${prefix}_ip_protocol`] = readU32(bytes, at + 4);
    fields[`${prefix}_src_addr`] = addressBytesText(bytes, at + 8, width);
    fields[`${prefix}_dst_addr`] = addressBytesText(bytes, at + 8 + width, width);
    const rest = ["src_port", "dst_port", "tcp_flags", "tos"].map((name) => `${prefix}_${name}`);
    words(...rest)(bytes, portsAt, end, fields);
  };

const sampledEthernet =
  (prefix: string): Reader =>
  (bytes, at, end, fields) => {
    if (end - at < 24) return;
    fields[`${prefix}_length`] = readU32(bytes, at);
    fields[`${prefix}_src_mac`] = macText(bytes, at + 4);
    fields[`${prefix}_dst_mac`] = macText(bytes, at + 12);
    fields[`${prefix}_ether_type`] = readU32(bytes, at + 20);
  };

const READERS: ReadonlyMap<number, Reader> = new Map<number, Reader>([
  [
    FLOW_RECORD.extendedSwitch,
    words("switch_src_vlan", "switch_src_priority", "switch_dst_vlan", "switch_dst_priority"),
  ],
  [
    FLOW_RECORD.extendedRouter,
    (bytes, at, end, fields) => {
      const masksAt = addressEnd(bytes, at, end);
      if (masksAt < 0) return;
      fields.router_next_hop = addressText(bytes, at);
      words("src_mask", "dst_mask")(bytes, masksAt, end, fields);
    },
  ],
  [FLOW_RECORD.extendedGateway, gateway],
  [
    FLOW_RECORD.extendedUser,
    (bytes, at, end, fields) => {
      // Each name stands behind its character set (MIBenum).
      const dstAt = text(bytes, at + 4, end, "src_user", fields);
      if (dstAt > 0) text(bytes, dstAt + 4, end, "dst_user", fields);
    },
  ],
  [
    FLOW_RECORD.extendedUrl,
    (bytes, at, end, fields) => {
      words("url_direction")(bytes, at, end, fields);
      const hostAt = text(bytes, at + 4, end, "url", fields);
      if (hostAt > 0) text(bytes, hostAt, end, "host", fields);
    },
  ],
  [
    FLOW_RECORD.extendedMpls,
    (bytes, at, end, fields) => {
      const stackAt = addressEnd(bytes, at, end);
      if (stackAt < 0) return;
      fields.mpls_next_hop = addressText(bytes, at);
      const outAt = labels(bytes, stackAt, end, "mpls_in_labels", fields);
      if (outAt > 0) labels(bytes, outAt, end, "mpls_out_labels", fields);
    },
  ],
  [
    FLOW_RECORD.extendedNat,
    (bytes, at, end, fields) => {
      const dstAt = addressEnd(bytes, at, end);
      if (dstAt < 0) return;
      fields.nat_src_addr = addressText(bytes, at);
      if (addressEnd(bytes, dstAt, end) > 0) fields.nat_dst_addr = addressText(bytes, dstAt);
    },
  ],
  [
    FLOW_RECORD.extendedMplsTunnel,
    (bytes, at, end, fields) => {
      const idAt = text(bytes, at, end, "mpls_tunnel_lsp_name", fields);
      if (idAt > 0) words("mpls_tunnel_id", "mpls_tunnel_cos")(bytes, idAt, end, fields);
    },
  ],
  [
    FLOW_RECORD.extendedMplsVc,
    (bytes, at, end, fields) => {
      const idAt = text(bytes, at, end, "mpls_vc_instance_name", fields);
      if (idAt > 0) words("mpls_vll_vc_id", "mpls_vc_label_cos")(bytes, idAt, end, fields);
    },
  ],
  [
    FLOW_RECORD.extendedMplsFtn,
    (bytes, at, end, fields) => {
      const maskAt = text(bytes, at, end, "mpls_ftn_description", fields);
      if (maskAt > 0) words("mpls_ftn_mask")(bytes, maskAt, end, fields);
    },
  ],
  [FLOW_RECORD.extendedMplsLdpFec, words("mpls_fec_prefix_length")],
  [
    FLOW_RECORD.extendedVlanTunnel,
    (bytes, at, end, fields) => void numbers(bytes, at, end, "vlan_stack", fields),
  ],
  [FLOW_RECORD.extendedNatPort, words("nat_src_port", "nat_dst_port")],
  [FLOW_RECORD.l2TunnelEgress, sampledEthernet("l2_tunnel_egress")],
  [FLOW_RECORD.l2TunnelIngress, sampledEthernet("l2_tunnel_ingress")],
  [FLOW_RECORD.ipv4TunnelEgress, sampledIp("ipv4_tunnel_egress", 4)],
  [FLOW_RECORD.ipv4TunnelIngress, sampledIp("ipv4_tunnel_ingress", 4)],
  [FLOW_RECORD.ipv6TunnelEgress, sampledIp("ipv6_tunnel_egress", 16)],
  [FLOW_RECORD.ipv6TunnelIngress, sampledIp("ipv6_tunnel_ingress", 16)],
  [FLOW_RECORD.decapsulateEgress, words("decapsulate_egress_offset")],
  [FLOW_RECORD.decapsulateIngress, words("decapsulate_ingress_offset")],
  [FLOW_RECORD.vniEgress, words("vni_egress")],
  [FLOW_RECORD.vniIngress, words("vni_ingress")],
  [FLOW_RECORD.egressQueue, words("egress_queue")],
  [
    FLOW_RECORD.extendedAcl,
    (bytes, at, end, fields) => {
      words("acl_number")(bytes, at, end, fields);
      const directionAt = text(bytes, at + 4, end, "acl_name", fields);
      if (directionAt > 0) words("acl_direction")(bytes, directionAt, end, fields);
    },
  ],
  [FLOW_RECORD.extendedFunction, (bytes, at, end, fields) => void text(bytes, at, end, "function", fields)],
  [FLOW_RECORD.transitDelay, words("transit_delay_ns")],
  [
    FLOW_RECORD.queueDepth,
    (bytes, at, end, fields) => {
      words("queue_depth_bytes")(bytes, at, end, fields);
    },
  ],
]);

function gateway(bytes: Uint8Array, at: number, end: number, fields: Fields): void {
  const asAt = addressEnd(bytes, at, end);
  if (asAt < 0 || end - asAt < 16) return;
  fields.bgp_next_hop = addressText(bytes, at);
  words("router_as", "gateway_src_as", "src_peer_as")(bytes, asAt, end, fields);
  const segments = readU32(bytes, asAt + 12);
  let segmentAt = asAt + 16;
  const path: string[] = [];
  for (let segment = 0; segment < segments; segment++) {
    if (end - segmentAt < 8) return;
    const isSet = readU32(bytes, segmentAt) === 1;
    const listed = numberList(bytes, segmentAt + 4, end);
    if (listed === undefined) return;
    path.push(isSet ? `{${listed.values.join(",")}}` : listed.values.join(" "));
    segmentAt = listed.end;
  }
  if (path.length > 0) fields.dst_as_path = path.join(" ");
  const communities = numberList(bytes, segmentAt, end);
  if (communities === undefined) return;
  if (communities.values.length > 0) {
    fields.communities = communities.values.map((value) => `${value >>> 16}:${value & 0xffff}`).join(" ");
  }
  words("local_preference")(bytes, communities.end, end, fields);
}

/** A counted list of words; undefined when it does not fit. */
function numberList(
  bytes: Uint8Array,
  at: number,
  end: number,
): { values: number[]; end: number } | undefined {
  if (end - at < 4) return undefined;
  const count = readU32(bytes, at);
  if (count * 4 > end - at - 4) return undefined;
  const values = Array.from({ length: Math.min(count, MAX_NUMBERS) }, (_, i) =>
    readU32(bytes, at + 4 + i * 4),
  );
  return { values, end: at + 4 + count * 4 };
}

function numbers(bytes: Uint8Array, at: number, end: number, name: string, fields: Fields): number {
  const listed = numberList(bytes, at, end);
  if (listed === undefined) return -1;
  fields[name] = listed.values.join(" ");
  return listed.end;
}

/** A label stack: whole entries of RFC 3032, of which the label is the upper 20 bits. */
function labels(bytes: Uint8Array, at: number, end: number, name: string, fields: Fields): number {
  const listed = numberList(bytes, at, end);
  if (listed === undefined) return -1;
  fields[name] = listed.values.map((entry) => entry >>> 12).join(" ");
  return listed.end;
}

/** A counted text; returns where it ends with its padding, -1 when it does not fit. */
function text(bytes: Uint8Array, at: number, end: number, name: string, fields: Fields): number {
  if (end - at < 4) return -1;
  const length = readU32(bytes, at);
  if (length > end - at - 4) return -1;
  fields[name] = textAt(bytes, at + 4, length);
  return Math.min(end, at + 4 + paddedBytes(length));
}

function addressText(bytes: Uint8Array, at: number): string {
  const address = new Uint8Array(ADDRESS_BYTES);
  copyAddress(bytes, at, address, 0);
  if (readU32(bytes, at) === 1 && address.every((byte) => byte === 0)) return "0.0.0.0";
  return formatAddress(address);
}

function addressBytesText(bytes: Uint8Array, at: number, width: 4 | 16): string {
  if (width === 16) return formatAddress(bytes, at);
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}
