import { EXTRA_NAMES } from "./nfdump-extras.ts";

/** What a CSV of flows may hold, by slot. */
export const SLOT = {
  start: 0,
  end: 1,
  duration: 2,
  srcAddr: 3,
  srcPort: 4,
  dstAddr: 5,
  dstPort: 6,
  protocol: 7,
  srcPackets: 8,
  srcBytes: 9,
  dstPackets: 10,
  dstBytes: 11,
  tcpFlags: 12,
  dstTcpFlags: 13,
  /** What a firewall did with it. */
  action: 14,
} as const;

/**
 * Names of each slot in a header, the first being ours; only letters and digits are compared, in lower case. The others
 * are what nfdump, Argus and the NetFlow field lists call the same thing.
 */
const NAMES: readonly (readonly string[])[] = [
  "ts_start start start_time time_start flow_start first_seen first_switched first stime timestamp ts",
  "ts_end end end_time time_end flow_end last_seen last_switched last etime ltime te",
  "duration dur td",
  "src_ip src_addr source_ip source_address ipv4_src_addr saddr sip sa src",
  "src_port source_port l4_src_port sport sp",
  "dst_ip dst_addr destination_ip destination_address dest_ip ipv4_dst_addr daddr dip da dst",
  "dst_port destination_port dest_port l4_dst_port dport dp",
  "proto protocol ip_protocol pr",
  "src_packets src_pkts spkts in_pkts in_packets ipkt packets pkts",
  "src_bytes sbytes in_bytes ibyt bytes octets",
  "dst_packets dst_pkts dpkts out_pkts out_packets opkt",
  "dst_bytes dbytes out_bytes obyt",
  "tcp_flags src_tcp_flags flags flg",
  "dst_tcp_flags",
  "action",
].map((names) => names.split(" "));

/** Slots without which a line is no flow. */
const REQUIRED: readonly number[] = [
  SLOT.start,
  SLOT.srcAddr,
  SLOT.srcPort,
  SLOT.dstAddr,
  SLOT.dstPort,
  SLOT.protocol,
  SLOT.srcPackets,
  SLOT.srcBytes,
];

export const SLOTS = NAMES.length;
const EXTRAS = EXTRA_NAMES.map((names) => names.map(normalise));

export interface CsvColumns {
  /** Byte between fields: comma, semicolon or tab. */
  readonly delimiter: number;
  /** Slot of each column, -1 for columns that are not read. */
  readonly slots: Int32Array;
  /** What else nfdump says of each column, by EXTRA_NAMES; -1 for the others. */
  readonly extras: Int32Array;
}

const DELIMITERS = [",", ";", "\t"];
/** A header of more columns is none. */
const MAX_COLUMNS = 1000;

/** The columns of a header line, or the phrase that says what it lacks. The same name twice: the first counts. */
export function csvColumnsOf(headerLine: string): CsvColumns | string {
  const delimiter = DELIMITERS.reduce((best, each) =>
    headerLine.split(each).length > headerLine.split(best).length ? each : best,
  );
  const names = headerLine.split(delimiter, MAX_COLUMNS).map(normalise);
  const slots = new Int32Array(names.length).fill(-1);
  const missing: string[] = [];
  for (let slot = 0; slot < SLOTS; slot++) {
    const column = NAMES[slot].map((name) => names.indexOf(normalise(name))).find((index) => index >= 0);
    if (column !== undefined) slots[column] = slot;
    else if (REQUIRED.includes(slot)) missing.push(NAMES[slot][0]);
  }
  if (missing.length === 0) {
    const extras = Int32Array.from(names, (name, column) =>
      slots[column] < 0 && names.indexOf(name) === column
        ? EXTRAS.findIndex((each) => each.includes(name))
        : -1,
    );
    return { delimiter: delimiter.charCodeAt(0), slots, extras };
  }
  if (missing.length === REQUIRED.length)
    return "it is text whose first line names no column of a flow record";
  return `its header lacks ${missing.join(", ")} (or a name that means the same)`;
}

function normalise(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "");
}
