import type { FlowSink } from "@flowlens/flow";
import {
  afterByteOrderMark,
  asciiText,
  type LineCounters,
  type LineFormat,
  type LineOutcome,
} from "../text/index.ts";
import { csvColumnsOf, SLOT, type CsvColumns } from "./columns.ts";
import { createCsvLine, createCsvRecord, readCsvRecord, type CsvLine } from "./csv-record.ts";
import { writeCsvFlows } from "./record-to-flow.ts";
import { createNfdumpExtras, takeExtra } from "./nfdump-extras.ts";
import { splitFields, type CsvFields } from "./split-fields.ts";

const MAX_HEADER_CHARS = 65_536;

/** What is read of a CSV beyond what every one may say. */
export interface CsvDialect {
  /** Its further columns, and how it writes durations and ICMP. */
  readonly nfdump?: boolean;
}

/**
 * A CSV of flows with a header. A line where the destination sent something is a conversation: two rows, the source
 * being claimed as who opened it. Otherwise it is one row, and nothing is known of who opened: tools that write one-way
 * records leave the destination's columns empty or fill them with 0.
 */
export function createCsvFormat(
  sink: FlowSink,
  counters: LineCounters,
  dialect: CsvDialect = {},
): LineFormat {
  const record = createCsvRecord();
  const extras = dialect.nfdump === true ? createNfdumpExtras() : undefined;
  const line = createCsvLine();
  let fields: CsvFields = { starts: new Int32Array(0), ends: new Int32Array(0) };
  let columns: CsvColumns | undefined;
  let refusal = "";

  const takeHeader = (bytes: Uint8Array, start: number, end: number): LineOutcome => {
    const found = csvColumnsOf(asciiText(bytes, start, end, MAX_HEADER_CHARS));
    if (typeof found === "string") {
      refusal = found;
      return "refused";
    }
    columns = found;
    fields = { starts: new Int32Array(found.slots.length), ends: new Int32Array(found.slots.length) };
    return "header";
  };

  /** Puts the fields of the line into its slots. */
  const assign = (bytes: Uint8Array, { slots, extras: columnExtras }: CsvColumns) => {
    line.bytes = bytes;
    line.ends.fill(0);
    for (let column = 0; column < slots.length; column++) {
      const slot = slots[column];
      if (extras !== undefined && columnExtras[column] >= 0) {
        const [start, end] = [fields.starts[column], fields.ends[column]];
        takeExtra(extras, columnExtras[column], { bytes, start, end: start === end ? 0 : end });
      }
      if (slot < 0 || fields.starts[column] === fields.ends[column]) continue;
      line.starts[slot] = fields.starts[column];
      line.ends[slot] = fields.ends[column];
    }
  };

  return {
    get refusal() {
      return refusal;
    },
    get missingHeader() {
      return columns === undefined ? "it has no header line" : undefined;
    },
    readLine(bytes, start, end) {
      const from = counters.lines === 1 ? afterByteOrderMark(bytes, start, end) : start;
      if (from === end) return "header";
      if (columns === undefined) return takeHeader(bytes, from, end);
      const found = splitFields(bytes, from, end, columns.delimiter, fields);
      if (found < 0) return "syntax";
      if (found < columns.slots.length) return "columns";
      assign(bytes, columns);
      const verdict = readCsvRecord(line, record, extras !== undefined);
      if (verdict !== "ok") return verdict;
      if (isRejected(line)) return "rejected";
      counters.flows += writeCsvFlows(record, sink, extras);
      return "record";
    },
  };
}

/** What firewalls and cloud flow logs write where they did not let the traffic pass. */
const REJECTED = new Set(["reject", "rejected", "deny", "denied", "drop", "dropped", "block", "blocked"]);
const MAX_ACTION_CHARS = 16;

/** What did not pass is no conversation, as in VPC flow logs and NetFlow's firewall events. */
function isRejected({ bytes, starts, ends }: CsvLine): boolean {
  if (ends[SLOT.action] === 0) return false;
  return REJECTED.has(
    asciiText(bytes, starts[SLOT.action], ends[SLOT.action], MAX_ACTION_CHARS).toLowerCase(),
  );
}
