import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "#telemetry";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, EngineEvent, PostgresAddress } from "./engine-types.ts";
import { createPostgresEngine, type PostgresEngineConfig } from "./postgres-engine.ts";
import { identify, isRunning } from "./process-identity.ts";
import { childrenOf } from "./process-tree.ts";
import { waitUntil } from "./testing.ts";

const TIMINGS = { heartbeatIntervalMs: 200, silenceLimitMs: 1_000, firstBackOffMs: 20 };
const isRoot = process.getuid?.() === 0;
const canMakeNamespaces = spawnSync("unshare", ["-U", "--map-user=1000", "true"]).status === 0;

async function ask(address: PostgresAddress, query: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ ...address, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(query)).rows as Record<string, unknown>[];
  } finally {
    await client.end().catch(() => {});
  }
}

describe("the embedded PostgreSQL", () => {
  const directory = mkdtempSync(join(tmpdir(), "flowlens 'post' gres "));
  const events: EngineEvent[] = [];
  let engine: Engine<PostgresAddress>;
  let address: PostgresAddress;

  beforeAll(async () => {
    engine = createPostgresEngine(
      { directory, password: "it's a secret", timings: TIMINGS },
      { logger: silentLogger, onEvent: (event) => events.push(event) },
    );
    address = await engine.start();
    await ask(address, "CREATE TABLE kept (n int)");
    await ask(address, "INSERT INTO kept SELECT generate_series(1, 1000)");
  });
  afterAll(async () => {
    await engine.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const kept = async () => (await ask(address, "SELECT count(*)::int AS n FROM kept"))[0]?.["n"];

  it("keeps what was stored over a stop and a start", async () => {
    await engine.stop();
    expect(engine.status()).toMatchObject({ state: "stopped", pid: null });
    expect(existsSync(join(directory, "data", "postmaster.pid"))).toBe(false);
    address = await engine.start();
    expect(await kept()).toBe(1000);
  });

  it("is durable, private and small", async () => {
    const settings = await ask(
      address,
      "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'unix_socket_directories', 'password_encryption', 'max_connections', 'shared_buffers', 'data_checksums', 'server_encoding', 'TimeZone') ORDER BY lower(name)",
    );
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      data_checksums: "on",
      fsync: "on",
      full_page_writes: "on",
      listen_addresses: "127.0.0.1",
      max_connections: "40",
      password_encryption: "scram-sha-256",
      server_encoding: "UTF8",
      shared_buffers: String((128 * 1024 ** 2) / 8192),
      synchronous_commit: "on",
      TimeZone: "UTC",
      unix_socket_directories: "",
    });
    expect(engine.status().rssBytes ?? 0).toBeLessThan(150e6);
  });

  it("lets nobody in with a wrong password", async () => {
    await expect(ask({ ...address, password: "wrong" }, "SELECT 1")).rejects.toThrow(
      "password authentication failed",
    );
  });

  it("comes up again on the same port, with all its data, when it is killed", async () => {
    events.length = 0;
    const { restarts, port, pid } = engine.status();
    process.kill(pid as number, "SIGKILL");
    await waitUntil(() => events.some(({ type }) => type === "up"));
    expect(events.map(({ type }) => type)).toEqual(["down", "up"]);
    expect(engine.status()).toMatchObject({ state: "running", restarts: restarts + 1, port });
    expect(await kept()).toBe(1000);
  });

  it.skipIf(process.platform !== "linux")(
    "is killed with all its processes and started again when it hangs (needs /proc)",
    async () => {
      events.length = 0;
      const pid = engine.status().pid as number;
      const hung = [pid, ...childrenOf(pid)].map(identify);
      expect(hung.length).toBeGreaterThan(3);
      process.kill(pid, "SIGSTOP");
      await waitUntil(() => events.some(({ type }) => type === "up"));
      expect(events[0]).toMatchObject({
        type: "down",
        reason: expect.stringContaining("no sign of life") as string,
      });
      expect(hung.filter((identity) => identity !== null && isRunning(identity))).toEqual([]);
      expect(await kept()).toBe(1000);
    },
  );

  it("stops within 5 s although a client stays connected in a transaction", async () => {
    const client = new Client({ ...address });
    client.on("error", () => {});
    await client.connect();
    await client.query("BEGIN");
    const begunAt = performance.now();
    await engine.stop();
    expect(performance.now() - begunAt).toBeLessThan(5_000);
    await client.end().catch(() => {});
    address = await engine.start();
    expect(await kept()).toBe(1000);
  });

  it("starts although a stale postmaster.pid names a process that is somebody else's by now", async () => {
    await engine.stop();
    // This test's own process: alive, and of the same user.
    writeFileSync(
      join(directory, "data", "postmaster.pid"),
      `${process.pid}\n${join(directory, "data")}\n1\n5432\n\n127.0.0.1\n1 1\nready\n`,
    );
    address = await engine.start();
    expect(await kept()).toBe(1000);
  });

  it("leaves no password file behind", () => {
    expect(existsSync(join(directory, "password.new"))).toBe(false);
  });
});

describe.runIf(isRoot)("PostgreSQL for root (runs only as root)", () => {
  async function runOnce(config: Partial<PostgresEngineConfig> & { directory: string }, query: string) {
    const engine = createPostgresEngine(
      { password: "p", unsafeFast: true, ...config },
      { logger: silentLogger },
    );
    try {
      return await ask(await engine.start(), query);
    } finally {
      await engine.stop();
    }
  }

  it.skipIf(!canMakeNamespaces)(
    "runs in a user namespace, or under another uid, on the same data, in turn (needs user namespaces)",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "flowlens-root-"));
      const directory = join(folder, "postgres");
      try {
        chmodSync(folder, 0o700);
        await runOnce(
          { directory, within: folder, runAs: "namespace" },
          "CREATE TABLE kept AS SELECT 1 AS n",
        );
        expect(statSync(join(directory, "data")).uid).toBe(0);
        expect(statSync(folder).mode & 0o777).toBe(0o700);
        await runOnce({ directory, within: folder, runAs: "other-user" }, "INSERT INTO kept VALUES (2)");
        expect(statSync(join(directory, "data")).uid).toBeGreaterThan(0);
        expect(statSync(join(directory, "data")).mode & 0o777).toBe(0o700);
        expect(statSync(folder).mode & 0o777).toBe(0o711);
        const rows = await runOnce(
          { directory, within: folder, runAs: "namespace" },
          "SELECT n FROM kept ORDER BY n",
        );
        expect(rows).toEqual([{ n: 1 }, { n: 2 }]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );

  it("names the folder to open when another uid cannot reach the data", async () => {
    const closed = mkdtempSync(join(tmpdir(), "flowlens-closed-"));
    try {
      chmodSync(closed, 0o700);
      const within = join(closed, "data");
      mkdirSync(within);
      await expect(
        runOnce({ directory: join(within, "postgres"), within, runAs: "other-user" }, "SELECT 1"),
      ).rejects.toMatchObject({
        code: "DATA_DIRECTORY_UNUSABLE",
        message: expect.stringContaining(
          `${closed} is closed to others. Open that folder (chmod o+x ${closed})`,
        ) as string,
      });
      expect(statSync(closed).mode & 0o777).toBe(0o700);
    } finally {
      rmSync(closed, { recursive: true, force: true });
    }
  });
});
