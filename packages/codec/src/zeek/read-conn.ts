import {
  asciiText,
  MAX_TIME_MICROS,
  parseAddressBytes,
  parseCount,
  parseProtocol,
  parseSecondsToMicros,
  parseTimeToMicros,
  parseUnsigned,
  type BadLineReason,
} from "../text/index.ts";
import { SLOT, type ConnLine } from "./conn-fields.ts";
import { ORIG_AT, RESP_AT, type ConnRecord } from "./conn-record.ts";
import { clearHistory, historyOfState, readHistory } from "./history.ts";

const TCP = 6;
const UNSET = -1;
const BAD = -2;

/** Reads the fields of a line into `record`; "ok", or what is wrong with it. */
export function readConn(line: ConnLine, record: ConnRecord): "ok" | BadLineReason {
  const { bytes, starts, ends } = line;
  record.startMicros = parseTimeToMicros(bytes, starts[SLOT.ts], ends[SLOT.ts]);
  record.durationMicros =
    ends[SLOT.duration] === 0 ? 0 : parseSecondsToMicros(bytes, starts[SLOT.duration], ends[SLOT.duration]);
  if (record.startMicros < 0 || record.durationMicros < 0) return "time";
  if (record.startMicros + record.durationMicros > MAX_TIME_MICROS) return "time";
  if (
    !parseAddressBytes(bytes, starts[SLOT.origHost], ends[SLOT.origHost], record.addresses, ORIG_AT) ||
    !parseAddressBytes(bytes, starts[SLOT.respHost], ends[SLOT.respHost], record.addresses, RESP_AT)
  ) {
    return "address";
  }
  record.origPort = readPort(line, SLOT.origPort);
  record.respPort = readPort(line, SLOT.respPort);
  if (record.origPort < 0 || record.respPort < 0) return "port";
  record.protocol = readProtocol(line);
  if (record.protocol < 0 || record.protocol > 255) return "protocol";
  record.origBytes = readCount(line, SLOT.origBytes);
  record.respBytes = readCount(line, SLOT.respBytes);
  record.origPackets = readCount(line, SLOT.origPackets);
  record.respPackets = readCount(line, SLOT.respPackets);
  record.origIpBytes = readCount(line, SLOT.origIpBytes);
  record.respIpBytes = readCount(line, SLOT.respIpBytes);
  if (
    record.origBytes === BAD ||
    record.respBytes === BAD ||
    record.origPackets === BAD ||
    record.respPackets === BAD ||
    record.origIpBytes === BAD ||
    record.respIpBytes === BAD
  ) {
    return "number";
  }
  takeHistory(line, record);
  return "ok";
}

function readCount(line: ConnLine, slot: number): number {
  const end = line.ends[slot];
  if (end === 0) return UNSET;
  const value = parseCount(line.bytes, line.starts[slot], end);
  return value < 0 ? BAD : value;
}

function readPort(line: ConnLine, slot: number): number {
  const end = line.ends[slot];
  if (end === 0) return 0;
  const port = parseUnsigned(line.bytes, line.starts[slot], end);
  return port <= 0xffff ? port : BAD;
}

/** Zeek names tcp, udp and icmp; another is "unknown_transport", with its number in ip_proto since version 7.1. */
function readProtocol(line: ConnLine): number {
  const named = parseProtocol(line.bytes, line.starts[SLOT.proto], line.ends[SLOT.proto]);
  return named >= 0 ? named : readCount(line, SLOT.ipProto);
}

function takeHistory(line: ConnLine, record: ConnRecord): void {
  const { bytes, starts, ends } = line;
  if (ends[SLOT.history] > 0) readHistory(bytes, starts[SLOT.history], ends[SLOT.history], record.history);
  else if (record.protocol === TCP && ends[SLOT.connState] > 0) {
    const implied = historyOfState(asciiText(bytes, starts[SLOT.connState], ends[SLOT.connState]));
    readHistory(implied, 0, implied.length, record.history);
  } else clearHistory(record.history);
  if (record.protocol !== TCP) {
    record.history.origFlags = 0;
    record.history.respFlags = 0;
  }
}
