import { asciiText } from "../text/index.ts";
import { CONN_FIELD_NAMES, otherLog, REQUIRED_SLOTS } from "./conn-fields.ts";

/** Where the fields of a conn.log stand in its lines. */
export interface ConnColumns {
  /** Column of each slot, -1 where the log has none. */
  readonly ofSlot: Int32Array;
  /** Columns in a line. */
  readonly count: number;
}

/** What the header lines of a Zeek log have said so far. */
export interface TsvHeader {
  separator: number;
  /** Text that stands for "unset" and for "empty" in a column. */
  unset: string;
  empty: string;
  /** Name of the log, as "conn"; undefined where the header does not say. */
  path: string | undefined;
  fields: readonly string[] | undefined;
  /** A phrase when the header makes the log unreadable. */
  refusal: string | undefined;
}

export function createTsvHeader(): TsvHeader {
  return {
    separator: 0x09,
    unset: "-",
    empty: "(empty)",
    path: undefined,
    fields: undefined,
    refusal: undefined,
  };
}

/** Zeek's logs stay far below; a header of more columns is no header. */
const MAX_COLUMNS = 1000;
const MAX_HEADER_CHARS = 65_536;

/** Takes one line that begins with "#"; returns its directive, as "fields". Unknown ones are comments. */
export function readHeaderLine(bytes: Uint8Array, start: number, end: number, header: TsvHeader): string {
  const line = asciiText(bytes, start + 1, end, MAX_HEADER_CHARS);
  if (line.startsWith("separator ")) {
    const text = line.slice("separator ".length);
    const separator = separatorOf(text);
    // A new header begins: what an earlier one said holds no more.
    Object.assign(header, createTsvHeader());
    if (separator === undefined) header.refusal = `its Zeek #separator "${text}" is not a single character`;
    else header.separator = separator;
    return "separator";
  }
  const separator = String.fromCharCode(header.separator);
  const cut = line.includes(separator) ? line.indexOf(separator) : line.indexOf(" ");
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
      header.fields = value.split(separator, MAX_COLUMNS).map((name) => name.trim().split(/\s/, 1)[0]);
      break;
    default:
      break;
  }
  return directive;
}

/** The columns, or the phrase that says why this log cannot be read as connections. */
export function connColumnsOf(header: TsvHeader): ConnColumns | string {
  const { fields = [], path } = header;
  if (path !== undefined && path !== "conn") return otherLog(path);
  const missing = CONN_FIELD_NAMES.slice(0, REQUIRED_SLOTS).filter((name) => !fields.includes(name));
  if (missing.length > 0) return `its Zeek #fields lack ${missing.join(", ")}: this is no conn.log`;
  return { ofSlot: Int32Array.from(CONN_FIELD_NAMES, (name) => fields.indexOf(name)), count: fields.length };
}

/** `\x09` or the character itself. */
function separatorOf(text: string): number | undefined {
  const hex = /^\\x([0-9a-fA-F]{2})$/.exec(text.trim());
  if (hex !== null) return Number.parseInt(hex[1], 16);
  return text.length === 1 ? text.charCodeAt(0) : undefined;
}
