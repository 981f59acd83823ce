import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createFlowBatch, parseAddressInto, startFlow, type FlowBatch } from "@flowlens/flow";
import type { AssetDetail, Network } from "#metadata-store";
import { silentLogger, silentMetrics } from "#telemetry";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createFlowLens, type FlowLens } from "./flowlens.ts";
import { createLiveLoop, type LiveLoop, type LiveLoopDependencies } from "./live-loop.ts";
import { loadSettings } from "./settings.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NINE = Date.UTC(2026, 2, 3, 9);

const QUICK = { foldEveryMs: 20, foldShare: 0, describeEveryMs: 20, describeShare: 0, retryAfterMs: 20 };

interface Visits {
  readonly clients: readonly string[];
  readonly server: string;
  readonly port: number;
  readonly fromMs: number;
  readonly minutes: number;
  /** Of each client, spread over the time. */
  readonly count: number;
  readonly unanswered?: boolean;
}

function flowsOf({ clients, server, port, fromMs, minutes, count, unanswered }: Visits): FlowBatch {
  const batch = createFlowBatch(clients.length * count * 2);
  const add = (from: readonly [string, number], to: readonly [string, number], startMs: number): void => {
    const row = startFlow(batch);
    parseAddressInto("192.0.2.1", batch.exporter, row * 16);
    parseAddressInto(from[0], batch.srcAddr, row * 16);
    parseAddressInto(to[0], batch.dstAddr, row * 16);
    batch.srcPort[row] = from[1];
    batch.dstPort[row] = to[1];
    batch.ipProtocol[row] = 6;
    batch.tcpFlags[row] = 0x1b;
    batch.timeStart[row] = startMs;
    batch.timeEnd[row] = startMs + 500;
    batch.packets[row] = 10;
    batch.bytes[row] = 4_000;
    batch.samplingRate[row] = 1;
    batch.length++;
  };
  clients.forEach((client, c) => {
    for (let i = 0; i < count; i++) {
      const startMs = fromMs + ((i + 0.5) / count) * minutes * MINUTE_MS;
      const port1 = 40_000 + ((c * count + i) % 20_000);
      add([client, port1], [server, port], startMs);
      if (unanswered !== true) add([server, port], [client, port1], startMs + 20);
    }
  });
  return batch;
}

const staff = (n: number): string[] => Array.from({ length: n }, (_, i) => `10.4.0.${20 + i}`);
const database = (fromMs: number, minutes: number): Visits => ({
  clients: staff(6),
  server: "10.4.0.5",
  port: 5432,
  fromMs,
  minutes,
  count: 40,
});

const directory = mkdtempSync(join(tmpdir(), "flowlens-live-"));
let flowLens: FlowLens;
let loop: LiveLoop;
let network: Network;
let tokens = 0;

async function open(): Promise<void> {
  const settings = loadSettings({ environment: {}, dataDirectory: join(directory, "data") });
  flowLens = createFlowLens(settings, { logger: silentLogger });
  await flowLens.start();
}

function liveLoop(more: Partial<LiveLoopDependencies> = {}): LiveLoop {
  return createLiveLoop({
    flows: flowLens.flows,
    describer: flowLens.describer,
    isImporting: flowLens.isImporting,
    logger: silentLogger,
    metrics: silentMetrics,
    timings: QUICK,
    ...more,
  });
}

beforeAll(open);
afterAll(async () => {
  await flowLens.stop();
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});
beforeEach(async () => {
  network = await flowLens.metadata.networks.ensure(`live-${++tokens}`);
  loop = liveLoop();
});
afterEach(() => loop.stop());

async function receive(visits: Visits): Promise<void> {
  await flowLens.flows.insertFlows(flowsOf(visits), {
    networkId: network.id,
    importId: 0,
    token: `live-${++tokens}`,
    receivedAtMs: Date.now(),
  });
  loop.loaded();
}

async function find(address: string): Promise<AssetDetail | undefined> {
  return flowLens.metadata.assets.find({ networkId: network.id, address });
}

/** Resolves when the host is as expected; the last look at it otherwise. */
async function until(address: string, isSo: (host: AssetDetail) => boolean): Promise<AssetDetail> {
  for (let tries = 0; tries < 400; tries++) {
    const host = await find(address);
    if (host !== undefined && isSo(host)) return host;
    await sleep(25);
  }
  throw new Error(`${address} never came to be so: ${JSON.stringify(await find(address))}`);
}

describe("the live loop", () => {
  it("names hosts a moment after their rows came, with reasons, and leaves dead addresses out", async () => {
    loop.start();
    await receive(database(NINE, 60));
    await receive({ ...database(NINE, 5), server: "10.4.0.99", port: 23, unanswered: true });
    const host = await until("10.4.0.5", ({ conversations }) => conversations === 240);
    expect(host).toMatchObject({ assetType: "database", classificationMethod: "heuristic" });
    expect(host.evidence?.reasons.map(({ sentence }) => sentence).join()).toMatch(/5432/);
    expect(host.evidence?.periodTo).toEqual(new Date(NINE + HOUR_MS));
    expect(await find("10.4.0.99")).toBeUndefined();
  });

  it("touches only hosts with new traffic: who fell silent keeps the last description", async () => {
    loop.start();
    await receive(database(NINE, 60));
    await receive({
      clients: ["10.4.1.1"],
      server: "10.4.1.2",
      port: 443,
      fromMs: NINE,
      minutes: 60,
      count: 30,
    });
    const silent = await until("10.4.0.5", ({ conversations }) => conversations === 240);
    await until("10.4.1.2", ({ conversations }) => conversations === 30);
    // Two days later the first would have nothing left in its look-back.
    const later = NINE + 48 * HOUR_MS;
    await receive({
      clients: ["10.4.1.1"],
      server: "10.4.1.2",
      port: 443,
      fromMs: later,
      minutes: 5,
      count: 7,
    });
    const active = await until("10.4.1.2", ({ conversations }) => conversations === 7);
    expect(active.evidence?.periodTo).toEqual(new Date(later + 5 * MINUTE_MS));
    expect(await find("10.4.0.5")).toEqual(silent);
  });

  it("takes late rows into a description that ends with the host's newest traffic all the same", async () => {
    loop.start();
    await receive(database(NINE + HOUR_MS, 60));
    await until("10.4.0.5", ({ conversations }) => conversations === 240);
    await receive(database(NINE - HOUR_MS, 30));
    const host = await until("10.4.0.5", ({ conversations }) => conversations === 480);
    expect(host.evidence?.periodTo).toEqual(new Date(NINE + 2 * HOUR_MS));
    expect(host.firstSeen?.getTime()).toBeLessThan(NINE);
    expect(host.lastSeen?.getTime()).toBeGreaterThan(NINE + HOUR_MS);
  });

  it("lists an external host from the second internal client on", async () => {
    loop.start();
    const visits = { server: "203.0.113.8", port: 443, fromMs: NINE, minutes: 5, count: 4 };
    await receive({ ...visits, clients: ["10.4.0.20"] });
    await until("10.4.0.20", ({ conversations }) => conversations === 4);
    expect(await find("203.0.113.8")).toBeUndefined();
    await receive({ ...visits, clients: ["10.4.0.21"] });
    expect(await until("203.0.113.8", ({ clients }) => clients === 2)).toMatchObject({ internal: false });
  });

  it("goes on after a restart where it was, with what came in meanwhile and with nothing else", async () => {
    loop.start();
    await receive(database(NINE, 60));
    await until("10.4.0.5", ({ conversations }) => conversations === 240);
    await loop.stop();
    const before = await find("10.4.0.5");
    await receive({
      clients: ["10.4.1.1"],
      server: "10.4.1.2",
      port: 443,
      fromMs: NINE,
      minutes: 60,
      count: 30,
    });
    await flowLens.stop();
    await open();
    loop = liveLoop();
    loop.start();
    await until("10.4.1.2", ({ conversations }) => conversations === 30);
    expect(await find("10.4.0.5")).toEqual(before);
    const { descriptions } = loop.status();
    await sleep(300);
    expect(loop.status().descriptions).toBe(descriptions);
  });

  it("lets hosts of a network wait while a file is being imported into it", async () => {
    let isImporting = true;
    loop = liveLoop({
      isImporting: () => isImporting,
      timings: { ...QUICK, lookEveryMs: 100 },
    });
    loop.start();
    await receive(database(NINE, 60));
    await sleep(600);
    expect(loop.status().folds).toBeGreaterThan(0);
    expect(await find("10.4.0.5")).toBeUndefined();
    isImporting = false;
    await until("10.4.0.5", ({ conversations }) => conversations === 240);
  });

  it("tries again after failures, lets other networks not wait for one that fails, and stops at once", async () => {
    const real = flowLens.describer;
    const broken = await flowLens.metadata.networks.ensure(`broken-${tokens}`);
    let failures = 0;
    let foldFailures = 3;
    loop = liveLoop({
      flows: {
        fold: (request) =>
          foldFailures-- > 0 ? Promise.reject(new Error("the store is away")) : flowLens.flows.fold(request),
      },
      describer: {
        waiting: async () => [broken, ...(await real.waiting())],
        changed(one, signal) {
          if (one.id !== broken.id) return real.changed(one, signal);
          failures++;
          return Promise.reject(new Error("this one cannot be described"));
        },
      },
    });
    loop.start();
    await receive(database(NINE, 60));
    await until("10.4.0.5", ({ conversations }) => conversations === 240);
    expect(failures).toBeGreaterThan(0);
    expect(loop.status().failures).toBeGreaterThanOrEqual(4);
    await receive(database(NINE + HOUR_MS, 60));
    const begun = performance.now();
    await loop.stop();
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});
