/** Fields of a flow log that make a flow, by slot. Any other is only shown. */
export const SLOT = {
  srcaddr: 0,
  dstaddr: 1,
  srcport: 2,
  dstport: 3,
  protocol: 4,
  packets: 5,
  bytes: 6,
  start: 7,
  end: 8,
  action: 9,
  "log-status": 10,
  "tcp-flags": 11,
  "pkt-srcaddr": 12,
  "pkt-dstaddr": 13,
  "flow-direction": 14,
  "interface-id": 15,
} as const;

const SLOT_NAMES = Object.keys(SLOT);
export const SLOTS = SLOT_NAMES.length;

/** What CloudWatch delivers where nobody chose a format, without a header: version 2. */
const DEFAULT_FORMAT =
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";

/** The fields of a line, in order. */
export interface VpcColumns {
  /** In snake case. */
  readonly names: readonly string[];
  /** Slot of each column, -1 for columns that are only shown. */
  readonly slots: Int32Array;
  /** A phrase when no line of these fields can be a flow. */
  readonly lacks: string | undefined;
}

/** A header of more fields is none; the longest that AWS can write has about 50. */
const MAX_COLUMNS = 200;

/**
 * The columns that a header names, in any order; undefined where the line is none. Names in hyphens (as delivered to S3),
 * underscores (as tables have them) or `${…}` (as formats are given) are the same. The same name twice: the first counts.
 */
export function vpcColumnsOf(line: string): VpcColumns | undefined {
  const names = line
    .trim()
    .split(/\s+/, MAX_COLUMNS + 1)
    .map((name) =>
      name
        .toLowerCase()
        .replace(/^\$\{(.*)\}$/, "$1")
        .replaceAll("_", "-"),
    );
  if (names.length < 2 || names.length > MAX_COLUMNS) return undefined;
  if (!names.every((name) => /^[a-z][a-z0-9-]*$/.test(name))) return undefined;
  const has = (name: string) => names.includes(name);
  if (!has("srcaddr") && !has("pkt-srcaddr")) return undefined;
  const missing = ["srcport", "dstport", "protocol", "start"].filter((name) => !has(name));
  if (!has("dstaddr") && !has("pkt-dstaddr")) missing.unshift("dstaddr");
  if (!has("packets") && !has("bytes")) missing.push("packets or bytes");
  return {
    names: names.map((name) => name.replaceAll("-", "_")),
    slots: Int32Array.from(names, (name, i) => (names.indexOf(name) === i ? SLOT_NAMES.indexOf(name) : -1)),
    lacks: missing.length === 0 ? undefined : `its VPC flow log's header lacks ${missing.join(", ")}`,
  };
}

const DEFAULT_LINE = /^2 (?:\d{12}|unknown|-) \S+(?: \S+){10} (?:OK|NODATA|SKIPDATA)$/;
/** Of any version: what a custom format begins with in most cases where it was exported without its header. */
const ANY_LINE = /^\d{1,2} (?:\d{12}|unknown|-) eni-\S+ /;
/** What an export of CloudWatch puts before a line. */
const INGESTED = /^\d{4}-\d\d-\d\dT[\d:.]+Z\s+/;

/** True for the first line of a VPC flow log, with a header or not; what is in it may still be refused. */
export function looksLikeVpcFlowLog(line: string): boolean {
  const record = line.replace(INGESTED, "").trim();
  return vpcColumnsOf(record) !== undefined || DEFAULT_LINE.test(record) || ANY_LINE.test(record);
}

/** The columns of the default format where the line, behind a time if one is there, is a record of it. */
export function defaultColumnsOf(line: string): VpcColumns | undefined {
  return DEFAULT_LINE.test(line.trim()) ? vpcColumnsOf(DEFAULT_FORMAT) : undefined;
}
