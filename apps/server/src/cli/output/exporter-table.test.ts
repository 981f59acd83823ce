import type { Exporter } from "@flowlens/contract";
import { describe, expect, it } from "vitest";
import { exporterDetails, exporterTable, keptExporterTable, socketTable } from "./exporter-table.ts";

const NOW = Date.UTC(2026, 2, 1, 12);

function exporter(different: Partial<Exporter> = {}): Exporter {
  return {
    address: "10.0.0.1",
    name: "core",
    network: "default",
    state: "receiving",
    protocols: ["ipfix", "netflow9"],
    packets: 10,
    records: 1_234_567,
    records_per_second: 99.6,
    records_lost: 30,
    packets_lost: 1,
    records_dropped: 5,
    samples_dropped: 0,
    sequence_gaps: 1,
    sequence_reorders: 2,
    sequence_resets: 3,
    records_waiting: 4,
    templates: 6,
    malformed: 2,
    malformed_by_reason: { too_short: 2 },
    unsupported: 0,
    times_clamped: 0,
    sampling_rate: 512,
    sampling_rate_override: null,
    clock_skew_ms: 2_500,
    simulated: false,
    first_seen: new Date(NOW - 7_200_000).toISOString(),
    last_seen: new Date(NOW - 12_000).toISOString(),
    ...different,
  };
}

/** Cells of the only row, by their titles. */
function cellsOf(table: string): Record<string, string> {
  const [head, row] = table.split("\n").map((line) => line.split(/ {2,}/));
  return Object.fromEntries(head.map((title, i) => [title.trim(), row[i]?.trim() ?? ""]));
}

describe("the table of exporters", () => {
  it("shows what each sends and what is wrong with it", () => {
    expect(cellsOf(exporterTable([exporter()], NOW))).toEqual({
      EXPORTER: "10.0.0.1",
      NAME: "core",
      NETWORK: "default",
      STATE: "receiving",
      PROTOCOLS: "ipfix netflow9",
      RECORDS: "1,234,567",
      "PER SECOND": "100",
      LOST: "35",
      WAITING: "4",
      MALFORMED: "2",
      SAMPLING: "1:512",
      CLOCK: "−2.5 s",
      "LAST SEEN": "12 s",
    });
  });

  it.each([
    [{ state: "waiting_for_template" } as const, "STATE", "waiting for template"],
    [{ sampling_rate: 1 }, "SAMPLING", "none"],
    [{ sampling_rate_override: 1_000 }, "SAMPLING", "1:1,000 (set)"],
    [{ clock_skew_ms: -90_000 }, "CLOCK", "+90.0 s"],
    [{ clock_skew_ms: 30 }, "CLOCK", "right"],
    [{ simulated: true }, "CLOCK", "simulated"],
    [{ clock_skew_ms: null }, "CLOCK", "–"],
    [{ last_seen: null }, "LAST SEEN", "never"],
    [{ last_seen: new Date(NOW - 3 * 86_400_000).toISOString() }, "LAST SEEN", "3 d"],
    [{ last_seen: new Date(NOW + 5_000).toISOString() }, "LAST SEEN", "0 s"],
  ])("says %j under %s as %s", (different, title, text) => {
    expect(cellsOf(exporterTable([exporter(different)], NOW))[title]).toBe(text);
  });

  it("shows no counters where nothing is received", () => {
    expect(cellsOf(keptExporterTable([exporter()], NOW))).toEqual({
      EXPORTER: "10.0.0.1",
      NAME: "core",
      NETWORK: "default",
      PROTOCOLS: "ipfix netflow9",
      CLOCK: "–",
      "LAST SEEN": "12 s",
    });
  });

  it("leaves a question mark where the system does not tell its drops", () => {
    const socket = {
      address: "0.0.0.0",
      port: 2055,
      protocols: ["netflow5"],
      packets: 1,
      bytes: 2_048,
      refused: 0,
      queue_drops: 0,
      kernel_drops: null,
      receive_buffer_asked_bytes: 1,
      receive_buffer_bytes: 4_194_304,
    };
    expect(cellsOf(socketTable([socket]))).toMatchObject({
      "RECEIVING ON": "0.0.0.0 2055/udp",
      "KERNEL DROPS": "?",
    });
  });
});

describe("all about one exporter", () => {
  it("names each count in words", () => {
    const text = exporterDetails(exporter(), NOW);
    expect(text).toMatch(/^exporter +10\.0\.0\.1 \(core\)$/m);
    expect(text).toMatch(/^sequence +1 gaps, 2 out of order, 3 restarts$/m);
    expect(text).toMatch(/^malformed +2 packets \(too_short 2\)$/m);
    expect(text).toMatch(/^lost here +5 records$/m);
    expect(text).toMatch(/^last seen +2026-03-01T11:59:48.000Z \(12 s ago\)$/m);
  });
});
