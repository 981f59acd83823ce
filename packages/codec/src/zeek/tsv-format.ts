import type { FlowSink } from "@flowlens/flow";
import {
  afterByteOrderMark,
  asciiBytes,
  equalsBytes,
  type LineCounters,
  type LineFormat,
  type LineOutcome,
} from "../text/index.ts";
import { createConnLine } from "./conn-fields.ts";
import { createConnRecord } from "./conn-record.ts";
import { writeConnFlows } from "./conn-to-flow.ts";
import { readConn } from "./read-conn.ts";
import { connColumnsOf, createTsvHeader, readHeaderLine, type ConnColumns } from "./tsv-header.ts";

const HASH = 0x23;

/**
 * Zeek's conn.log as tab-separated text (or whatever #separator says). The header may come again, with other columns,
 * where logs were rotated or concatenated; a block of another log in between is skipped and counted.
 */
export function createZeekTsvFormat(sink: FlowSink, counters: LineCounters): LineFormat {
  const record = createConnRecord();
  const line = createConnLine();
  const header = createTsvHeader();
  let columns: ConnColumns | undefined;
  let refusal = "";
  let sawHeader = false;
  let separator = header.separator;
  let unset = asciiBytes(header.unset);
  let empty = asciiBytes(header.empty);
  /** Column i of the line at hand is bytes [edges[i], edges[i + 1] - 1). */
  let edges = new Int32Array(0);

  const takeHeader = (bytes: Uint8Array, start: number, end: number): LineOutcome => {
    const directive = readHeaderLine(bytes, start, end, header);
    if (directive === "separator") columns = undefined;
    separator = header.separator;
    unset = asciiBytes(header.unset);
    empty = asciiBytes(header.empty);
    const found = directive === "fields" ? connColumnsOf(header) : header.refusal;
    if (found === undefined) return "header";
    if (typeof found === "string") {
      columns = undefined;
      // The first header decides what the file is; a later one of another log only skips its lines.
      if (sawHeader) return "header";
      refusal = found;
      return "refused";
    }
    columns = found;
    sawHeader = true;
    if (found.count + 1 > edges.length) edges = new Int32Array(found.count + 1);
    return "header";
  };

  /** Finds the edges of the columns; false when there are fewer than in the header. More are not looked at. */
  const split = (bytes: Uint8Array, start: number, end: number, count: number): boolean => {
    let column = 0;
    edges[0] = start;
    for (let i = start; i < end; i++) {
      if (bytes[i] === separator) {
        edges[++column] = i + 1;
        if (column === count) return true;
      }
    }
    edges[++column] = end + 1;
    return column === count;
  };

  /** Puts the columns into the slots of the line. */
  const assign = (bytes: Uint8Array, { ofSlot }: ConnColumns) => {
    line.bytes = bytes;
    for (let slot = 0; slot < ofSlot.length; slot++) {
      const column = ofSlot[slot];
      const start = column < 0 ? 0 : edges[column];
      const end = column < 0 ? 0 : edges[column + 1] - 1;
      const isUnset =
        start === end || equalsBytes(bytes, start, end, unset) || equalsBytes(bytes, start, end, empty);
      line.starts[slot] = start;
      line.ends[slot] = isUnset ? 0 : end;
    }
  };

  return {
    get refusal() {
      return refusal;
    },
    get missingHeader() {
      return sawHeader ? undefined : "it has no Zeek #fields line";
    },
    readLine(bytes, start, end) {
      const from = counters.lines === 1 ? afterByteOrderMark(bytes, start, end) : start;
      if (from === end) return "header";
      if (bytes[from] === HASH) return takeHeader(bytes, from, end);
      if (columns === undefined) {
        if (sawHeader) return "other_log";
        refusal = "it has no Zeek #fields line before its first record";
        return "refused";
      }
      if (!split(bytes, from, end, columns.count)) return "columns";
      assign(bytes, columns);
      const verdict = readConn(line, record);
      if (verdict !== "ok") return verdict;
      return writeConnFlows(record, sink, counters) === 0 ? "empty" : "record";
    },
  };
}
