import type { FlowSink } from "@flowlens/flow";
import type { RecordJson } from "../record-json/index.ts";
import {
  afterByteOrderMark,
  asciiText,
  type LineCounters,
  type LineFormat,
  type LineOutcome,
} from "../text/index.ts";
import { defaultColumnsOf, vpcColumnsOf, type VpcColumns } from "./fields.ts";
import { afterIngestionTime, splitLine, type Words } from "./split-line.ts";
import { createVpcLine, createVpcRecord, readVpcRecord } from "./vpc-record.ts";
import { writeVpcFlow } from "./vpc-to-flow.ts";
import { vpcRecordToJson } from "./vpc-to-json.ts";

const MAX_HEADER_CHARS = 8_192;
const DASH = 0x2d;

/**
 * An AWS VPC flow log: under a header that names its fields, which may come again where files were put together, or in
 * the default format without one. A record is one row; a rejected one is none. With `visit` records are given as objects
 * instead, rejected and incomplete ones too.
 */
export function createVpcFormat(
  sink: FlowSink,
  counters: LineCounters,
  visit?: (record: RecordJson) => void,
): LineFormat {
  const line = createVpcLine();
  const record = createVpcRecord();
  let columns: VpcColumns | undefined;
  let words: Words = wordsFor(0);
  let refusal = "";
  let sawHeader = false;

  const take = (found: VpcColumns): LineOutcome => {
    const isFirst = !sawHeader;
    sawHeader = true;
    const isUseless = found.lacks !== undefined && visit === undefined;
    columns = isUseless ? undefined : found;
    words = wordsFor(found.names.length);
    if (!isUseless || !isFirst) return "header";
    refusal = found.lacks ?? "";
    return "refused";
  };

  /** Puts the words of the line into its slots; "-" says nothing. */
  const assign = (bytes: Uint8Array, { slots }: VpcColumns) => {
    line.bytes = bytes;
    line.ends.fill(0);
    for (let column = 0; column < slots.length; column++) {
      const slot = slots[column];
      const start = words.starts[column];
      const end = words.ends[column];
      if (slot < 0 || (end - start === 1 && bytes[start] === DASH)) continue;
      line.starts[slot] = start;
      line.ends[slot] = end;
    }
  };

  const readRecord = (bytes: Uint8Array, start: number, end: number): LineOutcome => {
    if (columns === undefined) return "other_log";
    if (splitLine(bytes, start, end, words) !== columns.names.length) return "columns";
    assign(bytes, columns);
    const verdict = readVpcRecord(line, record);
    if (verdict !== "ok" && verdict !== "part") return verdict;
    visit?.(vpcRecordToJson(record, bytes, { columns, words }));
    if (record.isRejected) return "rejected";
    if (verdict === "part") return visit === undefined ? "number" : "not_flow";
    if (visit === undefined) {
      writeVpcFlow(record, line, sink);
      counters.flows++;
    }
    return "record";
  };

  return {
    get refusal() {
      return refusal;
    },
    get missingHeader() {
      return sawHeader ? undefined : "it has no record of a VPC flow log";
    },
    readLine(bytes, start, end) {
      const marked = counters.lines === 1 ? afterByteOrderMark(bytes, start, end) : start;
      const from = afterIngestionTime(bytes, marked, end);
      if (isBlank(bytes, from, end)) return "header";
      if (mayBeHeader(bytes, from, end)) {
        const found = vpcColumnsOf(asciiText(bytes, from, end, MAX_HEADER_CHARS));
        if (found !== undefined) return take(found);
      }
      if (!sawHeader) {
        const found = defaultColumnsOf(asciiText(bytes, from, end, MAX_HEADER_CHARS));
        if (found === undefined) {
          refusal =
            "it has no header that names the fields of a VPC flow log, and its lines are not in the default format of version 2";
          return "refused";
        }
        take(found);
      }
      return readRecord(bytes, from, end);
    },
  };
}

function wordsFor(count: number): Words {
  return { starts: new Int32Array(count), ends: new Int32Array(count) };
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] > 0x20) return false;
  return true;
}

/** Names have no digits before the first space but in few; "$" begins a format as it is given to AWS. */
function mayBeHeader(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end && bytes[i] > 0x20; i++) {
    const byte = bytes[i];
    const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
    const isMark = byte === 0x2d || byte === 0x5f || byte === 0x24 || byte === 0x7b || byte === 0x7d;
    if (!isLetter && !isMark) return false;
  }
  return true;
}
