import type { FlowSink } from "@flowlens/flow";
import {
  afterByteOrderMark,
  asciiBytes,
  asciiText,
  equalsBytes,
  type LineCounters,
  type LineFormat,
  type LineOutcome,
} from "../text/index.ts";
import { CONN_FIELD_NAMES, createConnLine, otherLog, REQUIRED_SLOTS } from "./conn-fields.ts";
import { createConnRecord } from "./conn-record.ts";
import { writeConnFlows } from "./conn-to-flow.ts";
import { scanJsonObject, type JsonMembers } from "./json-line.ts";
import { readConn } from "./read-conn.ts";

/** A name and the slot it fills. */
interface NamedSlot {
  readonly name: Uint8Array;
  readonly slot: number;
}

/** The names by their length: a line has some twenty members, and comparing each with every name takes longer than all else. */
const NAMES = byLength(CONN_FIELD_NAMES);
/** The same inside an object "id". */
const NAMES_IN_ID = byLength(
  CONN_FIELD_NAMES.map((name) => (name.startsWith("id.") ? name.slice("id.".length) : "")),
);
const NO_NAMES: readonly NamedSlot[] = [];

function byLength(names: readonly string[]): readonly (readonly NamedSlot[])[] {
  const longest = Math.max(...names.map((name) => name.length));
  return Array.from({ length: longest + 1 }, (_, length) =>
    names.flatMap((name, slot) =>
      length > 0 && name.length === length ? [{ name: asciiBytes(name), slot }] : [],
    ),
  );
}

const PATH = asciiBytes("_path");
const CONN = asciiBytes("conn");

/**
 * Zeek's conn.log as JSON lines. The five-tuple stands under "id.orig_h" (as Zeek writes) or in an object "id" (as some
 * shippers make of it); `ts` is epoch seconds, epoch milliseconds or ISO 8601 (LogAscii::json_timestamps).
 */
export function createZeekJsonFormat(sink: FlowSink, counters: LineCounters): LineFormat {
  const record = createConnRecord();
  const line = createConnLine();
  let refusal = "";
  let sawConn = false;
  /** Name of the log where the line says it (`_path`); the end is 0 where it does not. */
  let pathStart = 0;
  let pathEnd = 0;

  const members: JsonMembers = {
    member(keyStart, keyEnd, start, end, isInId) {
      const length = keyEnd - keyStart;
      const table = isInId ? NAMES_IN_ID : NAMES;
      const names = length < table.length ? table[length] : NO_NAMES;
      for (let i = 0; i < names.length; i++) {
        if (equalsBytes(line.bytes, keyStart, keyEnd, names[i].name)) {
          line.starts[names[i].slot] = start;
          line.ends[names[i].slot] = end;
          return;
        }
      }
      if (!isInId && equalsBytes(line.bytes, keyStart, keyEnd, PATH)) {
        pathStart = start;
        pathEnd = end;
      }
    },
  };

  /** The first object decides what the file is; a later one that is none of it is a bad line. */
  const refuse = (phrase: string, reason: LineOutcome): LineOutcome => {
    if (sawConn) return reason;
    refusal = phrase;
    return "refused";
  };

  return {
    get refusal() {
      return refusal;
    },
    get missingHeader() {
      return sawConn ? undefined : "it holds no JSON object";
    },
    readLine(bytes, start, end) {
      const from = counters.lines === 1 ? afterByteOrderMark(bytes, start, end) : start;
      if (from === end) return "header";
      line.bytes = bytes;
      line.ends.fill(0);
      pathEnd = 0;
      if (!scanJsonObject(bytes, from, end, members))
        return refuse("its first line is no JSON object", "syntax");
      if (pathEnd > 0 && !equalsBytes(bytes, pathStart, pathEnd, CONN)) {
        return refuse(otherLog(asciiText(bytes, pathStart, pathEnd, 40)), "other_log");
      }
      for (let slot = 0; slot < REQUIRED_SLOTS; slot++) {
        if (line.ends[slot] === 0) {
          const lack = `its first JSON object has no "${CONN_FIELD_NAMES[slot]}": this is no conn.log of Zeek`;
          return refuse(lack, "columns");
        }
      }
      sawConn = true;
      const verdict = readConn(line, record);
      if (verdict !== "ok") return verdict;
      return writeConnFlows(record, sink, counters) === 0 ? "empty" : "record";
    },
  };
}
