import { silentLogger } from "#telemetry";
import { describe, expect, it } from "vitest";
import { createExporterRegistry, inOrder } from "./exporter-registry.ts";
import type { ExporterReport } from "./messages.ts";
import { memoryMetadata } from "./testing/memory-metadata.ts";
import { until } from "./testing/live-test.ts";

const NOW = Date.UTC(2026, 2, 1, 12);
const MINUTE_MS = 60_000;

function report(different: Partial<ExporterReport> = {}): ExporterReport {
  return {
    address: "10.0.0.1",
    protocols: ["netflow9"],
    packets: 10,
    records: 250,
    recordsPerSecond: 5,
    recordsLost: 1,
    packetsLost: 1,
    recordsDropped: 0,
    samplesDropped: 0,
    sequenceGaps: 1,
    sequenceReorders: 0,
    sequenceResets: 0,
    recordsWaiting: 0,
    templates: 2,
    isWaiting: false,
    malformed: 1,
    malformedByReason: { too_short: 1 },
    unsupported: 0,
    timesClamped: 0,
    samplingRate: 1,
    clockSkewMs: 7,
    firstSeenMs: NOW,
    lastSeenMs: NOW,
    ...different,
  };
}

async function registry() {
  const memory = memoryMetadata();
  const made = createExporterRegistry(memory.metadata, silentLogger);
  await made.load();
  return { ...made, memory };
}

describe("the registry of exporters", () => {
  it("never counts down when a decoder died and the next one counts from nothing", async () => {
    const test = await registry();
    test.take([report(), report({ address: "10.0.0.2" })], NOW);
    test.decoderDied();
    test.decoderDied();
    test.take(
      [report({ packets: 3, records: 70, malformedByReason: { count_lies: 1 }, firstSeenMs: NOW + 9 })],
      NOW,
    );
    test.take(
      [report({ packets: 4, records: 90, malformedByReason: { count_lies: 1 }, firstSeenMs: NOW + 9 })],
      NOW,
    );
    const [first, second] = inOrder(test.list(NOW));
    expect(first).toMatchObject({
      packets: 14,
      records: 340,
      recordsLost: 2,
      malformed: 2,
      malformedByReason: { too_short: 1, count_lies: 1 },
      templates: 2,
      recordsPerSecond: 5,
      firstSeen: new Date(NOW),
    });
    expect(second).toMatchObject({ packets: 10, records: 250 });
  });

  it("tells the state of an exporter: never seen, receiving, waiting, silent", async () => {
    const test = await registry();
    await test.memory.metadata.exporters.register("10.0.0.9", {});
    await test.read();
    test.take(
      [
        report(),
        report({ address: "10.0.0.2", isWaiting: true }),
        report({ address: "10.0.0.3", isWaiting: true, lastSeenMs: NOW - 6 * MINUTE_MS }),
      ],
      NOW,
    );
    expect(inOrder(test.list(NOW)).map(({ address, state }) => [address, state])).toEqual([
      ["10.0.0.1", "receiving"],
      ["10.0.0.2", "waiting_for_template"],
      ["10.0.0.3", "silent"],
      ["10.0.0.9", "never_seen"],
    ]);
    expect(test.list(NOW + 6 * MINUTE_MS).find(({ address }) => address === "10.0.0.1")?.state).toBe(
      "silent",
    );
  });

  it("orders by address as a number, IPv4 first", async () => {
    const test = await registry();
    const addresses = ["fd00::1", "10.0.0.10", "::1", "10.0.0.9", "192.168.0.1"];
    test.take(
      addresses.map((address) => report({ address })),
      NOW,
    );
    expect(inOrder(test.list(NOW)).map(({ address }) => address)).toEqual([
      "10.0.0.9",
      "10.0.0.10",
      "192.168.0.1",
      "::1",
      "fd00::1",
    ]);
  });

  it("writes first sight at once, later sight once a minute, and the last one when it is closed", async () => {
    const test = await registry();
    const lastSeen = () => test.memory.exporters.get("10.0.0.1")?.lastSeen?.getTime();
    test.take([report()], NOW);
    await until(() => lastSeen() === NOW);
    await test.read();
    test.take([report({ lastSeenMs: NOW + 30_000 })], NOW + 30_000);
    expect(lastSeen()).toBe(NOW);
    test.take([report({ lastSeenMs: NOW + 61_000 })], NOW + 61_000);
    await until(() => lastSeen() === NOW + 61_000);
    test.take([report({ lastSeenMs: NOW + 65_000 })], NOW + 65_000);
    await test.close();
    expect(lastSeen()).toBe(NOW + 65_000);
  });

  it("makes nobody an exporter who only sent noise", async () => {
    const test = await registry();
    test.take([report({ protocols: [], records: 0, unsupported: 10 })], NOW);
    await test.close();
    expect(test.memory.exporters.size).toBe(0);
    expect(test.list(NOW)).toMatchObject([{ address: "10.0.0.1", unsupported: 10, network: "default" }]);
  });
});
