import { formatAddress } from "@flowlens/flow";
import { isoTime, type RecordJson } from "../record-json/index.ts";
import { asciiText } from "../text/index.ts";
import type { VpcColumns } from "./fields.ts";
import type { Words } from "./split-line.ts";
import { DST_AT, SRC_AT, type VpcRecord } from "./vpc-record.ts";

/** Fields that are a key of the record and not shown again. */
const COMMON = new Set(
  "srcport dstport protocol packets bytes start end tcp_flags flow_direction".split(" "),
);
/** Numbers among the others; an account's id is a text that may begin with 0. */
const NUMBERS = new Set(["version", "traffic_path", "encryption_status"]);
const DASH = 0x2d;
const MAX_TEXT = 2_048;

/** The record of a line: the common keys, and each other field that is not "-" by its own name in snake case. */
export function vpcRecordToJson(
  record: VpcRecord,
  bytes: Uint8Array,
  { columns, words }: { readonly columns: VpcColumns; readonly words: Words },
): RecordJson {
  const fields: Record<string, number | string> = {};
  columns.names.forEach((name, i) => {
    const start = words.starts[i];
    const end = words.ends[i];
    if (COMMON.has(name) || (end - start === 1 && bytes[start] === DASH) || name in fields) return;
    const text = asciiText(bytes, start, end, MAX_TEXT);
    fields[name] = NUMBERS.has(name) && /^\d{1,9}$/.test(text) ? Number(text) : text;
  });
  return {
    protocol: "vpc",
    ...(record.startMs >= 0 ? { time_start: isoTime(record.startMs) } : {}),
    ...(record.endMs >= 0 ? { time_end: isoTime(record.endMs) } : {}),
    ...(record.hasSource ? { src_addr: formatAddress(record.addresses, SRC_AT) } : {}),
    ...(record.hasDestination ? { dst_addr: formatAddress(record.addresses, DST_AT) } : {}),
    ...(record.srcPort >= 0 ? { src_port: record.srcPort } : {}),
    ...(record.dstPort >= 0 ? { dst_port: record.dstPort } : {}),
    ...(record.protocol >= 0 ? { ip_protocol: record.protocol } : {}),
    ...(record.tcpFlags >= 0 ? { tcp_flags: record.tcpFlags } : {}),
    ...(record.bytes >= 0 ? { bytes: record.bytes } : {}),
    ...(record.packets >= 0 ? { packets: record.packets } : {}),
    ...(record.direction >= 0 ? { direction: record.direction } : {}),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
  };
}
