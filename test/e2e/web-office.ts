import { ethernetFrames, packetsOfScript, pcapFile, type ScriptLine } from "@flowlens/made-traffic";

const DAY_MS = 86_400_000;
/** A Monday. */
const FIRST_DAY_MS = Date.UTC(2026, 2, 2);

export const OFFICE = {
  database: "10.20.0.54",
  web: "10.20.0.80",
  files: "10.20.0.45",
  switches: ["10.20.0.1", "10.20.0.2"],
  /** Tries ports everywhere and is answered nowhere. */
  scanner: "10.20.1.66",
  /** Speaks too little for anybody to say what it is. */
  quiet: "10.20.1.99",
  workstations: Array.from({ length: 20 }, (_, i) => `10.20.1.${10 + i}`),
} as const;

/** Working days of a small office as a capture: the same bytes each time. */
export function officeCapture(days: number): Uint8Array {
  const packets = Array.from({ length: days }, (_, day) =>
    packetsOfScript({ dayMs: FIRST_DAY_MS + day * DAY_MS, seed: 20 + day, lines: OFFICE_DAY }),
  ).flat();
  return pcapFile(ethernetFrames(packets));
}

const WORKING_HOURS = { from: "07:40", to: "17:50" };
const ALL_DAY = { from: "00:00", to: "24:00" };

const OFFICE_DAY: readonly ScriptLine[] = [
  used("10.20.0.53", 53, { protocol: "udp", count: 40, requestBytes: 60, responseBytes: [90, 200] }),
  used(OFFICE.web, 443, { count: 30, requestBytes: [400, 900], responseBytes: [2_000, 40_000] }),
  used(OFFICE.files, 445, { count: 14, requestBytes: [300, 20_000], responseBytes: [500, 60_000] }),
  used("10.20.0.25", 993, { count: 10 }),
  used("203.0.113.10", 443, { count: 20, responseBytes: [1_000, 20_000] }),
  used("198.51.100.20", 443, { count: 14, responseBytes: [1_000, 20_000] }),
  {
    clients: [OFFICE.web, "10.20.0.81", "10.20.0.82", "10.20.0.83", "10.20.0.84"],
    servers: OFFICE.database,
    port: 5432,
    count: 90,
    ...ALL_DAY,
    requestBytes: [80, 400],
    responseBytes: [300, 9_000],
  },
  {
    clients: "10.20.0.9",
    servers: OFFICE.switches,
    port: 161,
    protocol: "udp",
    count: 144,
    ...ALL_DAY,
    requestBytes: 90,
    responseBytes: 300,
  },
  {
    clients: [OFFICE.database, OFFICE.web, OFFICE.files, "10.20.0.81"],
    servers: "10.20.0.46",
    port: 2049,
    count: 30,
    from: "01:00",
    to: "04:00",
    requestBytes: [20_000, 60_000],
    responseBytes: 200,
  },
  {
    clients: OFFICE.scanner,
    servers: [OFFICE.database, OFFICE.web, OFFICE.files, ...OFFICE.workstations],
    port: 3389,
    count: 1,
    from: "11:00",
    to: "11:10",
    outcome: "refused",
  },
  { clients: OFFICE.quiet, servers: OFFICE.web, port: 443, count: 2, from: "10:00", to: "11:00" },
];

/** What every workstation uses in working hours. */
function used(
  servers: string,
  port: number,
  line: Omit<ScriptLine, "clients" | "servers" | "port" | "from" | "to">,
): ScriptLine {
  return { clients: OFFICE.workstations, servers, port, ...WORKING_HOURS, ...line };
}
