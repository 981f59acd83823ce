import { createSocket } from "node:dgram";
import { once } from "node:events";
import { encodeNetflow5 } from "@flowlens/codec";
import { createMetrics } from "#telemetry";
import { describe, expect, it } from "vitest";
import { startLiveTest, until } from "./testing/live-test.ts";
import { madeFlows } from "./testing/made-flows.ts";
import { spawnThread, type SpawnThread } from "./threads/spawn-thread.ts";

const NOW = Date.now();

function netflow5(rows: number, options: Partial<Parameters<typeof encodeNetflow5>[1]> = {}) {
  return encodeNetflow5(madeFlows(rows, NOW - 10_000), { unixMs: NOW, sysUptimeMs: 3_600_000, ...options })
    .datagrams;
}

describe("the live collector", () => {
  it("brings 200,000 NetFlow v5 records over UDP to the spool, every one of them, within its time", async () => {
    const test = await startLiveTest();
    const rows = 200_000;
    await test.send(netflow5(rows));
    await test.received(Math.ceil(rows / 30));
    const stopBegan = performance.now();
    await test.collector.stop();
    expect(performance.now() - stopBegan).toBeLessThan(3_000);
    const status = test.collector.status();
    expect(status).toMatchObject({
      running: false,
      queue: { waitingPackets: 0, waitingBytes: 0, droppedPackets: 0, lostPackets: 0 },
      spool: { storedRecords: rows, droppedRecords: 0, full: false },
      restarts: 0,
    });
    expect(status.sockets[0]).toMatchObject({ packets: Math.ceil(rows / 30), refused: 0, queueDrops: 0 });
    const bytes = (await test.spooled()).map((row) => row.bytes).toSorted((a, b) => a - b);
    expect(bytes).toEqual(Array.from({ length: rows }, (_, n) => n + 1));
  });

  it("tells of an exporter what it sent, what did not come, and what was wrong with it", async () => {
    const test = await startLiveTest();
    const [first, second, third] = netflow5(90);
    const late = netflow5(30, { sequence: 90 });
    await test.send([first, third]);
    await test.received(2);
    expect(await test.collector.exporters()).toMatchObject([{ recordsLost: 30, sequenceGaps: 1 }]);
    const lying = late[0].slice(0, 24 + 48 * 10);
    await test.send([second, lying, new Uint8Array(1), Uint8Array.of(0, 7, 0, 0)]);
    await test.received(6);
    const [exporter] = await test.collector.exporters();
    expect(exporter).toMatchObject({
      address: "127.0.0.1",
      network: "default",
      state: "receiving",
      protocols: ["netflow5"],
      packets: 6,
      records: 100,
      recordsLost: 0,
      sequenceGaps: 1,
      sequenceReorders: 1,
      malformed: 2,
      malformedByReason: { count_lies: 1, too_short: 1 },
      unsupported: 1,
      samplingRate: 1,
      samplingRateOverride: null,
      simulated: false,
      recordsDropped: 0,
    });
    expect(Math.abs(exporter.clockSkewMs ?? Infinity)).toBeLessThan(60_000);
    expect(exporter.recordsPerSecond).toBeGreaterThan(0);
    expect(exporter.firstSeen?.getTime()).toBeLessThanOrEqual(exporter.lastSeen?.getTime() ?? 0);
  });

  it("notes a new exporter in the metadata store, also when that was down at first", async () => {
    const test = await startLiveTest();
    test.memory.down = true;
    await test.send(netflow5(1));
    await test.received(1);
    await until(async () => {
      test.memory.down = false;
      return test.memory.exporters.has("127.0.0.1");
    });
    expect(test.memory.exporters.get("127.0.0.1")).toMatchObject({ protocols: ["netflow5"], networkId: 1 });
  });

  it("gives records the network, the sampling rate and the clock that are set for their exporter", async () => {
    const test = await startLiveTest();
    await test.send(netflow5(5));
    await test.received(1);
    const simulatedMs = Date.UTC(2026, 0, 5);
    await test.memory.metadata.exporters.register("127.0.0.1", {
      network: "office",
      samplingRate: 512,
      simulatedClock: { realMs: Date.now(), simulatedMs, speed: 1_440 },
    });
    await test.collector.reloadExporters();
    await test.send(netflow5(7, { sequence: 5, unixMs: simulatedMs }));
    await test.received(2);
    const [exporter] = await test.collector.exporters();
    expect(exporter).toMatchObject({ network: "office", samplingRateOverride: 512, simulated: true });
    // Seconds may pass here while the test waits, which are hours there.
    expect(exporter.clockSkewMs).toBeGreaterThanOrEqual(0);
    expect(exporter.clockSkewMs).toBeLessThan(20_000 * 1_440);
    await test.collector.stop();
    const rows = await test.spooled();
    expect(rows.filter((row) => row.networkId === 1 && row.samplingRate === 1)).toHaveLength(5);
    expect(rows.filter((row) => row.networkId === 2 && row.samplingRate === 512)).toHaveLength(7);
  });

  it("refuses senders outside of the allowed ranges, and counts them by their address", async () => {
    const spawn: SpawnThread = (module, name, setup) =>
      spawnThread(module, name, {
        ...(setup as object),
        ...(name.startsWith("receiver") ? { allowed: ["10.0.0.0/8"] } : {}),
      });
    const test = await startLiveTest({ dependencies: { spawn } });
    await test.send(netflow5(90));
    await test.received(3);
    await until(() => test.collector.status().refusedSenders.length > 0);
    expect(test.collector.status()).toMatchObject({
      sockets: [{ packets: 3, refused: 3 }],
      refusedSenders: [{ address: "127.0.0.1", packets: 3 }],
      decoding: { packets: 0, records: 0 },
    });
    expect(await test.collector.exporters()).toEqual([]);
  });

  it("counts records that the spool cannot take, by exporter, and goes on receiving", async () => {
    const test = await startLiveTest({ spool: { maxBytes: 1024 ** 2, segmentBytes: 4_096 } });
    const rows = 300_000;
    await test.send(netflow5(rows));
    await test.received(rows / 30);
    await test.collector.stop();
    const { storedRecords, droppedRecords } = test.collector.status().spool;
    expect(storedRecords + droppedRecords).toBe(rows);
    expect(droppedRecords).toBeGreaterThan(0);
    expect(storedRecords).toBeGreaterThan(0);
    expect((await test.collector.exporters())[0].recordsDropped).toBe(droppedRecords);
    expect(await test.spooled()).toHaveLength(storedRecords);
  });

  it("receives over IPv6 beside IPv4 on the same port", async () => {
    const test = await startLiveTest({ config: { hosts: ["0.0.0.0", "::"] } });
    await test.send(netflow5(10));
    await test.send(netflow5(20), { host: "::1" });
    await test.received(2);
    const { sockets } = test.collector.status();
    expect(sockets).toMatchObject([
      { address: "0.0.0.0", packets: 1 },
      { address: "::", packets: 1 },
    ]);
    expect(sockets[0].port).toBe(sockets[1].port);
    const exporters = await test.collector.exporters();
    expect(exporters.map(({ address, records }) => [address, records])).toEqual([
      ["127.0.0.1", 10],
      ["::1", 20],
    ]);
  });

  it("receives in several threads that share a port", async () => {
    const test = await startLiveTest({ config: { receivers: 3 } });
    const senders = await Promise.all(
      Array.from({ length: 24 }, async () => {
        const socket = createSocket("udp4");
        socket.bind(0, "127.0.0.1");
        await once(socket, "listening");
        return socket;
      }),
    );
    for (const from of senders) await test.send(netflow5(30), { from });
    for (const socket of senders) socket.close();
    await test.received(24);
    expect(test.collector.status().sockets).toMatchObject([{ packets: 24, kernelDrops: 0 }]);
    await test.collector.stop();
    expect(await test.spooled()).toHaveLength(24 * 30);
  });

  it("says which port is busy, which setting chooses another, and leaves nothing running", async () => {
    const other = createSocket("udp4");
    other.bind(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address();
    await expect(startLiveTest({ config: { sflowPort: port } })).rejects.toMatchObject({
      code: "COLLECTOR_PORT_BUSY",
      message: expect.stringMatching(new RegExp(`^${port}/udp on 127.0.0.1 is taken .* collector.sflowPort`)),
      context: { port, setting: "collector.sflowPort" },
    });
    other.close();
  });

  it("says that an address is not one of this machine", async () => {
    await expect(startLiveTest({ config: { hosts: ["198.51.100.77"] } })).rejects.toMatchObject({
      code: "COLLECTOR_ADDRESS_NOT_HERE",
      context: { address: "198.51.100.77", setting: "collector.hosts" },
    });
  });

  it("shows its counters among the metrics", async () => {
    const metrics = createMetrics();
    const test = await startLiveTest({ dependencies: { metrics } });
    await test.send(netflow5(60));
    await test.received(2);
    await until(async () =>
      (await metrics.text()).includes('flowlens_exporter_records_total{exporter="127.0.0.1"} 60'),
    );
    await until(async () => (await metrics.text()).includes("flowlens_collector_stored_records_total 60"));
    const text = await metrics.text();
    expect(text).toContain(
      `flowlens_collector_socket_packets_total{address="127.0.0.1",port="${test.port()}"} 2`,
    );
    expect(text).toContain(
      `flowlens_collector_socket_kernel_drops_total{address="127.0.0.1",port="${test.port()}"} 0`,
    );
    expect(text).toContain("flowlens_collector_lost_packets_total 0");
  });

  it("does nothing when it is off", async () => {
    const test = await startLiveTest({ config: { enabled: false } });
    expect(test.collector.status()).toMatchObject({ enabled: false, running: false, sockets: [] });
  });
});
