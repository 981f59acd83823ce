import { COUNTER_RECORD, ITEM_HEADER_BYTES } from "./format.ts";
import type { SampleHead } from "./sample-head.ts";
import { paddedBytes, readU32, readU64, textAt } from "./words.ts";

type Fields = Record<string, number | string>;

/** Names of the words of a structure, in order; a name that ends in 64 takes two. */
const LAYOUTS: ReadonlyMap<number, readonly string[]> = new Map([
  [
    COUNTER_RECORD.genericInterface,
    [
      "if_index",
      "if_type",
      "if_speed64",
      "if_direction",
      "if_status",
      "if_in_octets64",
      "if_in_ucast_pkts",
      "if_in_multicast_pkts",
      "if_in_broadcast_pkts",
      "if_in_discards",
      "if_in_errors",
      "if_in_unknown_protos",
      "if_out_octets64",
      "if_out_ucast_pkts",
      "if_out_multicast_pkts",
      "if_out_broadcast_pkts",
      "if_out_discards",
      "if_out_errors",
      "if_promiscuous_mode",
    ],
  ],
  [
    COUNTER_RECORD.ethernetInterface,
    [
      "dot3_alignment_errors",
      "dot3_fcs_errors",
      "dot3_single_collision_frames",
      "dot3_multiple_collision_frames",
      "dot3_sqe_test_errors",
      "dot3_deferred_transmissions",
      "dot3_late_collisions",
      "dot3_excessive_collisions",
      "dot3_internal_mac_transmit_errors",
      "dot3_carrier_sense_errors",
      "dot3_frame_too_longs",
      "dot3_internal_mac_receive_errors",
      "dot3_symbol_errors",
    ],
  ],
  [
    COUNTER_RECORD.vlan,
    [
      "vlan_id",
      "vlan_octets64",
      "vlan_ucast_pkts",
      "vlan_multicast_pkts",
      "vlan_broadcast_pkts",
      "vlan_discards",
    ],
  ],
  [COUNTER_RECORD.processor, ["cpu_5s", "cpu_1m", "cpu_5m", "memory_total64", "memory_free64"]],
]);

const WIDE = "64";

/** What the records of a counter sample say: interface, Ethernet, VLAN and processor counters, port names. Cold path. */
export function counterFields(bytes: Uint8Array, head: SampleHead, end: number, fields: Fields): void {
  let at = head.recordsAt;
  const formats: string[] = [];
  for (let record = 0; record < head.records && end - at >= ITEM_HEADER_BYTES; record++) {
    const format = readU32(bytes, at);
    const length = readU32(bytes, at + 4);
    const contentAt = at + ITEM_HEADER_BYTES;
    if (length > end - contentAt) break;
    formats.push(format < 4_096 ? `${format}` : `${format >>> 12}:${format & 0xfff}`);
    readLayout(bytes, contentAt, contentAt + length, LAYOUTS.get(format) ?? [], fields);
    if (format === COUNTER_RECORD.portName && length >= 4) {
      const nameBytes = Math.min(readU32(bytes, contentAt), length - 4);
      fields.port_name = textAt(bytes, contentAt + 4, nameBytes);
    }
    at = contentAt + paddedBytes(length);
  }
  // Structure numbers of all records, vendors' as enterprise:number.
  fields.counter_records = formats.join(" ");
}

function readLayout(
  bytes: Uint8Array,
  start: number,
  end: number,
  names: readonly string[],
  fields: Fields,
): void {
  let at = start;
  for (const name of names) {
    const isWide = name.endsWith(WIDE);
    const width = isWide ? 8 : 4;
    if (at + width > end) return;
    if (isWide) fields[name.slice(0, -WIDE.length)] = readU64(bytes, at);
    else fields[name] = readU32(bytes, at);
    at += width;
  }
}
