import type { DemoDecision, DemoStanding, ExporterStanding, TypeStanding } from "#app";
import { formatInteger } from "@flowlens/features";
import { formatTable } from "./table.ts";

const BAR_CELLS = 24;
const REASON_SHOWN = 72;

const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
  netflow5: "NetFlow v5",
  netflow9: "NetFlow v9",
  ipfix: "IPFIX",
  sflow5: "sFlow v5",
};

/** What time it is in the office: `Fri 20 Nov, 10:42`. */
export function officeTime(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(ms);
}

export function progressLine({ atMs, share, exporters, totals }: DemoStanding, timeZone: string): string {
  const received = exporters.reduce((all, one) => all + one.received, 0);
  const done = Math.round(share * BAR_CELLS);
  const bar = "█".repeat(done) + "░".repeat(BAR_CELLS - done);
  const hosts = `${totals.found} hosts, ${totals.decided} with a type`;
  return `${officeTime(atMs, timeZone)}  ${bar}  ${formatInteger(received)} flow records; ${hosts}`;
}

export function typeTable(types: readonly TypeStanding[]): string {
  return formatTable<TypeStanding>(
    [
      { title: "WHAT IT IS", cell: ({ type }) => type },
      { title: "HOSTS", align: "right", cell: ({ made }) => String(made) },
      { title: "SEEN", align: "right", cell: ({ found }) => String(found) },
      { title: "NAMED", align: "right", cell: ({ decided }) => String(decided) },
      { title: "RIGHT", align: "right", cell: ({ right }) => String(right) },
      { title: "CONFIDENCE", align: "right", cell: ({ confidence }) => confidence?.toFixed(2) ?? "-" },
    ],
    types,
  );
}

function exporterTable(exporters: readonly ExporterStanding[]): string {
  return formatTable<ExporterStanding>(
    [
      { title: "EXPORTER", cell: ({ name }) => name },
      { title: "ADDRESS", cell: ({ address }) => address },
      { title: "PROTOCOL", cell: ({ protocol }) => PROTOCOL_NAMES[protocol] ?? protocol },
      { title: "SAMPLING", align: "right", cell: ({ samplingRate }) => `1:${samplingRate}` },
      { title: "SENT", align: "right", cell: ({ sent }) => formatInteger(sent) },
      { title: "RECEIVED", align: "right", cell: ({ received }) => formatInteger(received) },
      { title: "LOST", align: "right", cell: ({ lost }) => formatInteger(lost) },
    ],
    exporters,
  );
}

export function decisionLine({ address, name, type, confidence, reason }: DemoDecision): string {
  const why = reason.length > REASON_SHOWN ? `${reason.slice(0, REASON_SHOWN - 1)}…` : reason;
  return `${address.padEnd(15)}  ${type.padEnd(15)}  ${confidence.toFixed(2)}  ${why}${name === "" ? "" : `  (${name})`}`;
}

/** The last words of a demo: how much was seen, named and right. */
export function summaryText({ types, totals, exporters }: DemoStanding): string {
  const share = totals.decided === 0 ? 0 : Math.round((100 * totals.right) / totals.decided);
  const unseen = types.filter(({ found }) => found === 0).map(({ type }) => type);
  const unnamed = types.filter(({ found, decided }) => found > 0 && decided === 0).map(({ type }) => type);
  return [
    typeTable(types),
    exporterTable(exporters),
    `${totals.found} of ${totals.made} hosts were seen, ${totals.decided} were given a type, ${totals.right} of these (${share} %) the right one.\n` +
      (unseen.length > 0 ? `No host was seen of: ${unseen.join(", ")}.\n` : "") +
      (unnamed.length > 0 ? `No host was given a type of those that are: ${unnamed.join(", ")}.\n` : ""),
  ].join("\n");
}
