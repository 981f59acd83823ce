import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "#telemetry";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EngineAddresses, EngineEvent } from "./engine-types.ts";
import { createEngines, type Engines, type EnginesOptions } from "./engines.ts";
import { expectStored, store } from "./testing-probes.ts";
import { waitUntil } from "./testing.ts";

const MEMORY = { clickhouseMemoryBytes: 1024 ** 3 };

describe("engines that somebody else runs", () => {
  let folder: string;
  let host: Engines;
  let addresses: EngineAddresses;
  let urls: { clickhouseUrl: string; postgresUrl: string };
  const running: Engines[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "flowlens-given-"));
    host = createEngines({ dataDirectory: join(folder, "host"), ...MEMORY }, { logger: silentLogger });
    addresses = await host.start();
    const { clickhouse, postgres } = addresses;
    urls = {
      clickhouseUrl: clickhouse.url.replace(
        "http://",
        `http://${clickhouse.username}:${clickhouse.password}@`,
      ),
      postgresUrl: `postgres://${postgres.user}:${postgres.password}@${postgres.host}:${postgres.port}/${postgres.database}`,
    };
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((engines) => engines.stop()));
    rmSync(join(folder, "guest"), { recursive: true, force: true });
  });
  afterAll(async () => {
    await host.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function guest(options: Partial<EnginesOptions>, logger = silentLogger): Engines {
    const engines = createEngines({ dataDirectory: join(folder, "guest"), ...options }, { logger });
    running.push(engines);
    return engines;
  }

  it("are used through the same door, without a process of ours, and left running", async () => {
    const engines = guest(urls);
    expect(await engines.start()).toEqual(addresses);
    await store(engines.addresses());
    await expectStored(engines.addresses());
    expect(engines.status()).toMatchObject([
      { mode: "url", state: "running", pid: null, port: Number(new URL(addresses.clickhouse.url).port) },
      { mode: "url", state: "running", pid: null, port: addresses.postgres.port },
    ]);
    expect(readdirSync(join(folder, "guest")).toSorted()).toEqual(["lock"]);
    await engines.stop();
    await expectStored(addresses);
  });

  it("are watched: silence and return are told", async () => {
    const events: EngineEvent[] = [];
    const engines = guest({ ...urls, timings: { heartbeatIntervalMs: 50, silenceLimitMs: 200 } });
    engines.onEvent((event) => events.push(event));
    await engines.start();
    const pids = host.status().map(({ pid }) => pid as number);
    for (const pid of pids) process.kill(pid, "SIGSTOP");
    try {
      await waitUntil(() => events.length === 2);
    } finally {
      for (const pid of pids) process.kill(pid, "SIGCONT");
    }
    expect(engines.status().map(({ state }) => state)).toEqual(["silent", "silent"]);
    await waitUntil(() => events.length === 4);
    expect(events.map(({ type, engine }) => `${engine} ${type}`).toSorted()).toEqual([
      "clickhouse down",
      "clickhouse up",
      "postgres down",
      "postgres up",
    ]);
    expect(engines.status().map(({ state }) => state)).toEqual(["running", "running"]);
  });

  it("refuse a wrong password with a sentence that does not repeat it", async () => {
    const timings = { givenStartLimitMs: 20_000 };
    for (const wrong of [{ clickhousePassword: "geheim" }, { postgresPassword: "geheim" }]) {
      const begunAt = performance.now();
      const error: unknown = await guest({ ...urls, ...wrong, timings })
        .start()
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: "ENGINE_UNREACHABLE",
        message: expect.stringContaining("refused the login") as string,
      });
      expect(String(error)).not.toContain("geheim");
      expect(performance.now() - begunAt).toBeLessThan(5_000);
    }
  });

  it("are waited for when they come up later", async () => {
    const port = addresses.postgres.port;
    const engines = guest({ ...urls, timings: { heartbeatIntervalMs: 100 } });
    await host.stop();
    const start = engines.start();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await host.start();
    expect(host.addresses().postgres.port).toBe(port);
    await expect(start).resolves.toEqual(addresses);
  });
});
