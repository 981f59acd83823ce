import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createExportDecoder, type ExportDecoder } from "@flowlens/codec";
import { createFlowBatch, formatAddress, parseAddress, type FlowSink } from "@flowlens/flow";
import { createOffice, type OfficeOptions } from "@flowlens/synthetic";
import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "#telemetry";
import { createSimulation, SimulationError, type Simulation, type SimulationOptions } from "./index.ts";

/** A Wednesday. */
const DAY = Date.UTC(2026, 2, 4);
const MINUTE_MS = 60_000;
const OFFICE: OfficeOptions = { seed: 3, hosts: 100, dayStartMs: DAY, timeZone: "UTC", scans: false };
/** What Linux gives a socket that asks for nothing (net.core.rmem_default). */
const SMALL_BUFFER_BYTES = 212_992;

const running: Simulation[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulation) => simulation.stop()));
  for (const socket of sockets.splice(0)) socket.close();
});

interface Collected {
  readonly port: number;
  readonly decoder: ExportDecoder;
  datagrams: number;
  bytes: number;
  packets: number;
  readonly startsAt: number[];
  readonly exporters: Set<string>;
}

/** A collector with the smallest buffer, that does nothing but decode. */
async function collector(): Promise<Collected> {
  const socket = createSocket({ type: "udp4", recvBufferSize: SMALL_BUFFER_BYTES / 2 });
  sockets.push(socket);
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const batch = createFlowBatch(1_000);
  const collected: Collected = {
    port: socket.address().port,
    decoder: createExportDecoder(),
    datagrams: 0,
    bytes: 0,
    packets: 0,
    startsAt: [],
    exporters: new Set(),
  };
  const sink: FlowSink = {
    batch,
    emit() {
      for (let row = 0; row < batch.length; row++) {
        collected.bytes += batch.bytes[row];
        collected.packets += batch.packets[row];
        collected.startsAt.push(batch.timeStart[row]);
        collected.exporters.add(formatAddress(batch.exporter, row * 16));
      }
    },
  };
  socket.on("message", (bytes, from) => {
    collected.datagrams++;
    const exporter = parseAddress(from.address) ?? new Uint8Array(16);
    const source = { exporter, port: from.port, receivedAtMs: Date.now() };
    collected.decoder.datagram(bytes, 0, bytes.length, source, sink);
    sink.emit();
    batch.length = 0;
  });
  return collected;
}

function simulate(options: Partial<SimulationOptions>, to: Collected): Simulation {
  const simulation = createSimulation(
    {
      office: OFFICE,
      targets: [{ address: "127.0.0.1", netflowPort: to.port, ipfixPort: to.port, sflowPort: to.port }],
      speed: 1_440,
      fromMs: DAY + 600 * MINUTE_MS,
      toMs: DAY + 660 * MINUTE_MS,
      ...options,
    },
    { logger: silentLogger },
  );
  running.push(simulation);
  return simulation;
}

async function settled(collected: Collected, datagrams: number): Promise<void> {
  for (let i = 0; i < 200 && collected.datagrams < datagrams; i++)
    await new Promise((r) => setTimeout(r, 10));
}

describe("a simulation", () => {
  it("sends every record of every protocol to a small buffer, counted as its receiver counts", async () => {
    const to = await collector();
    const simulation = simulate({}, to);
    const begun = performance.now();
    await simulation.start({ inMs: 0 });
    const end = await simulation.ended;
    const lastedMs = performance.now() - begun;
    await settled(to, end.totals.datagrams);

    expect(end.state).toBe("finished");
    expect(end.share).toBe(1);
    expect(end.totals.failed).toBe(0);
    expect(to.datagrams).toBe(end.totals.datagrams);
    expect(end.totals.records).toBeGreaterThan(10_000);
    const { bytes, packets } = end.totals;
    expect({ records: to.startsAt.length, bytes: to.bytes, packets: to.packets }).toEqual({
      records: end.totals.records,
      bytes,
      packets,
    });
    const statuses = to.decoder.exporters();
    expect(
      statuses.map(({ malformed, sequenceGaps, recordsLost, recordsWaiting }) => ({
        malformed,
        sequenceGaps,
        recordsLost,
        recordsWaiting,
      })),
    ).toEqual(statuses.map(() => ({ malformed: 0, sequenceGaps: 0, recordsLost: 0, recordsWaiting: 0 })));
    expect(statuses.flatMap(({ protocols }) => protocols).sort()).toEqual([
      "ipfix",
      "netflow5",
      "netflow5",
      "netflow9",
      "sflow5",
    ]);
    // An hour at 1440 times is 2.5 s; the last step goes out after it.
    expect(lastedMs).toBeGreaterThan(2_400);
    expect(lastedMs).toBeLessThan(15_000);
  }, 30_000);

  it("sends what the office made, whichever exporters were asked for", async () => {
    const to = await collector();
    const protocols = ["netflow9", "ipfix"] as const;
    const simulation = simulate({ protocols, toMs: DAY + 615 * MINUTE_MS }, to);
    const exporters = await simulation.open();
    await simulation.start({ inMs: 0 });
    const end = await simulation.ended;
    const traffic = createOffice(OFFICE).flows(DAY + 600 * MINUTE_MS, DAY + 615 * MINUTE_MS, { protocols });
    for (const _ of traffic);
    expect(end.sent.map(({ records, bytes, packets }) => ({ records, bytes, packets }))).toEqual(
      traffic.totals.map((totals, i) =>
        protocols.includes(exporters[i].protocol as "ipfix") ? totals : { records: 0, bytes: 0, packets: 0 },
      ),
    );
  }, 30_000);

  it("gives each exporter an address of its own where the system has them, and says which before it begins", async () => {
    const to = await collector();
    const simulation = simulate({ toMs: DAY + 610 * MINUTE_MS }, to);
    const exporters = await simulation.open();
    expect(simulation.progress()).toMatchObject({ state: "open", share: 0, totals: { datagrams: 0 } });
    await simulation.start({ inMs: 0 });
    const end = await simulation.ended;
    await settled(to, end.totals.datagrams);
    const isLinux = process.platform === "linux";
    expect(new Set(exporters.map(({ address }) => address)).size).toBe(isLinux ? exporters.length : 1);
    for (const address of to.exporters) expect(exporters.map((one) => one.address)).toContain(address);
  }, 30_000);

  it("keeps simulated time: what is sent carries times of the simulated day, at the pace asked for", async () => {
    const to = await collector();
    const fromMs = DAY + 600 * MINUTE_MS;
    const simulation = simulate(
      { speed: 60, toMs: fromMs + 120 * MINUTE_MS, protocols: ["netflow5", "ipfix"] },
      to,
    );
    const clock = await simulation.start({ inMs: 0 });
    expect(clock).toMatchObject({ simulatedMs: fromMs, speed: 60 });
    await new Promise((r) => setTimeout(r, 2_000));
    const { simulatedMs, state } = simulation.progress();
    const elapsedMs = (Date.now() - clock.realMs) * 60;
    expect(state).toBe("running");
    expect(simulatedMs - fromMs).toBeLessThanOrEqual(elapsedMs);
    expect(simulatedMs - fromMs).toBeGreaterThan(elapsedMs * 0.5);
    expect(Math.min(...to.startsAt)).toBeGreaterThanOrEqual(fromMs - 1_000);
    expect(Math.max(...to.startsAt)).toBeLessThan(fromMs + elapsedMs + 10_000);
  }, 30_000);

  it("stops within a second, having sent what it counted", async () => {
    const to = await collector();
    const simulation = simulate({ speed: 1 }, to);
    await simulation.start({ inMs: 0 });
    await new Promise((r) => setTimeout(r, 1_500));
    const begun = performance.now();
    const end = await simulation.stop();
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(end.state).toBe("stopped");
    await settled(to, end.totals.datagrams);
    expect(to.startsAt.length).toBe(end.totals.records);
    expect((await simulation.stop()).totals).toEqual(end.totals);
    await expect(simulation.ended).resolves.toMatchObject({ state: "stopped" });
  }, 30_000);

  it("can be stopped before it began, and begins once only", async () => {
    const to = await collector();
    const never = simulate({}, to);
    expect(await never.stop()).toMatchObject({ state: "stopped", totals: { datagrams: 0 } });
    await expect(never.start()).rejects.toMatchObject({ code: "SIMULATION_OVER" });
    await expect(never.ended).resolves.toMatchObject({ state: "stopped" });

    const early = simulate({}, to);
    const begun = early.start().catch((error: unknown) => error);
    expect(await early.stop()).toMatchObject({ state: "stopped", totals: { datagrams: 0 } });
    expect(await begun).toMatchObject({ code: "SIMULATION_OVER" });

    const twice = simulate({ speed: 1 }, to);
    await twice.start();
    await expect(twice.start()).rejects.toMatchObject({ code: "SIMULATION_OVER" });
  }, 30_000);

  it("goes on at speed 1 after its day when told to", async () => {
    const to = await collector();
    const toMs = DAY + 602 * MINUTE_MS;
    const simulation = simulate({ goOn: true, toMs }, to);
    const clock = await simulation.start({ inMs: 0 });
    await new Promise((r) => setTimeout(r, 2_000));
    const { state, simulatedMs, share, clock: after } = simulation.progress();
    expect({ state, share }).toEqual({ state: "running", share: 1 });
    expect(after).toMatchObject({ simulatedMs: toMs, speed: 1 });
    expect(after?.realMs).toBeGreaterThanOrEqual(clock.realMs);
    expect(simulatedMs).toBeLessThan(toMs + 4_000);
  }, 30_000);

  it.each<[string, Partial<SimulationOptions>]>([
    ["no target", { targets: [] }],
    ["a name", { targets: [{ address: "localhost", netflowPort: 1, ipfixPort: 1, sflowPort: 1 }] }],
    [
      "a port that is none",
      { targets: [{ address: "127.0.0.1", netflowPort: 70_000, ipfixPort: 1, sflowPort: 1 }] },
    ],
    ["standing still", { speed: 0 }],
    ["an office of ten", { office: { ...OFFICE, hosts: 10 } }],
    ["an unknown time zone", { office: { ...OFFICE, timeZone: "Mars/Olympus" } }],
    ["an end before the beginning", { fromMs: DAY + 10, toMs: DAY }],
  ])("refuses %s with a sentence", (_, options) => {
    const made = () =>
      createSimulation(
        {
          office: OFFICE,
          targets: [{ address: "127.0.0.1", netflowPort: 9, ipfixPort: 9, sflowPort: 9 }],
          speed: 1,
          ...options,
        },
        { logger: silentLogger },
      );
    expect(made).toThrow(SimulationError);
    expect(made).toThrow(/\.$/);
  });
});
