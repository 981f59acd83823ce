import type { CollectorSocket, Exporter } from "@flowlens/contract";
import { formatBytes, formatInteger } from "@flowlens/features";
import { formatTable } from "./table.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Exporters as a table for people: what each sends, and what is wrong with it. */
export function exporterTable(exporters: readonly Exporter[], nowMs: number): string {
  return formatTable(
    [
      { title: "EXPORTER", cell: (one) => one.address },
      { title: "NAME", cell: (one) => one.name || "–" },
      { title: "NETWORK", cell: (one) => one.network },
      { title: "STATE", cell: (one) => stateOf(one) },
      { title: "PROTOCOLS", cell: (one) => one.protocols.join(" ") || "–" },
      { title: "RECORDS", align: "right", cell: (one) => formatInteger(one.records) },
      {
        title: "PER SECOND",
        align: "right",
        cell: (one) => formatInteger(Math.round(one.records_per_second)),
      },
      { title: "LOST", align: "right", cell: (one) => formatInteger(one.records_lost + one.records_dropped) },
      { title: "WAITING", align: "right", cell: (one) => formatInteger(one.records_waiting) },
      { title: "MALFORMED", align: "right", cell: (one) => formatInteger(one.malformed) },
      { title: "SAMPLING", align: "right", cell: (one) => samplingOf(one) },
      { title: "CLOCK", align: "right", cell: (one) => clockOf(one) },
      { title: "LAST SEEN", align: "right", cell: (one) => lastSeen(one, nowMs) },
    ],
    exporters,
  );
}

/** Exporters as they are kept, where nothing is received and so nothing is counted. */
export function keptExporterTable(exporters: readonly Exporter[], nowMs: number): string {
  return formatTable(
    [
      { title: "EXPORTER", cell: (one) => one.address },
      { title: "NAME", cell: (one) => one.name || "–" },
      { title: "NETWORK", cell: (one) => one.network },
      { title: "PROTOCOLS", cell: (one) => one.protocols.join(" ") || "–" },
      { title: "CLOCK", cell: (one) => (one.simulated ? "simulated" : "–") },
      { title: "LAST SEEN", align: "right", cell: (one) => lastSeen(one, nowMs) },
    ],
    exporters,
  );
}

/** Where packets are received. */
export function socketTable(sockets: readonly CollectorSocket[]): string {
  return formatTable(
    [
      { title: "RECEIVING ON", cell: (one) => `${one.address} ${one.port}/udp` },
      { title: "FOR", cell: (one) => one.protocols.join(" ") },
      { title: "PACKETS", align: "right", cell: (one) => formatInteger(one.packets) },
      { title: "BYTES", align: "right", cell: (one) => formatBytes(one.bytes) },
      { title: "REFUSED", align: "right", cell: (one) => formatInteger(one.refused) },
      { title: "QUEUE DROPS", align: "right", cell: (one) => formatInteger(one.queue_drops) },
      {
        title: "KERNEL DROPS",
        align: "right",
        cell: (one) => (one.kernel_drops === null ? "?" : formatInteger(one.kernel_drops)),
      },
      { title: "BUFFER", align: "right", cell: (one) => formatBytes(one.receive_buffer_bytes) },
    ],
    sockets,
  );
}

/** Everything known of one exporter, a line each. */
export function exporterDetails(one: Exporter, nowMs: number): string {
  const reasons = Object.entries(one.malformed_by_reason).map(([reason, count]) => `${reason} ${count}`);
  const lines: readonly (readonly [string, string])[] = [
    ["exporter", one.name === "" ? one.address : `${one.address} (${one.name})`],
    ["network", one.network],
    ["state", stateOf(one)],
    ["protocols", one.protocols.join(" ") || "–"],
    ["packets", formatInteger(one.packets)],
    [
      "records",
      `${formatInteger(one.records)}, ${formatInteger(Math.round(one.records_per_second))} a second now`,
    ],
    [
      "lost on the way",
      `${formatInteger(one.records_lost)} records, ${formatInteger(one.packets_lost)} packets, by its sequence numbers`,
    ],
    ["lost here", `${formatInteger(one.records_dropped)} records`],
    ["dropped by itself", `${formatInteger(one.samples_dropped)} samples`],
    [
      "sequence",
      `${formatInteger(one.sequence_gaps)} gaps, ${formatInteger(one.sequence_reorders)} out of order, ${formatInteger(one.sequence_resets)} restarts`,
    ],
    [
      "templates",
      `${formatInteger(one.templates)} known, ${formatInteger(one.records_waiting)} records waiting for theirs`,
    ],
    [
      "malformed",
      `${formatInteger(one.malformed)} packets${reasons.length > 0 ? ` (${reasons.join(", ")})` : ""}`,
    ],
    ["not decoded", `${formatInteger(one.unsupported)} packets of unknown versions`],
    ["sampling", samplingOf(one)],
    ["clock", `${clockOf(one)}, ${formatInteger(one.times_clamped)} impossible times corrected`],
    ["first seen", one.first_seen ?? "never"],
    ["last seen", one.last_seen === null ? "never" : `${one.last_seen} (${lastSeen(one, nowMs)} ago)`],
  ];
  const width = Math.max(...lines.map(([title]) => title.length));
  return lines.map(([title, text]) => `${title.padEnd(width)}  ${text}\n`).join("");
}

function stateOf(one: Exporter): string {
  return one.state.replaceAll("_", " ");
}

function samplingOf(one: Exporter): string {
  const { sampling_rate_override: override } = one;
  if (override !== null) return `1:${formatInteger(override)} (set)`;
  return one.sampling_rate === 1 ? "none" : `1:${formatInteger(one.sampling_rate)}`;
}

/** How far its clock is off ours; positive is late. */
function clockOf(one: Exporter): string {
  if (one.simulated) return "simulated";
  if (one.clock_skew_ms === null) return "–";
  const seconds = one.clock_skew_ms / SECOND_MS;
  return Math.abs(seconds) < 0.05 ? "right" : `${seconds > 0 ? "−" : "+"}${Math.abs(seconds).toFixed(1)} s`;
}

function lastSeen(one: Exporter, nowMs: number): string {
  if (one.last_seen === null) return "never";
  const agoMs = Math.max(0, nowMs - Date.parse(one.last_seen));
  if (agoMs < MINUTE_MS) return `${Math.round(agoMs / SECOND_MS)} s`;
  if (agoMs < HOUR_MS) return `${Math.round(agoMs / MINUTE_MS)} min`;
  if (agoMs < DAY_MS) return `${Math.round(agoMs / HOUR_MS)} h`;
  return `${Math.round(agoMs / DAY_MS)} d`;
}
