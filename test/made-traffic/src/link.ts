import { concatBytes, u16, u32 } from "./byte-writer.ts";

/** Link headers before an IP packet, one function per LINKTYPE_; the EtherType follows from the packet unless given. */

export interface EthernetFields {
  readonly etherType?: number;
  /** VLAN ids from the outermost in; two make QinQ. */
  readonly vlans?: readonly number[];
  /** TPID of the outer tags; the innermost is always 0x8100. */
  readonly outerTagType?: number;
  /** Labels from the top down, put between the tags and the packet. */
  readonly mplsLabels?: readonly number[];
  /** Frame is padded with zeros to at least this many bytes. */
  readonly minimumBytes?: number;
}

const MACS = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];

export function ethernet(packet: Uint8Array, fields: EthernetFields = {}): Uint8Array {
  const vlans = fields.vlans ?? [];
  const labels = fields.mplsLabels ?? [];
  const type = labels.length > 0 ? 0x8847 : (fields.etherType ?? etherTypeOf(packet));
  const tags = vlans.map((vlan, i) => {
    const tagType = i === vlans.length - 1 ? 0x8100 : (fields.outerTagType ?? 0x88a8);
    return concatBytes(u16(tagType), u16(vlan));
  });
  const frame = concatBytes(MACS, ...tags, u16(type), mplsStack(labels), packet);
  const missing = (fields.minimumBytes ?? 0) - frame.length;
  return missing > 0 ? concatBytes(frame, new Uint8Array(missing)) : frame;
}

/** An IEEE 802.3 frame with LLC/SNAP (RFC 1042). */
export function ethernetSnap(packet: Uint8Array): Uint8Array {
  return concatBytes(MACS, u16(packet.length + 8), snap(packet));
}

export function linuxCooked(packet: Uint8Array, etherType = etherTypeOf(packet)): Uint8Array {
  return concatBytes(u16(0), u16(1), u16(6), [2, 0, 0, 0, 0, 1, 0, 0], u16(etherType), packet);
}

export function linuxCooked2(packet: Uint8Array, etherType = etherTypeOf(packet)): Uint8Array {
  return concatBytes(u16(etherType), u16(0), u32(3), u16(1), [0, 6], [2, 0, 0, 0, 0, 1, 0, 0], packet);
}

/** BSD loopback; `littleEndian` as on the machine that captured. */
export function bsdLoopback(packet: Uint8Array, family: number, littleEndian: boolean): Uint8Array {
  const bytes = u32(family);
  return concatBytes(littleEndian ? bytes.toReversed() : bytes, packet);
}

export function ppp(
  packet: Uint8Array,
  fields: { readonly framed: boolean; readonly compressed?: boolean },
): Uint8Array {
  const protocol = isIpv6(packet) ? 0x57 : 0x21;
  return concatBytes(
    fields.framed ? [0xff, 0x03] : [],
    fields.compressed === true ? [protocol] : u16(protocol),
    packet,
  );
}

/** PPPoE session header and PPP, to be put under EtherType 0x8864 or link type 51. */
export function pppoeSession(packet: Uint8Array): Uint8Array {
  return concatBytes([0x11, 0], u16(7), u16(packet.length + 2), u16(isIpv6(packet) ? 0x57 : 0x21), packet);
}

export function cHdlc(packet: Uint8Array): Uint8Array {
  return concatBytes([0x0f, 0], u16(etherTypeOf(packet)), packet);
}

/** A QoS data frame from a station to its access point, in the clear. */
export function ieee80211(
  packet: Uint8Array,
  fields: { readonly protectedFrame?: boolean } = {},
): Uint8Array {
  const flags = 0x01 | (fields.protectedFrame === true ? 0x40 : 0);
  return concatBytes([0x88, flags, 0, 0], new Uint8Array(18), u16(0), u16(0), snap(packet));
}

export function radiotap(frame: Uint8Array): Uint8Array {
  return concatBytes([0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0], frame);
}

function mplsStack(labels: readonly number[]): Uint8Array {
  return concatBytes(
    ...labels.map((label, i) => u32(label * 4096 + (i === labels.length - 1 ? 0x100 : 0) + 64)),
  );
}

function snap(packet: Uint8Array): Uint8Array {
  return concatBytes([0xaa, 0xaa, 0x03, 0, 0, 0], u16(etherTypeOf(packet)), packet);
}

function isIpv6(packet: Uint8Array): boolean {
  return packet[0] >> 4 === 6;
}

function etherTypeOf(packet: Uint8Array): number {
  return isIpv6(packet) ? 0x86dd : 0x0800;
}
