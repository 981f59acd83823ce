import { asciiText } from "../text/index.ts";

/** Columns of a conn.log that are read, with their indexes in a line; -1 where the log has none. */
export interface ConnColumns {
  readonly ts: number;
  readonly origHost: number;
  readonly origPort: number;
  readonly respHost: number;
  readonly respPort: number;
  readonly proto: number;
  readonly duration: number;
  readonly origBytes: number;
  readonly respBytes: number;
  readonly connState: number;
  readonly history: number;
  readonly origPackets: number;
  readonly origIpBytes: number;
  readonly respPackets: number;
  readonly respIpBytes: number;
  readonly ipProto: number;
  /** Columns in a line, by the header. */
  readonly count: number;
}

/** Zeek's names of the columns that are read. */
export const CONN_FIELDS = {
  ts: "ts",
  origHost: "id.orig_h",
  origPort: "id.orig_p",
  respHost: "id.resp_h",
  respPort: "id.resp_p",
  proto: "proto",
  duration: "duration",
  origBytes: "orig_bytes",
  respBytes: "resp_bytes",
  connState: "conn_state",
  history: "history",
  origPackets: "orig_pkts",
  origIpBytes: "orig_ip_bytes",
  respPackets: "resp_pkts",
  respIpBytes: "resp_ip_bytes",
  ipProto: "ip_proto",
} as const;

/** Without these a line is no flow. */
export const REQUIRED_CONN_FIELDS: readonly string[] = [
  CONN_FIELDS.ts,
  CONN_FIELDS.origHost,
  CONN_FIELDS.origPort,
  CONN_FIELDS.respHost,
  CONN_FIELDS.respPort,
  CONN_FIELDS.proto,
];

/** What the header lines of a Zeek log have said so far. */
export interface TsvHeader {
  separator: number;
  /** Text that stands for "unset" and for "empty" in a column. */
  unset: string;
  empty: string;
  /** Name of the log, as "conn"; undefined where the header does not say. */
  path: string | undefined;
  fields: readonly string[] | undefined;
  /** A sentence when the header makes the log unreadable. */
  refusal: string | undefined;
}

export function createTsvHeader(): TsvHeader {
  return { separator: 0x09, unset: "-", empty: "(empty)", path: undefined, fields: undefined, refusal: undefined };
}

/** Zeek's limit is far lower; a header of more columns is no header. */
const MAX_COLUMNS = 1000;

/** Takes one line that begins with "#"; returns its directive, as "fields". Unknown ones are comments. */
export function readHeaderLine(bytes: Uint8Array, start: number, end: number, header: TsvHeader): string {
  const line = asciiText(bytes, start + 1, end, 65_536);
  const spaced = line.indexOf(" ");
  if (line.startsWith("separator ")) {
    const separator = separatorOf(line.slice("separator ".length));
    // A new header begins: what an earlier one said holds no more.
    Object.assign(header, createTsvHeader());
    if (separator === undefined) {
      header.refusal = `Its Zeek #separator "${line.slice("separator ".length)}" is not a single character.`;
    } else header.separator = separator;
    return "separator";
  }
  const mark = line.indexOf(String.fromCharCode(header.separator));
  const cut = mark < 0 ? spaced : mark;
  if (cut < 0) return line;
  const directive = line.slice(0, cut);
  const value = line.slice(cut + 1);
  switch (directive) {
    case "unset_field":
      header.unset = value;
      break;
    case "empty_field":
      header.empty = value;
      break;
    case "path":
      header.path = value.trim();
      break;
    case "fields":
      // Where labels were added by hand, the last column's name is followed by theirs, with spaces between.
      header.fields = value
        .split(String.fromCharCode(header.separator), MAX_COLUMNS)
        .map((name) => name.trim().split(/\s/, 1)[0]);
      break;
    default:
      break;
  }
  return directive;
}

/** Indexes of the columns, or the sentence that says why this log cannot be read as connections. */
export function connColumnsOf(header: TsvHeader): ConnColumns | string {
  const { fields = [], path } = header;
  if (path !== undefined && path !== "conn") return otherLogSentence(path);
  const missing = REQUIRED_CONN_FIELDS.filter((name) => !fields.includes(name));
  if (missing.length > 0) return `Its Zeek #fields lack ${missing.join(", ")}: this is no conn.log.`;
  const indexes = Object.entries(CONN_FIELDS).map(([key, name]) => [key, fields.indexOf(name)]);
  return { ...Object.fromEntries(indexes), count: fields.length } as ConnColumns;
}

/** For any Zeek log but conn.log. */
export function otherLogSentence(path: string): string {
  return `This is Zeek's ${path}.log, which holds no flows; FlowLens reads conn.log.`;
}

/** `\x09` or the character itself. */
function separatorOf(text: string): number | undefined {
  const hex = /^\\x([0-9a-fA-F]{2})$/.exec(text.trim());
  if (hex !== null) return Number.parseInt(hex[1], 16);
  return text.length === 1 ? text.charCodeAt(0) : undefined;
}
