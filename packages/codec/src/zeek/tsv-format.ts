import type { FlowSink } from "@flowlens/flow";
import {
  afterByteOrderMark,
  asciiBytes,
  asciiText,
  equalsBytes,
  parseAddressBytes,
  parseCount,
  parseProtocol,
  parseSecondsToMicros,
  parseUnsigned,
  type LineCounters,
  type LineFormat,
  type LineOutcome,
} from "../text/index.ts";
import { createConnRecord, ORIG_AT, RESP_AT } from "./conn-record.ts";
import { writeConnFlows } from "./conn-to-flow.ts";
import { clearHistory, historyOfState, readHistory } from "./history.ts";
import { connColumnsOf, createTsvHeader, readHeaderLine, type ConnColumns } from "./tsv-header.ts";

const HASH = 0x23;
const TCP = 6;

/**
 * Zeek's conn.log as tab-separated text (or whatever #separator says). The header may come again, with other columns,
 * where logs were rotated or concatenated; a block of another log in between is skipped and counted.
 */
export function createZeekTsvFormat(sink: FlowSink, counters: LineCounters): LineFormat {
  const record = createConnRecord();
  const header = createTsvHeader();
  let columns: ConnColumns | undefined;
  let refusal = "";
  let sawHeader = false;
  let separator = header.separator;
  let unset = asciiBytes(header.unset);
  let empty = asciiBytes(header.empty);
  /** Column i is bytes [starts[i], starts[i + 1] - 1) of the line at hand. */
  let starts = new Int32Array(64);
  let line: Uint8Array = new Uint8Array(0);

  const takeHeader = (bytes: Uint8Array, start: number, end: number): LineOutcome => {
    const directive = readHeaderLine(bytes, start, end, header);
    if (directive === "separator") columns = undefined;
    separator = header.separator;
    unset = asciiBytes(header.unset);
    empty = asciiBytes(header.empty);
    const found = directive === "fields" ? connColumnsOf(header) : header.refusal;
    if (typeof found === "string") {
      columns = undefined;
      // The first header decides what the file is; a later one of another log only skips its lines.
      if (sawHeader) return "header";
      refusal = found;
      return "refused";
    }
    if (found !== undefined) {
      columns = found;
      sawHeader = true;
      if (columns.count + 1 > starts.length) starts = new Int32Array(columns.count + 1);
    }
    return "header";
  };

  /** Finds the columns of the line; false when it has fewer than the header. More are not looked at. */
  const split = (bytes: Uint8Array, start: number, end: number, count: number): boolean => {
    let column = 0;
    starts[0] = start;
    for (let i = start; i < end; i++) {
      if (bytes[i] === separator) {
        starts[++column] = i + 1;
        if (column === count) return true;
      }
    }
    starts[++column] = end + 1;
    return column === count;
  };

  const isUnset = (column: number): boolean => {
    if (column < 0) return true;
    const start = starts[column];
    const end = starts[column + 1] - 1;
    return start === end || equalsBytes(line, start, end, unset) || equalsBytes(line, start, end, empty);
  };

  /** A count, -1 where unset, -2 where it is no number. */
  const countOf = (column: number): number => {
    if (isUnset(column)) return -1;
    const value = parseCount(line, starts[column], starts[column + 1] - 1);
    return value < 0 ? -2 : value;
  };

  const portOf = (column: number): number => {
    if (isUnset(column)) return 0;
    const port = parseUnsigned(line, starts[column], starts[column + 1] - 1);
    return port <= 0xffff ? port : -1;
  };

  const addressOf = (column: number, at: number): boolean =>
    parseAddressBytes(line, starts[column], starts[column + 1] - 1, record.addresses, at);

  /** The protocol; Zeek names only three and gives others as "unknown_transport" with their number in ip_proto. */
  const protocolOf = (wanted: ConnColumns): number => {
    const named = parseProtocol(line, starts[wanted.proto], starts[wanted.proto + 1] - 1);
    return named >= 0 || wanted.ipProto < 0 ? named : countOf(wanted.ipProto);
  };

  const takeHistory = (wanted: ConnColumns) => {
    if (record.protocol !== TCP) {
      if (isUnset(wanted.history)) clearHistory(record.history);
      else readHistory(line, starts[wanted.history], starts[wanted.history + 1] - 1, record.history);
    } else if (!isUnset(wanted.history)) {
      readHistory(line, starts[wanted.history], starts[wanted.history + 1] - 1, record.history);
    } else if (!isUnset(wanted.connState)) {
      const history = historyOfState(asciiText(line, starts[wanted.connState], starts[wanted.connState + 1] - 1));
      readHistory(history, 0, history.length, record.history);
    } else clearHistory(record.history);
  };

  const takeConn = (wanted: ConnColumns): LineOutcome => {
    record.startMicros = parseSecondsToMicros(line, starts[wanted.ts], starts[wanted.ts + 1] - 1);
    if (record.startMicros < 0) return "time";
    record.durationMicros = isUnset(wanted.duration)
      ? 0
      : parseSecondsToMicros(line, starts[wanted.duration], starts[wanted.duration + 1] - 1);
    if (record.durationMicros < 0) return "time";
    if (!addressOf(wanted.origHost, ORIG_AT) || !addressOf(wanted.respHost, RESP_AT)) return "address";
    record.origPort = portOf(wanted.origPort);
    record.respPort = portOf(wanted.respPort);
    if (record.origPort < 0 || record.respPort < 0) return "port";
    record.protocol = protocolOf(wanted);
    if (record.protocol < 0 || record.protocol > 255) return "protocol";
    record.origBytes = countOf(wanted.origBytes);
    record.respBytes = countOf(wanted.respBytes);
    record.origPackets = countOf(wanted.origPackets);
    record.respPackets = countOf(wanted.respPackets);
    record.origIpBytes = countOf(wanted.origIpBytes);
    record.respIpBytes = countOf(wanted.respIpBytes);
    if (
      Math.min(record.origBytes, record.respBytes, record.origPackets, record.respPackets) < -1 ||
      Math.min(record.origIpBytes, record.respIpBytes) < -1
    ) {
      return "number";
    }
    takeHistory(wanted);
    const rows = writeConnFlows(record, sink, counters);
    counters.flows += rows;
    return rows === 0 ? "empty" : "record";
  };

  return {
    get refusal() {
      return refusal;
    },
    get missingHeader() {
      return sawHeader ? undefined : "It has no Zeek #fields line.";
    },
    readLine(bytes, start, end) {
      const from = counters.lines === 1 ? afterByteOrderMark(bytes, start, end) : start;
      if (from === end) return "header";
      if (bytes[from] === HASH) return takeHeader(bytes, from, end);
      if (columns === undefined) {
        if (sawHeader) return "other_log";
        refusal = "It has no Zeek #fields line before its first record.";
        return "refused";
      }
      if (!split(bytes, from, end, columns.count)) return "columns";
      line = bytes;
      return takeConn(columns);
    },
  };
}
