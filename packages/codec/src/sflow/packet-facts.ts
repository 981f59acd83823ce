import { ADDRESS_BYTES } from "@flowlens/flow";
import {
  createPacketHeaders,
  createTunnelPath,
  followTunnels,
  LINK_TYPE,
  OVERLAY_TUNNELS,
  parsePacket,
  PARSE_RESULT,
  type PacketHeaders,
  type ParseResult,
  type TunnelPath,
} from "@flowlens/packet";
import { HEADER_PROTOCOL } from "./format.ts";
import { addressEnd, copyAddress, readU32 } from "./words.ts";

/** What the records of one flow sample say of its packet; one object is reused for all. */
export interface PacketFacts {
  /** Which record described the packet: its own bytes, an agent's reading of them, or none. */
  source: "none" | "header" | "ipv4" | "ipv6" | "ethernet";
  /** What became of the packet's own bytes. */
  result: ParseResult;
  /** Headers of the packet as it was on the wire. */
  readonly outer: PacketHeaders;
  readonly tunnels: TunnelPath;
  /** Headers of the packet that counts as the flow: of the innermost one of overlay tunnels, else `outer`. */
  flow: PacketHeaders;
  headerProtocol: number;
  /** Length of the frame on the wire, and how much of it was taken away before the header bytes were. */
  frameBytes: number;
  strippedBytes: number;
  headerAt: number;
  headerEnd: number;
  /** Where the agent's own reading (sampled_ipv4, sampled_ipv6, sampled_ethernet) begins. */
  readingAt: number;
  /** VLAN ids of an extended switch record; -1 without one. */
  vlanSrc: number;
  vlanDst: number;
  hasNextHop: boolean;
  readonly nextHop: Uint8Array;
  srcAs: number;
  dstAs: number;
}

export function createPacketFacts(): PacketFacts {
  const outer = createPacketHeaders();
  return {
    source: "none",
    result: PARSE_RESULT.nonIp,
    outer,
    tunnels: createTunnelPath(),
    flow: outer,
    headerProtocol: 0,
    frameBytes: 0,
    strippedBytes: 0,
    headerAt: 0,
    headerEnd: 0,
    readingAt: 0,
    vlanSrc: -1,
    vlanDst: -1,
    hasNextHop: false,
    nextHop: new Uint8Array(ADDRESS_BYTES),
    srcAs: 0,
    dstAs: 0,
  };
}

export function clearPacketFacts(facts: PacketFacts): void {
  facts.source = "none";
  facts.flow = facts.outer;
  facts.tunnels.depth = 0;
  facts.vlanSrc = -1;
  facts.vlanDst = -1;
  facts.hasNextHop = false;
  facts.srcAs = 0;
  facts.dstAs = 0;
}

/** Link type of each header protocol, -1 where none of ours reads it: X.25 (6), SMDS (8), InfiniBand (18) and later ones. */
const LINK_TYPES: Int16Array = linkTypes();

function linkTypes(): Int16Array {
  const types = new Int16Array(32).fill(-1);
  types[HEADER_PROTOCOL.ethernet] = LINK_TYPE.ethernet;
  types[HEADER_PROTOCOL.tokenBus] = LINK_TYPE.fddi; // both: frame control, addresses, LLC
  types[HEADER_PROTOCOL.tokenRing] = LINK_TYPE.tokenRing;
  types[HEADER_PROTOCOL.fddi] = LINK_TYPE.fddi;
  types[HEADER_PROTOCOL.frameRelay] = LINK_TYPE.frameRelay;
  types[HEADER_PROTOCOL.ppp] = LINK_TYPE.ppp;
  types[HEADER_PROTOCOL.aal5] = LINK_TYPE.atmLlc;
  types[HEADER_PROTOCOL.aal5Ip] = LINK_TYPE.raw;
  types[HEADER_PROTOCOL.ipv4] = LINK_TYPE.raw;
  types[HEADER_PROTOCOL.ipv6] = LINK_TYPE.raw;
  types[HEADER_PROTOCOL.mpls] = LINK_TYPE.mpls;
  types[HEADER_PROTOCOL.pos] = LINK_TYPE.pppHdlc;
  types[HEADER_PROTOCOL.ieee80211Mac] = LINK_TYPE.ieee80211;
  types[HEADER_PROTOCOL.ieee80211Ampdu] = LINK_TYPE.ieee80211;
  // Addresses, length, LLC: as an IEEE 802.3 frame.
  types[HEADER_PROTOCOL.ieee80211AmsduSubframe] = LINK_TYPE.ethernet;
  return types;
}

/** Protocol, frame length, bytes stripped, number of header bytes. */
const RAW_HEADER_BYTES = 16;
const SWITCH_BYTES = 16;
const MPDU_DELIMITER_BYTES = 4;
const MPDU_SIGNATURE = 0x4e;

/** Reads a raw packet header record in bytes[at, end); true when it held what it says, false when it was too short. */
export function readRawHeader(bytes: Uint8Array, at: number, end: number, facts: PacketFacts): boolean {
  if (end - at < RAW_HEADER_BYTES) return false;
  const protocol = readU32(bytes, at);
  const headerBytes = readU32(bytes, at + 12);
  const agentRead = facts.source;
  facts.source = "header";
  facts.headerProtocol = protocol;
  facts.frameBytes = readU32(bytes, at + 4);
  facts.strippedBytes = readU32(bytes, at + 8);
  facts.headerAt = at + RAW_HEADER_BYTES;
  facts.headerEnd = Math.min(end, facts.headerAt + headerBytes);
  const linkType = protocol < LINK_TYPES.length ? LINK_TYPES[protocol] : -1;
  let packetAt = facts.headerAt;
  // A-MPDU subframes (IEEE 802.11-2020 §9.7) begin with a delimiter whose last byte is the letter N.
  const isMpdu =
    protocol === HEADER_PROTOCOL.ieee80211Ampdu && facts.headerEnd - packetAt >= MPDU_DELIMITER_BYTES;
  if (isMpdu && bytes[packetAt + 3] === MPDU_SIGNATURE) packetAt += MPDU_DELIMITER_BYTES;
  facts.result = parsePacket(bytes, packetAt, facts.headerEnd, linkType, facts.outer);
  facts.flow = facts.outer;
  if (facts.outer.ipVersion !== 0) {
    facts.flow = followTunnels(bytes, facts.outer, OVERLAY_TUNNELS, facts.tunnels);
  } else if (agentRead === "ipv4" || agentRead === "ipv6") {
    // The agent read an IP header where the bytes that it sent end before one.
    facts.source = agentRead;
  }
  return headerBytes <= end - facts.headerAt;
}

/** True where header bytes came in a protocol that is not read. */
export function isUnknownHeaderProtocol(facts: PacketFacts): boolean {
  return facts.source === "header" && facts.result === PARSE_RESULT.linkUnsupported;
}

export function readExtendedSwitch(bytes: Uint8Array, at: number, end: number, facts: PacketFacts): boolean {
  if (end - at < SWITCH_BYTES) return false;
  facts.vlanSrc = vlanOf(readU32(bytes, at));
  facts.vlanDst = vlanOf(readU32(bytes, at + 8));
  return true;
}

/** Where the masks of an extended router record begin is where its next hop ends. */
export function readExtendedRouter(bytes: Uint8Array, at: number, end: number, facts: PacketFacts): boolean {
  const masksAt = addressEnd(bytes, at, end);
  if (masksAt < 0 || end - masksAt < 8) return false;
  copyAddress(bytes, at, facts.nextHop, 0);
  facts.hasNextHop = true;
  return true;
}

/**
 * Extended gateway: next hop, the router's own AS, the source's, the source's peer's, then the path to the destination
 * in segments (type, count, numbers), communities and local preference. The destination's AS is the last of the path;
 * without a path the destination lies in the router's own AS, and so does the source where its AS is 0.
 */
export function readExtendedGateway(bytes: Uint8Array, at: number, end: number, facts: PacketFacts): boolean {
  const asAt = addressEnd(bytes, at, end);
  if (asAt < 0 || end - asAt < 16) return false;
  if (!facts.hasNextHop) {
    copyAddress(bytes, at, facts.nextHop, 0);
    facts.hasNextHop = true;
  }
  const ownAs = readU32(bytes, asAt);
  const srcAs = readU32(bytes, asAt + 4);
  let dstAs = ownAs;
  const segments = readU32(bytes, asAt + 12);
  let segmentAt = asAt + 16;
  for (let segment = 0; segment < segments; segment++) {
    if (end - segmentAt < 8) return false;
    const numbers = readU32(bytes, segmentAt + 4);
    const segmentEnd = segmentAt + 8 + numbers * 4;
    if (segmentEnd > end) return false;
    if (numbers > 0) dstAs = readU32(bytes, segmentEnd - 4);
    segmentAt = segmentEnd;
  }
  facts.srcAs = srcAs === 0 ? ownAs : srcAs;
  facts.dstAs = dstAs;
  return true;
}

/** Agents write 0xffffffff for "not known"; 0 and 4095 are no VLANs (IEEE 802.1Q §9.6). */
function vlanOf(value: number): number {
  return value < 4095 ? value : 0;
}
