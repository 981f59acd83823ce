import type { SimulationProgress } from "#simulation";
import { formatBytes, formatInteger } from "@flowlens/features";
import { formatTable } from "./table.ts";

/** One line for while it goes on: simulated time, how far, how much. */
export function simulationLine(progress: SimulationProgress, timeZone: string): string {
  const { totals, simulatedMs, share, lagMs, state } = progress;
  if (state !== "running") return "Simulation: getting ready";
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(simulatedMs);
  const lag = lagMs > 1_000 ? `, ${(lagMs / 1_000).toFixed(1)} s behind` : "";
  return `Simulation: ${clock} (${Math.floor(share * 100)} %), ${formatInteger(totals.records)} records in ${formatInteger(totals.datagrams)} packets${lag}`;
}

/** What each exporter sent, as a table with a sentence below. */
export function sentTable(
  end: SimulationProgress,
  { seconds, hosts, fromMs }: { seconds: number; hosts: number; fromMs: number },
): string {
  const table = formatTable(
    [
      { title: "EXPORTER", cell: (one) => one.name },
      { title: "PROTOCOL", cell: (one) => one.protocol },
      { title: "FROM", cell: (one) => one.address || "this machine" },
      {
        title: "SAMPLING",
        align: "right",
        cell: (one) => (one.samplingRate === 1 ? "none" : `1:${one.samplingRate}`),
      },
      { title: "PACKETS SENT", align: "right", cell: (one) => formatInteger(one.datagrams) },
      { title: "RECORDS", align: "right", cell: (one) => formatInteger(one.records) },
      { title: "TRAFFIC TOLD OF", align: "right", cell: (one) => formatBytes(one.bytes * one.samplingRate) },
      { title: "FAILED", align: "right", cell: (one) => formatInteger(one.failed) },
    ],
    end.sent,
  );
  const hours = ((end.simulatedMs - fromMs) / 3_600_000).toFixed(1);
  const perSecond = formatInteger(Math.round(end.totals.records / Math.max(0.001, seconds)));
  return `${table}\n${formatInteger(hosts)} hosts, ${hours} hours of theirs in ${seconds.toFixed(1)} s: ${formatInteger(end.totals.records)} records (${perSecond} a second) in ${formatInteger(end.totals.datagrams)} packets.\n`;
}
