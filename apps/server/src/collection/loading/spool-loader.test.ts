import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FlowStoreError, type FlowStoreErrorCode } from "#flow-store";
import { createSpoolReader, createSpoolWriter } from "#spool";
import { createMetrics, silentLogger } from "#telemetry";
import { afterEach, describe, expect, it } from "vitest";
import type { LoadedFlows, SpoolLoader } from "./spool-loader-types.ts";
import { createSpoolLoader } from "./spool-loader.ts";
import { countedBatch, temporaryDirectories } from "./testing-spool.ts";

const NOON = Date.UTC(2026, 10, 23, 12);
const directoryFor = temporaryDirectories();
const running: SpoolLoader[] = [];
afterEach(async () => {
  for (const loader of running.splice(0)) await loader.stop();
});

/** Segments of 10 rows each, of the networks given. */
async function spoolOf(networks: readonly number[]): Promise<string> {
  const directory = directoryFor();
  for (const [i, networkId] of networks.entries()) {
    const writer = createSpoolWriter({ directory });
    writer.append(countedBatch(10, i * 10), { networkId, receivedAtMs: NOON + i });
    await writer.close();
  }
  return directory;
}

interface Inserted {
  readonly token: string;
  readonly networkId: number;
  readonly importId: number;
  readonly receivedAtMs: number;
  readonly values: readonly number[];
}

/** A store that remembers what it took; `before` may fail or delay the n-th attempt. */
function storeWith(before: (attempt: number) => Promise<void> | void = () => {}): LoadedFlows & {
  readonly inserted: Inserted[];
  readonly tried: string[];
} {
  const inserted: Inserted[] = [];
  const tried: string[] = [];
  return {
    inserted,
    tried,
    async insertFlows(batch, target) {
      const values = [...batch.bytes.subarray(0, batch.length)];
      tried.push(target.token);
      await before(tried.length);
      inserted.push({ ...target, values });
    },
  };
}

function load(directory: string, flows: LoadedFlows, metrics = createMetrics()) {
  const spool = createSpoolReader({ directory });
  const loader = createSpoolLoader({ spool, flows, logger: silentLogger, metrics }, { longestPauseMs: 200 });
  running.push(loader);
  return { loader, spool, metrics };
}

const storeError = (code: FlowStoreErrorCode, serverCode?: string): FlowStoreError =>
  new FlowStoreError(code, "no", serverCode === undefined ? {} : { context: { serverCode } });
const drained = (directory: string) =>
  expect.poll(() => readdirSync(directory), { timeout: 20_000, interval: 20 }).toEqual([]);

describe("the loader", () => {
  it("inserts each part under a token of its segment and deletes the segment only then", async () => {
    const directory = await spoolOf([1, 2]);
    const names = readdirSync(directory).sort();
    const present: number[] = [];
    const flows = storeWith(() => void present.push(readdirSync(directory).length));
    const { loader, metrics } = load(directory, flows);
    const told: number[] = [];
    const stopTelling = loader.onLoaded((rows) => told.push(rows));
    loader.start();
    loader.start();
    await drained(directory);
    await expect.poll(() => loader.status().loadedSegments, { timeout: 5000 }).toBe(2);
    const inserted = flows.inserted.toSorted((a, b) => a.networkId - b.networkId);
    expect(inserted.map(({ token }) => token)).toEqual(
      names.map((name) => `spool.${name.replace(".seg", "")}.0`),
    );
    expect(inserted[0]).toMatchObject({ networkId: 1, importId: 0, receivedAtMs: NOON });
    expect(inserted[1].values).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(present[0]).toBe(2);
    expect(told).toEqual([10, 10]);
    expect(loader.status()).toMatchObject({
      running: true,
      loadedRows: 20,
      loadedSegments: 2,
      waitingFor: null,
    });
    const text = await metrics.text();
    expect(text).toContain("flowlens_spool_loaded_rows_total 20");
    expect(text).toContain("flowlens_spool_backlog_segments 0");
    stopTelling();
    await loader.stop();
    expect(loader.status().running).toBe(false);
  });

  it("has at most two inserts under way, and begins with the oldest", async () => {
    const directory = await spoolOf([1, 1, 1, 1, 1, 1]);
    const names = readdirSync(directory).sort();
    let open = 0;
    let most = 0;
    const flows = storeWith(async () => {
      most = Math.max(most, ++open);
      await sleep(20);
      open--;
    });
    load(directory, flows).loader.start();
    await drained(directory);
    expect(most).toBe(2);
    const wanted = names.map((name) => `spool.${name.replace(".seg", "")}.0`);
    expect(flows.tried.toSorted()).toEqual(wanted);
    // Two are read at the same time, so that neighbours may change places.
    for (const [i, token] of flows.tried.entries())
      expect(Math.abs(wanted.indexOf(token) - i)).toBeLessThan(2);
  });

  it("waits for a store that is down for as long as it is, and shows what piles up meanwhile", async () => {
    const directory = await spoolOf([1, 1, 1]);
    let isDown = true;
    const flows = storeWith(() => {
      if (isDown) throw storeError("FLOW_STORE_UNREACHABLE");
    });
    const { loader, metrics } = load(directory, flows);
    loader.start();
    await expect.poll(() => loader.status().retries, { timeout: 10_000 }).toBeGreaterThan(5);
    const writer = createSpoolWriter({ directory });
    writer.append(countedBatch(10, 30), { networkId: 1, receivedAtMs: NOON });
    await writer.close();
    await expect.poll(() => loader.status().backlog.segments, { timeout: 5000 }).toBe(4);
    expect(loader.status()).toMatchObject({ waitingFor: { code: "FLOW_STORE_UNREACHABLE" }, loadedRows: 0 });
    expect(loader.status().backlog.oldestAgeMs).toBeGreaterThan(0);
    expect(await metrics.text()).toContain("flowlens_spool_waiting_for_store 1");
    isDown = false;
    await drained(directory);
    expect(flows.inserted.flatMap(({ values }) => values).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, i) => i),
    );
    expect(loader.status()).toMatchObject({ waitingFor: null, loadedSegments: 4, setAsideSegments: 0 });
  });

  it("does not insert again the parts that it knows are there", async () => {
    const directory = directoryFor();
    const writer = createSpoolWriter({ directory });
    for (const networkId of [1, 2, 3]) {
      writer.append(countedBatch(10, networkId * 10), { networkId, receivedAtMs: NOON });
    }
    await writer.close();
    const flows = storeWith((attempt) => {
      if (attempt === 2 || attempt === 3) throw storeError("FLOW_STORE_OUT_OF_DISK");
    });
    load(directory, flows).loader.start();
    await drained(directory);
    expect(flows.tried.map((token) => token.slice(-2))).toEqual([".0", ".1", ".1", ".1", ".2"]);
  });

  it("sets aside what will never be taken, after asking again, and goes on", async () => {
    const directory = await spoolOf([1, 2, 3]);
    const [first, second, third] = readdirSync(directory).sort();
    const ids = [first, second].map((name) => name.replace(".seg", ""));
    const inserted: string[] = [];
    const flows: LoadedFlows = {
      async insertFlows(_, { token }) {
        if (token.includes(ids[0])) throw storeError("FLOW_STORE_QUESTION_FAILED", "117");
        if (token.includes(ids[1])) throw storeError("FLOW_STORE_BAD_ARGUMENT");
        inserted.push(token);
      },
    };
    const { loader } = load(directory, flows);
    loader.start();
    await expect.poll(() => loader.status().setAsideSegments, { timeout: 20_000 }).toBe(2);
    await expect.poll(() => loader.status().loadedSegments, { timeout: 5000 }).toBe(1);
    expect(readdirSync(directory).sort()).toEqual([`${first}.damaged`, `${second}.damaged`]);
    expect(inserted).toEqual([`spool.${third.replace(".seg", "")}.0`]);
    expect(loader.status().retries).toBe(4);
    expect(loader.status().backlog.segments).toBe(0);
  });

  it("waits, instead, for whatever a person can mend", async () => {
    const directory = await spoolOf([1]);
    const troubles = [
      storeError("FLOW_STORE_LOGIN_REFUSED"),
      storeError("FLOW_STORE_QUESTION_FAILED", "60"),
      storeError("FLOW_STORE_NOT_STARTED"),
      storeError("FLOW_STORE_OUT_OF_DISK"),
      storeError("FLOW_STORE_QUESTION_FAILED", "60"),
      storeError("FLOW_STORE_SCHEMA_NEWER"),
    ];
    const flows = storeWith((attempt) => {
      if (attempt <= troubles.length) throw troubles[attempt - 1];
    });
    const { loader } = load(directory, flows);
    loader.start();
    await drained(directory);
    expect(loader.status()).toMatchObject({ setAsideSegments: 0, retries: troubles.length, loadedRows: 10 });
  });

  it("loads what can be read of a damaged segment and keeps the file", async () => {
    const directory = directoryFor();
    const writer = createSpoolWriter({ directory });
    for (const first of [0, 10]) writer.append(countedBatch(10, first), { networkId: 1, receivedAtMs: NOON });
    await writer.close();
    const path = join(directory, readdirSync(directory)[0]);
    const bytes = readFileSync(path);
    bytes[bytes.length - 9] ^= 1;
    writeFileSync(path, bytes);
    const flows = storeWith();
    const { loader, metrics } = load(directory, flows);
    loader.start();
    await expect.poll(() => loader.status().setAsideSegments, { timeout: 5000 }).toBe(1);
    expect(flows.inserted.flatMap(({ values }) => values)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(loader.status()).toMatchObject({ damagedRows: 10, loadedRows: 10, loadedSegments: 0 });
    expect(await metrics.text()).toContain("flowlens_spool_damaged_rows_total 10");
    expect(readdirSync(directory)[0]).toMatch(/\.damaged$/);
  });

  it("stops within 3 s with an insert that hangs, and leaves its segment for the next start", async () => {
    const directory = await spoolOf([1]);
    let finish = (): void => {};
    const flows = storeWith(() => new Promise<void>((resolve) => (finish = resolve)));
    const { loader } = load(directory, flows);
    loader.start();
    await expect.poll(() => loader.status().insertsInFlight, { timeout: 5000 }).toBe(1);
    await sleep(20);
    expect(loader.status().longestInsertMs).toBeGreaterThan(10);
    const begunAt = performance.now();
    await loader.stop();
    expect(performance.now() - begunAt).toBeLessThan(3500);
    finish();
    await sleep(50);
    expect(readdirSync(directory)).toHaveLength(1);
    const again = storeWith();
    load(directory, again).loader.start();
    await drained(directory);
    expect(again.inserted.map(({ token }) => token)).toEqual(flows.tried);
  });

  it("stops at once where it only waits, and can be started again", async () => {
    const directory = await spoolOf([1]);
    let isDown = true;
    const flows = storeWith(() => {
      if (isDown) throw storeError("FLOW_STORE_UNREACHABLE");
    });
    const { loader } = load(directory, flows);
    loader.start();
    await expect.poll(() => loader.status().retries, { timeout: 10_000 }).toBeGreaterThan(4);
    const begunAt = performance.now();
    await loader.stop();
    expect(performance.now() - begunAt).toBeLessThan(500);
    isDown = false;
    loader.start();
    await drained(directory);
    expect(flows.inserted).toHaveLength(1);
  });
});
