import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "#telemetry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClickHouseEngine } from "./clickhouse-engine.ts";
import { queryClickHouse } from "./clickhouse-http.ts";
import type { ClickHouseAddress, Engine, EngineEvent } from "./engine-types.ts";
import { identify, isRunning } from "./process-identity.ts";
import { waitUntil } from "./testing.ts";

const PASSWORD = "pass'word <&>";
const NO_PROC = process.platform !== "linux";
const TIMINGS = { heartbeatIntervalMs: 200, silenceLimitMs: 1_000, firstBackOffMs: 20 };

describe("the embedded ClickHouse", () => {
  // A name that would break careless quoting in XML or on a command line.
  const directory = mkdtempSync(join(tmpdir(), "flowlens <click> & house "));
  const events: EngineEvent[] = [];
  let engine: Engine<ClickHouseAddress>;
  let address: ClickHouseAddress;
  const ask = async (query: string, as: Partial<ClickHouseAddress> = {}) =>
    (await queryClickHouse({ ...address, ...as }, query, 10_000)).trim();

  beforeAll(async () => {
    engine = createClickHouseEngine(
      { directory, password: PASSWORD, memoryBytes: 1024 ** 3, timings: TIMINGS },
      { logger: silentLogger, onEvent: (event) => events.push(event) },
    );
    address = await engine.start();
    await ask("CREATE DATABASE kept");
    await ask("CREATE TABLE kept.numbers (n UInt64) ENGINE = MergeTree ORDER BY n");
    await ask("INSERT INTO kept.numbers SELECT number FROM numbers(1000)");
  });
  afterAll(async () => {
    await engine.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it("keeps what was stored over a stop and a start", async () => {
    await engine.stop();
    expect(engine.status()).toMatchObject({ state: "stopped", pid: null, rssBytes: null });
    address = await engine.start();
    expect(await ask("SELECT count(), sum(n) FROM kept.numbers")).toBe("1000\t499500");
  });

  it("lets nobody in with a wrong password", async () => {
    await expect(ask("SELECT 1", { password: "wrong" })).rejects.toThrow("Authentication failed");
  });

  it("lets the user without a password neither read, write, reach files nor the network", async () => {
    const nobody = { username: "default", password: "" };
    for (const query of [
      "SELECT count() FROM kept.numbers",
      "INSERT INTO kept.numbers VALUES (1)",
      "CREATE TABLE kept.more (n UInt64) ENGINE = MergeTree ORDER BY n",
      "SELECT * FROM file('/etc/passwd', 'LineAsString')",
      "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
      "SELECT count() FROM system.processes",
      "SYSTEM SHUTDOWN",
      "KILL QUERY WHERE 1 ASYNC",
    ]) {
      await expect(ask(query, nobody), query).rejects.toThrow(/Not enough privileges|ACCESS_DENIED/);
    }
    expect(await ask("SELECT count() FROM kept.numbers")).toBe("1000");
  });

  it.skipIf(NO_PROC)("listens on loopback alone, for ClickHouse's HTTP alone (needs /proc)", () => {
    const { pid, port } = engine.status();
    expect(listeningSockets(pid as number)).toEqual([`127.0.0.1:${port}`]);
  });

  it("works in UTC, within the memory it was given, with its files where they belong", async () => {
    expect(await ask("SELECT timezone()")).toBe("UTC");
    expect(await ask("SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'")).toBe(
      String(1024 ** 3),
    );
    await expect(
      ask("SELECT groupArray(number) FROM numbers(1000000000) SETTINGS max_memory_usage = 0"),
    ).rejects.toThrow(/memory limit exceeded/i);
    expect(statSync(join(directory, "users.xml")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory, "users.xml"), "utf8")).not.toContain("pass'word");
    expect(readFileSync(join(directory, "log", "clickhouse.log"), "utf8")).toContain("kept");
  });

  it.skipIf(NO_PROC)("keeps its password out of its command line and environment (needs /proc)", () => {
    const { pid } = engine.status();
    for (const file of ["cmdline", "environ"])
      expect(readFileSync(`/proc/${pid}/${file}`, "utf8")).not.toContain("pass'word");
  });

  it("comes up again on the same port, with all its data, when it is killed", async () => {
    events.length = 0;
    const { restarts, port, pid } = engine.status();
    process.kill(pid as number, "SIGKILL");
    await waitUntil(() => events.some(({ type }) => type === "up"));
    expect(events.map(({ type }) => type)).toEqual(["down", "up"]);
    expect(engine.status()).toMatchObject({ state: "running", restarts: restarts + 1, port });
    expect(await ask("SELECT count() FROM kept.numbers")).toBe("1000");
  });

  it("is killed and started again when it hangs", async () => {
    events.length = 0;
    const hung = identify(engine.status().pid as number);
    process.kill(engine.status().pid as number, "SIGSTOP");
    await waitUntil(() => events.some(({ type }) => type === "up"));
    expect(events[0]).toMatchObject({
      type: "down",
      reason: expect.stringContaining("no sign of life") as string,
    });
    expect(hung !== null && isRunning(hung)).toBe(false);
    expect(await ask("SELECT count() FROM kept.numbers")).toBe("1000");
  });

  it("does not heed signals that a terminal or a service manager sends to the whole group", async () => {
    const { pid, restarts } = engine.status();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.kill(pid as number, signal);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(engine.status()).toMatchObject({ pid, restarts, state: "running" });
    expect(await ask("SELECT 1")).toBe("1");
  });

  it.skipIf(NO_PROC)("says how it is (needs /proc)", () => {
    const { rssBytes, lastHeartbeatAt, mode } = engine.status();
    expect(mode).toBe("embedded");
    expect(rssBytes).toBeGreaterThan(50e6);
    expect(rssBytes).toBeLessThan(1e9);
    expect(Date.now() - (lastHeartbeatAt?.getTime() ?? 0)).toBeLessThan(2_000);
  });

  it("stops within 5 s although a query runs and a client keeps its connection", async () => {
    const kept = await fetch(`${address.url}/ping`);
    await kept.text();
    const query = ask("SELECT sleepEachRow(1) FROM numbers(60) SETTINGS max_block_size = 1").catch(
      (error: unknown) => error,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    const identity = identify(engine.status().pid as number);
    const begunAt = performance.now();
    await engine.stop();
    expect(performance.now() - begunAt).toBeLessThan(5_000);
    expect(identity !== null && isRunning(identity)).toBe(false);
    expect(await query).toBeInstanceOf(Error);
    address = await engine.start();
    expect(await ask("SELECT count() FROM kept.numbers")).toBe("1000");
  });
});

/** Addresses that a process listens on, by proc(5): /proc/net/tcp lists them with the inodes of its sockets. */
function listeningSockets(pid: number): string[] {
  const inodes = new Set(socketInodes(pid));
  const rows = ["tcp", "tcp6"].flatMap((family) =>
    readFileSync(`/proc/${pid}/net/${family}`, "utf8").trim().split("\n").slice(1),
  );
  return rows.flatMap((row) => {
    const [, local = "", , state, , , , , , inode = ""] = row.trim().split(/\s+/);
    if (state !== "0A" || !inodes.has(inode)) return [];
    const [host = "", port = ""] = local.split(":");
    const bytes = (host.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)).toReversed();
    return [`${bytes.join(".")}:${Number.parseInt(port, 16)}`];
  });
}

function socketInodes(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
}
