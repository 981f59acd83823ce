import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ClickHouseOrder } from "./clickhouse-child.ts";
import { CLICKHOUSE_USER, clickHouseConfig, clickHouseUsers } from "./clickhouse-files.ts";
import { pingClickHouse, queryClickHouse } from "./clickhouse-http.ts";
import { findClickHouseLibrary } from "./clickhouse-library.ts";
import type { EngineDependencies } from "./engine-dependencies.ts";
import { EngineError } from "./engine-error.ts";
import { DEFAULT_TIMINGS, type EngineTimings } from "./engine-timings.ts";
import type { ClickHouseAddress, Engine } from "./engine-types.ts";
import { endOrphan, recordChild, recordedChild } from "./orphan.ts";
import { processMemory } from "./process-memory.ts";
import { createSupervisor } from "./supervisor.ts";

export type ClickHouseEngineConfig = {
  /** Folder of this engine alone; made when missing. */
  readonly directory: string;
  readonly password: string;
  readonly memoryBytes: number;
  readonly timings?: Partial<EngineTimings>;
};

// The compiled program has another extension than this source.
const CHILD_PROGRAM = fileURLToPath(
  new URL(`./clickhouse-child${extname(import.meta.url)}`, import.meta.url),
);

const TITLE = "The embedded ClickHouse";

function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    TZ: "UTC",
    LC_ALL: "C.UTF-8",
    ...(PATH && { PATH }),
    ...(HOME && { HOME }),
    ...(TMPDIR && { TMPDIR }),
  };
}

/** ClickHouse as a child process of ours on a loopback port. Inert until `start`. */
export function createClickHouseEngine(
  config: ClickHouseEngineConfig,
  dependencies: EngineDependencies,
): Engine<ClickHouseAddress> {
  const { directory, password } = config;
  const timings: EngineTimings = { ...DEFAULT_TIMINGS, ...config.timings };
  const childRecord = join(directory, "child.json");
  const addressAt = (port: number): ClickHouseAddress => ({
    url: `http://127.0.0.1:${port}`,
    username: CLICKHOUSE_USER,
    password,
  });
  let libraryPath = "";

  function launch(port: number): ChildProcess {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", CHILD_PROGRAM], {
      cwd: directory,
      env: childEnvironment(),
      stdio: ["pipe", "ignore", "pipe"],
      detached: true,
    });
    const order: ClickHouseOrder = {
      libraryPath,
      dataDirectory: join(directory, "data"),
      configPath: join(directory, "config.xml"),
      port,
      username: CLICKHOUSE_USER,
      password,
    };
    // The pipe breaks when the child dies first; its end is reported by the child's own events.
    child.stdin?.on("error", () => {});
    child.stdin?.write(`${JSON.stringify(order)}\n`);
    return child;
  }

  const supervisor = createSupervisor(
    {
      engine: "clickhouse",
      title: TITLE,
      directory,
      launch,
      probe: async (port) => {
        await queryClickHouse(addressAt(port), "SELECT 1", 2_000);
      },
      heartbeat: (port, timeoutMs) => pingClickHouse(`http://127.0.0.1:${port}`, timeoutMs),
      requestStop: (child) => child.stdin?.end(),
      onChild: (pid) => recordChild(childRecord, pid),
    },
    timings,
    dependencies,
  );

  function address(): ClickHouseAddress {
    const port = supervisor.port();
    if (port === null)
      throw new EngineError(
        "ENGINE_NOT_STARTED",
        "ClickHouse has no address before the engines are started.",
      );
    return addressAt(port);
  }

  return {
    async start() {
      libraryPath = findClickHouseLibrary();
      for (const folder of ["data", "log"])
        mkdirSync(join(directory, folder), { recursive: true, mode: 0o700 });
      const orphan = recordedChild(childRecord);
      if (orphan !== null)
        await endOrphan(orphan, { title: TITLE, patienceMs: timings.stopLimitMs }, dependencies.logger);
      writeFileSync(join(directory, "config.xml"), clickHouseConfig(config), { mode: 0o600 });
      writeFileSync(join(directory, "users.xml"), clickHouseUsers(config), { mode: 0o600 });
      await supervisor.start();
      return address();
    },
    stop: () => supervisor.stop(),
    address,
    status: () => {
      const pid = supervisor.pid();
      return {
        engine: "clickhouse",
        mode: "embedded",
        state: supervisor.state(),
        host: "127.0.0.1",
        port: supervisor.port(),
        pid,
        restarts: supervisor.restarts(),
        lastHeartbeatAt: supervisor.lastHeartbeatAt(),
        rssBytes: pid === null ? null : processMemory(pid),
        lastError: supervisor.lastError(),
      };
    },
  };
}
