import { createSocket } from "node:dgram";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeNetflow5, encodeNetflow9 } from "@flowlens/codec";
import { describe, expect, it } from "vitest";
import { ONE_PORT, startLiveTest, until } from "./testing/live-test.ts";
import { madeFlows } from "./testing/made-flows.ts";
import { spawnThread, type SpawnThread, type Thread } from "./threads/spawn-thread.ts";

const NOW = Date.now();

function netflow5(rows: number, sequence = 0) {
  return encodeNetflow5(madeFlows(rows, NOW - 10_000), { unixMs: NOW, sysUptimeMs: 3_600_000, sequence })
    .datagrams;
}

function netflow9(rows: number, { withTemplates, sequence }: { withTemplates: boolean; sequence: number }) {
  return encodeNetflow9(madeFlows(rows, NOW - 10_000), {
    unixMs: NOW,
    sysUptimeMs: 3_600_000,
    sourceId: 7,
    sequence,
    withTemplates,
  }).datagrams;
}

/** Starts threads as ever, and lets a test end them by their name. */
function recordedThreads() {
  const threads = new Map<string, Thread<never, never>>();
  const spawn: SpawnThread = <To, From>(module: URL, name: string, setup: unknown) => {
    const thread = spawnThread<To, From>(module, name, setup);
    threads.set(name, thread as Thread<never, never>);
    return thread;
  };
  return { spawn, kill: async (name: string) => threads.get(name)?.terminate() };
}

describe("the live collector in hardship", () => {
  it("survives the death of its decoder: it is started anew, and what it had in hand is counted", async () => {
    const { spawn, kill } = recordedThreads();
    const test = await startLiveTest({ dependencies: { spawn } });
    const datagrams = netflow5(60_000);
    await test.send(datagrams.slice(0, 500));
    await until(async () => (await test.collector.exporters())[0]?.packets === 500);
    await Promise.all([test.send(datagrams.slice(500, 1_500)), kill("decoder")]);
    await until(() => test.collector.status().restarts === 1);
    await test.send(datagrams.slice(1_500));
    await until(() => {
      const { queue } = test.collector.status();
      return queue.waitingPackets === 0 && test.collector.status().sockets[0].packets === 2_000;
    });
    const [exporter] = await test.collector.exporters();
    expect(exporter.packets).toBeGreaterThanOrEqual(500);
    await test.collector.stop();
    const { queue, spool, sockets } = test.collector.status();
    expect(sockets[0].packets).toBe(2_000);
    const rows = await test.spooled();
    // What was stored in the last moment may be counted as lost, but nothing is missing uncounted.
    expect(rows.length).toBeGreaterThanOrEqual((2_000 - queue.lostPackets) * 30);
    expect(spool.storedRecords).toBe(rows.length);
    expect(new Set(rows.map((row) => row.bytes)).size).toBe(rows.length);
  });

  it("survives the death of a receiver: the same port is open again", async () => {
    const { spawn, kill } = recordedThreads();
    const test = await startLiveTest({ dependencies: { spawn } });
    await test.send(netflow5(300));
    await test.received(10);
    await kill("receiver 0");
    await until(async () => {
      const before = test.collector.status().sockets[0].packets;
      await test.send(netflow5(1)).catch(() => undefined);
      return before > 10;
    });
    expect(test.collector.status()).toMatchObject({ running: true, restarts: 1 });
    expect(test.collector.status().sockets[0].port).toBe(test.port());
  });

  it("stays up through hostile datagrams, and still reads the honest ones", async () => {
    const test = await startLiveTest();
    const honest = netflow5(30);
    const hostile = [
      new Uint8Array(0),
      Uint8Array.of(0),
      new Uint8Array(9_000).fill(0xff),
      new Uint8Array(65_507),
      ...[5, 9, 10].map((version) => new Uint8Array(1_400).fill(0).with(1, version)),
      ...[5, 9, 10].map((version) => new Uint8Array(60).fill(0xff).with(0, 0).with(1, version)),
      Uint8Array.of(0, 0, 0, 5, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff),
    ];
    let state = 12_345;
    const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
    for (let n = 0; n < 2_000; n++) {
      const mutant = honest[0].slice(0, random() % honest[0].length);
      for (let hit = 0; hit < 8 && mutant.length > 0; hit++) mutant[random() % mutant.length] = random();
      hostile.push(mutant);
    }
    await test.send(hostile);
    await test.received(hostile.length);
    await test.send(honest);
    await test.received(hostile.length + 1);
    const status = test.collector.status();
    expect(status).toMatchObject({ restarts: 0, queue: { lostPackets: 0, droppedPackets: 0 } });
    expect(status.sockets[0].packets).toBe(hostile.length + 1);
    expect(status.decoding.packets).toBe(hostile.length + 1);
    expect((await test.collector.exporters())[0].malformed).toBeGreaterThan(100);
  });

  it("reads NetFlow v9 after a restart with the templates of before", async () => {
    const first = await startLiveTest();
    // The exporter is not restarted: it goes on sending from the same port.
    const from = createSocket("udp4");
    await first.send(netflow9(20, { withTemplates: true, sequence: 0 }), { from });
    await until(() => first.collector.status().decoding.records === 20);
    await first.collector.stop();
    const { directory, memory } = first;
    const second = await startLiveTest({ directory, memory });
    const again = netflow9(20, { withTemplates: false, sequence: 1 });
    await second.send(again, { from });
    from.close();
    await until(() => second.collector.status().decoding.records === 20);
    expect((await second.collector.exporters())[0]).toMatchObject({
      recordsWaiting: 0,
      state: "receiving",
      protocols: ["netflow9"],
    });
  });

  it("starts although the file of templates is damaged, and waits for templates anew", async () => {
    const first = await startLiveTest();
    await first.collector.stop();
    const { directory, memory } = first;
    writeFileSync(join(directory, "templates.json"), '{"version":1,"templates":{"doma');
    const second = await startLiveTest({ directory, memory });
    expect(readFileSync(join(directory, "templates.json.damaged"), "utf8")).toContain("doma");
    await second.send(netflow9(20, { withTemplates: false, sequence: 0 }));
    await second.received(1);
    expect((await second.collector.exporters())[0]).toMatchObject({
      state: "waiting_for_template",
      records: 0,
    });
    await second.send(netflow9(20, { withTemplates: true, sequence: 1 }));
    await until(() => second.collector.status().decoding.records >= 20);
    expect((await second.collector.exporters())[0].state).toBe("receiving");
  });

  it("stops within three seconds under load, with everything it took in the spool", async () => {
    const test = await startLiveTest({ config: { receiveBufferBytes: ONE_PORT.receiveBufferBytes } });
    const datagrams = netflow5(150_000);
    const sending = test.send(datagrams).catch(() => undefined);
    await until(() => test.collector.status().sockets[0].packets > 500);
    const began = performance.now();
    await test.collector.stop();
    expect(performance.now() - began).toBeLessThan(3_000);
    await sending;
    const { sockets, queue, spool } = test.collector.status();
    expect(queue).toMatchObject({ waitingPackets: 0, lostPackets: 0, droppedPackets: 0 });
    expect(sockets[0].packets).toBeLessThan(datagrams.length);
    expect(spool.storedRecords).toBe(sockets[0].packets * 30);
    expect(await test.spooled()).toHaveLength(spool.storedRecords);
  });
});
