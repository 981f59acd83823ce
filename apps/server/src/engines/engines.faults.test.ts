import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  cpSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createLogger, silentLogger } from "#telemetry";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { EngineAddresses } from "./engine-types.ts";
import { createEngines, type Engines, type EnginesOptions } from "./engines.ts";
import { freePort } from "./free-port.ts";
import { identify, isRunning } from "./process-identity.ts";
import { askClickHouse, askPostgres, expectStored, processesOf, store } from "./testing-probes.ts";
import { waitUntil } from "./testing.ts";

const MEMORY = { clickhouseMemoryBytes: 1024 ** 3 };
const PROGRAM = fileURLToPath(new URL("./testing-program.ts", import.meta.url));
const ORDINARY_ID = 65534;
const ORDINARY = [`--reuid=${ORDINARY_ID}`, `--regid=${ORDINARY_ID}`, "--clear-groups", "--"];
const NAMELESS_ID = 54_321;
const canMount =
  process.getuid?.() === 0 &&
  spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"]).status === 0;
const canMakeNamespaces = spawnSync("unshare", ["-U", "--map-user=1000", "true"]).status === 0;
const canBeOrdinary =
  process.getuid?.() === 0 &&
  spawnSync("setpriv", [
    ...ORDINARY,
    process.execPath,
    "-e",
    `require("node:fs").readFileSync(${JSON.stringify(PROGRAM)})`,
  ]).status === 0;

// Most tests begin with a copy of one data directory: to make PostgreSQL's anew each time would take most of their time.
let template: string;
beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), "flowlens-template-"));
  const engines = createEngines(
    { dataDirectory: join(template, "data"), ...MEMORY },
    { logger: silentLogger },
  );
  await engines.start();
  await engines.stop();
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

describe("the engines together", () => {
  let directory: string;
  const running: Engines[] = [];
  const children: ChildProcess[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "flowlens-engines-"));
    cpSync(template, directory, { recursive: true });
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((engines) => engines.stop()));
    for (const child of children.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
    const left = processesOf(directory);
    rmSync(directory, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`processes were left behind: ${left.join(", ")}`);
  });

  function make(options: Partial<EnginesOptions> = {}, logger = silentLogger): Engines {
    const engines = createEngines(
      { dataDirectory: join(directory, "data"), ...MEMORY, ...options },
      { logger },
    );
    running.push(engines);
    return engines;
  }

  type Said = { addresses: EngineAddresses; pids: number[] } & { code: string; message: string };

  async function inProcess(wrap: readonly string[] = []): Promise<{ child: ChildProcess; said: Said }> {
    const [command, ...args] = [...wrap, process.execPath, PROGRAM, join(directory, "data")];
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], cwd: "/" });
    children.push(child);
    for await (const line of createInterface(child.stdout)) return { child, said: JSON.parse(line) as Said };
    throw new Error("the program ended without a word");
  }

  it("start, answer where they say, tell how they are, and stop", async () => {
    const engines = make();
    expect(engines.status()).toEqual([]);
    expect(() => engines.addresses()).toThrow("before they are started");
    const addresses = await engines.start();
    expect(engines.addresses()).toEqual(addresses);
    await store(addresses);
    await expectStored(addresses);
    expect(
      engines.status().map(({ engine, mode, state, restarts }) => ({ engine, mode, state, restarts })),
    ).toEqual([
      { engine: "clickhouse", mode: "embedded", state: "running", restarts: 0 },
      { engine: "postgres", mode: "embedded", state: "running", restarts: 0 },
    ]);
    const begunAt = performance.now();
    await engines.stop();
    expect(performance.now() - begunAt).toBeLessThan(5_000);
    expect(processesOf(directory)).toEqual([]);
    await engines.stop();
    await expectStored(await engines.start());
  });

  it("keep their passwords in one file for the owner, and in no log line; never make new ones over damaged ones", async () => {
    const lines: string[] = [];
    const logger = createLogger({ level: "trace", destination: { write: (line) => void lines.push(line) } });
    const engines = make({ timings: { heartbeatIntervalMs: 100, firstBackOffMs: 10 } }, logger);
    const { clickhouse, postgres } = await engines.start();
    expect(statSync(join(directory, "data")).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, "data", "engine-credentials.json")).mode & 0o777).toBe(0o600);
    expect(clickhouse.password).toHaveLength(32);
    expect(postgres.password).not.toBe(clickhouse.password);
    const up: string[] = [];
    engines.onEvent(({ type, engine }) => type === "up" && up.push(engine));
    for (const { pid } of engines.status()) process.kill(pid as number, "SIGKILL");
    await waitUntil(() => up.length === 2);
    await engines.stop();
    expect(lines.join("")).toContain("went down");
    expect(lines.join("")).not.toContain(clickhouse.password);
    expect(lines.join("")).not.toContain(postgres.password);
    const again = await engines.start();
    expect(again.clickhouse.password).toBe(clickhouse.password);
    expect(again.postgres.password).toBe(postgres.password);
    await engines.stop();
    writeFileSync(join(directory, "data", "engine-credentials.json"), "{");
    await expect(engines.start()).rejects.toMatchObject({ code: "ENGINE_CREDENTIALS_DAMAGED" });
  });

  it("refuse a second FlowLens on the same data, and leave the first alone", async () => {
    const addresses = await make().start();
    const { child, said } = await inProcess();
    expect(said.code).toBe("ENGINE_LOCKED");
    expect(said.message).toContain(`process ${process.pid}, since 20`);
    if (child.exitCode === null) await once(child, "exit");
    expect(await askClickHouse(addresses, "SELECT 1")).toBe("1");
    expect(await askPostgres(addresses, "SELECT 1 AS n")).toEqual([{ n: 1 }]);
  });

  it("leave no process and no lock behind when they are stopped while they start", async () => {
    const engines = make();
    const start = engines.start().catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await engines.stop();
    expect(await start).toMatchObject({ name: "EngineError" });
    expect(processesOf(directory)).toEqual([]);
    const addresses = await engines.start();
    expect(await askClickHouse(addresses, "SELECT 1")).toBe("1");
  });

  it("leave nothing running when only one of them can start", async () => {
    const engines = make({
      postgresUrl: `postgres://u:p@127.0.0.1:${await freePort()}/d`,
      timings: { givenStartLimitMs: 300 },
    });
    await expect(engines.start()).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
    expect(processesOf(directory)).toEqual([]);
  });

  it("come up whole after their parent was killed, and no process of it is left", async () => {
    const { child, said } = await inProcess();
    await store(said.addresses);
    const orphans = said.pids.map((pid) => identify(pid));
    expect(orphans).not.toContain(null);
    child.kill("SIGKILL");
    await once(child, "exit");
    const engines = make();
    await expectStored(await engines.start());
    expect(orphans.filter((orphan) => orphan !== null && isRunning(orphan))).toEqual([]);
    await engines.stop();
    expect(processesOf(directory)).toEqual([]);
  });

  it("end by themselves soon after their parent was killed, though nobody starts again", async () => {
    const { child, said } = await inProcess();
    const [clickhouse, postgres] = said.pids.map((pid) => identify(pid) ?? { pid, started: "never" });
    child.kill("SIGKILL");
    await waitUntil(() => !isRunning(clickhouse));
    // PostgreSQL does so where the kernel tells it of the death (setpriv of util-linux); elsewhere the next start ends it.
    const isTold = spawnSync("setpriv", ["--pdeathsig", "INT", "true"]).status === 0;
    if (!isTold) process.kill(postgres.pid, "SIGINT");
    await waitUntil(() => !isRunning(postgres));
    await waitUntil(() => processesOf(directory).length === 0);
    expect(processesOf(directory)).toEqual([]);
  });

  it("come up whole after their parent was killed while they hung", async () => {
    const { child, said } = await inProcess();
    await store(said.addresses);
    for (const pid of said.pids) process.kill(pid, "SIGSTOP");
    const orphans = said.pids.map((pid) => identify(pid));
    child.kill("SIGKILL");
    await once(child, "exit");
    await expectStored(await make({ timings: { stopLimitMs: 1_000 } }).start());
    expect(orphans.filter((orphan) => orphan !== null && isRunning(orphan))).toEqual([]);
  });

  it.skipIf(!canBeOrdinary)(
    "work for an ordinary user (needs root to become one, and a checkout open to others)",
    async () => {
      rmSync(join(directory, "data"), { recursive: true });
      chownSync(directory, ORDINARY_ID, ORDINARY_ID);
      chmodSync(directory, 0o700);
      const { child, said } = await inProcess(["setpriv", ...ORDINARY]);
      await store(said.addresses);
      await expectStored(said.addresses);
      for (const pid of said.pids) expect(statSync(`/proc/${pid}`).uid).toBe(ORDINARY_ID);
      child.stdin?.end();
      await once(child, "exit");
      expect(child.exitCode).toBe(0);
      expect(processesOf(directory)).toEqual([]);
      const foreign = readdirSync(join(directory, "data"), { recursive: true, withFileTypes: true }).filter(
        (entry) => statSync(join(entry.parentPath, entry.name)).uid !== ORDINARY_ID,
      );
      expect(foreign).toEqual([]);
    },
  );
});

describe("the engines in tight places", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "flowlens-tight-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it.skipIf(!canMount)(
    "say so when the disk is too small for them, and leave nothing running (needs root and mounts)",
    () => {
      const script = `mount -t tmpfs -o size=20m tmpfs "$1" && exec "$2" "$3" "$1/data" < /dev/null`;
      const { stdout } = spawnSync(
        "unshare",
        ["-m", "sh", "-c", script, "sh", directory, process.execPath, PROGRAM],
        { encoding: "utf8", cwd: "/" },
      );
      expect(JSON.parse(stdout)).toMatchObject({
        code: "ENGINE_START_FAILED",
        message: expect.stringMatching(
          /The disk that holds .* is full\. Free some space.*It said: /s,
        ) as string,
      });
      expect(processesOf(directory)).toEqual([]);
    },
  );

  it.skipIf(!canBeOrdinary || !canMakeNamespaces)(
    "work for a user without a name, as containers have them (needs root to become one, user namespaces, and a checkout open to others)",
    () => {
      chownSync(directory, NAMELESS_ID, NAMELESS_ID);
      const nameless = [`--reuid=${NAMELESS_ID}`, `--regid=${NAMELESS_ID}`, "--clear-groups", "--"];
      const { stdout } = spawnSync(
        "setpriv",
        [...nameless, process.execPath, PROGRAM, join(directory, "data")],
        { encoding: "utf8", cwd: "/", input: "" },
      );
      expect(JSON.parse(stdout)).toMatchObject({
        pids: [expect.any(Number), expect.any(Number)] as number[],
      });
      expect(processesOf(directory)).toEqual([]);
    },
  );
});
