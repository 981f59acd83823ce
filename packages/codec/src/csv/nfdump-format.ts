import type { FlowSink } from "@flowlens/flow";
import {
  afterByteOrderMark,
  asciiBytes,
  asciiText,
  startsWithText,
  type LineCounters,
  type LineFormat,
} from "../text/index.ts";
import { createCsvFormat } from "./csv-format.ts";

const MAX_HEADER_CHARS = 65_536;

/** The columns of `nfdump -o csv` up to 1.7.2, which come without a header with -q. */
const FIXED_HEADER =
  "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,nh,nhb,svln,dvln,ismc,odmc,idmc,osmc,mpls1,mpls2,mpls3,mpls4,mpls5,mpls6,mpls7,mpls8,mpls9,mpls10,cl,sl,al,ra,eng,exid,tr";
const FIXED_COLUMNS = FIXED_HEADER.split(",").length;
const FIXED_LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+\.\d{3},/;

/** Names that only nfdump uses: of the fixed columns, and of those from 1.7.3 on (`-o csv`, `-o csv-fast`, `-o "csv:…"`). */
const FIXED_NAMES = ["ts", "sa", "da", "pr"];
const STATISTIC_NAMES = ["ts", "val", "flP"];

/** True for the first line of CSV that nfdump wrote; a statistic (`-s`) is refused by the decoder. */
export function looksLikeNfdump(line: string): boolean {
  return isHeader(line) || isStatistic(line) || isFixedLine(line) || line.startsWith("No match");
}

function isHeader(line: string): boolean {
  const names = line.split(",");
  if (FIXED_NAMES.every((name) => names.includes(name))) return true;
  return (names.includes("firstSeen") || names.includes("lastSeen")) && names.includes("srcAddr");
}

function isStatistic(line: string): boolean {
  const names = line.split(",");
  return STATISTIC_NAMES.every((name) => names.includes(name));
}

function isFixedLine(line: string): boolean {
  return FIXED_LINE.test(line) && line.split(",").length === FIXED_COLUMNS;
}

/**
 * What `nfdump -o csv` prints: its header, records, and a summary at the end, after which another output may follow. The
 * fixed columns of 1.6 may come without their header.
 */
export function createNfdumpFormat(sink: FlowSink, counters: LineCounters): LineFormat {
  const dialect = { nfdump: true };
  let csv = createCsvFormat(sink, counters, dialect);
  let sawHeader = false;
  let isBehindRecords = false;
  let refusal = "";

  const isLetter = (byte: number) => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
  const takeHeader = (bytes: Uint8Array, start: number, end: number) => {
    csv = createCsvFormat(sink, counters, dialect);
    sawHeader = true;
    isBehindRecords = false;
    return csv.readLine(bytes, start, end);
  };

  return {
    get refusal() {
      return refusal === "" ? csv.refusal : refusal;
    },
    get missingHeader() {
      return sawHeader || isBehindRecords ? undefined : "it has no header line";
    },
    readLine(bytes, start, end) {
      const from = counters.lines === 1 ? afterByteOrderMark(bytes, start, end) : start;
      if (from === end) return "header";
      if (!sawHeader || isLetter(bytes[from])) {
        if (startsWithText(bytes, from, end, "Summary") || startsWithText(bytes, from, end, "No match")) {
          isBehindRecords = true;
          return "header";
        }
        // A record that begins with letters, as its protocol, has digits soon; a header has its names.
        const line = asciiText(bytes, from, end, sawHeader ? 400 : MAX_HEADER_CHARS);
        if (isHeader(line)) return takeHeader(bytes, from, end);
        if (!sawHeader && isStatistic(line)) {
          refusal = "it is a statistic of nfdump (-s), which holds no flows";
          return "refused";
        }
        if (!sawHeader && isFixedLine(line)) {
          const header = asciiBytes(FIXED_HEADER);
          takeHeader(header, 0, header.length);
        }
      }
      return isBehindRecords ? "header" : csv.readLine(bytes, from, end);
    },
  };
}
