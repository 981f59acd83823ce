import { createFlowBatch, type FlowSink } from "@flowlens/flow";
import { looksLikeNfdump } from "../csv/index.ts";
import { createFlowFileDecoder, type LogFormat } from "../log-decoder.ts";
import { afterByteOrderMark, asciiText, startsWithText } from "../text/index.ts";
import { looksLikeVpcFlowLog } from "../vpc/index.ts";
import type { Recognition } from "./recognised-format.ts";

const LOOKED_AT_BYTES = 4096;
const NEWLINE = 0x0a;
const OPEN = 0x7b;

/** Two digits a byte, with spaces or colons between bytes if any. */
const HEX_LINE = /^(0x)?[0-9a-f]{2}([ :]?[0-9a-f]{2})+\s*$/i;

/** True when the first bytes hold no control characters that text does not have. */
export function looksLikeText(head: Uint8Array): boolean {
  const end = Math.min(head.length, LOOKED_AT_BYTES);
  for (let i = 0; i < end; i++) {
    const byte = head[i];
    if (byte < 0x20 && byte !== 0x09 && byte !== NEWLINE && byte !== 0x0d && byte !== 0x0c) return false;
  }
  return end > 0;
}

/** Tells the logs and the hexadecimal lines apart by their first line that is not blank. */
export function recogniseText(head: Uint8Array): Recognition {
  let start = afterByteOrderMark(head, 0, head.length);
  while (start < head.length && (head[start] <= 0x20 || isComment(head, start))) {
    const isLine = head[start] > 0x20;
    const newline = isLine ? head.indexOf(NEWLINE, start) : start;
    if (newline < 0) break;
    start = newline + 1;
  }
  const newline = head.indexOf(NEWLINE, start);
  const end = newline < 0 ? head.length : newline;
  if (startsWithText(head, start, end, "#separator") || startsWithText(head, start, end, "#fields")) {
    return tryLog(head, "zeek-tsv");
  }
  if (head[start] === OPEN) return tryLog(head, "zeek-json");
  const line = asciiText(head, start, end, head.length);
  if (HEX_LINE.test(line) || isCutHexLine(line, newline < 0)) return { format: "hex-lines" };
  if (looksLikeVpcFlowLog(line)) return tryLog(head, "vpc-flow-log");
  if (/^\[\s*(\{|$)/.test(line)) {
    return {
      unknown: "it is a JSON array; FlowLens reads Zeek's conn.log as JSON lines, one object a line.",
    };
  }
  if (looksLikeNfdump(line)) return tryLog(head, "nfdump-csv");
  if (/[,;\t]/.test(line)) return tryLog(head, "csv");
  return {
    unknown:
      "it is text, but neither a Zeek conn.log, nor a VPC flow log, nor a CSV of flows with a header, nor lines of hexadecimal datagrams.",
  };
}

/** A comment before lines of hexadecimal or a Zeek header; Zeek's own header lines are none. */
function isComment(head: Uint8Array, at: number): boolean {
  const end = Math.min(head.length, at + 16);
  return (
    head[at] === 0x23 &&
    !startsWithText(head, at, end, "#separator") &&
    !startsWithText(head, at, end, "#fields")
  );
}

/** A datagram of 32 KiB and more has no line end within the head. */
function isCutHexLine(line: string, isCut: boolean): boolean {
  return isCut && line.length > 1000 && /^[0-9a-f :]+$/i.test(line);
}

/** The header must be one that the decoder takes: what it refuses is refused here already, with its own words. */
function tryLog(head: Uint8Array, format: LogFormat): Recognition {
  const sink: FlowSink = { batch: createFlowBatch(64), emit: () => undefined };
  // What is no flow is still worth decoding for people: an import refuses it when it opens the file.
  const decoder = createFlowFileDecoder(format, sink, { visit: () => undefined });
  decoder.push(head);
  // A header may stand alone without a line end; where lines were read, the head may well end within a record.
  if (decoder.counters.lines === 0) decoder.finish();
  return decoder.failure === undefined ? { format } : { unknown: `${decoder.failure.reason}.` };
}
