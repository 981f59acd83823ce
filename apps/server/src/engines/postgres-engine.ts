import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { EngineDependencies } from "./engine-dependencies.ts";
import { EngineError } from "./engine-error.ts";
import { DEFAULT_TIMINGS, type EngineTimings } from "./engine-timings.ts";
import type { Engine, PostgresAddress } from "./engine-types.ts";
import { endOrphan, recordChild, recordedChild } from "./orphan.ts";
import { findPostgresBinaries, type PostgresBinaries } from "./postgres-binaries.ts";
import { connectPostgres, probePostgres } from "./postgres-connection.ts";
import { POSTGRES_USER, preparePostgresData, postgresArguments } from "./postgres-data.ts";
import { choosePostgresIdentity, type PostgresIdentity } from "./postgres-identity.ts";
import { runningPostmaster } from "./postmaster-file.ts";
import { processMemory } from "./process-memory.ts";
import { signalProcess } from "./process-tree.ts";
import { createSupervisor } from "./supervisor.ts";

export type PostgresEngineConfig = {
  /** Folder of this engine alone; made when missing. */
  readonly directory: string;
  /** Folder of ours that `directory` is in; by default `directory` itself. Opened for passing through when PostgreSQL runs as another user. */
  readonly within?: string;
  readonly password: string;
  /** Data may be lost on a crash; only for tests, where nothing outlives the run. */
  readonly unsafeFast?: boolean;
  /** Only this way of running PostgreSQL; by default the first that works. */
  readonly runAs?: PostgresIdentity["kind"];
  readonly timings?: Partial<EngineTimings>;
};

const TITLE = "The embedded PostgreSQL";

/** PostgreSQL as a child process of ours on a loopback port. Inert until `start`. */
export function createPostgresEngine(
  config: PostgresEngineConfig,
  dependencies: EngineDependencies,
): Engine<PostgresAddress> {
  const { directory, password } = config;
  const timings: EngineTimings = { ...DEFAULT_TIMINGS, ...config.timings };
  const dataDirectory = join(directory, "data");
  const childRecord = join(directory, "child.json");
  const addressAt = (port: number): PostgresAddress => ({
    host: "127.0.0.1",
    port,
    user: POSTGRES_USER,
    password,
    database: "postgres",
    ssl: false,
  });
  let binaries: PostgresBinaries;
  let identity: PostgresIdentity;

  function launch(port: number): ChildProcess {
    const [command, ...args] = [
      ...identity.wrap,
      binaries.postgres,
      ...postgresArguments({ dataDirectory, port, unsafeFast: config.unsafeFast ?? false }),
    ];
    return spawn(command, args, {
      cwd: "/",
      env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
      ...(identity.uid === undefined ? {} : { uid: identity.uid }),
      ...(identity.gid === undefined ? {} : { gid: identity.gid }),
    });
  }

  const supervisor = createSupervisor(
    {
      engine: "postgres",
      title: TITLE,
      directory,
      launch,
      probe: (port) => connectPostgres(addressAt(port), 2_000),
      heartbeat: (port, timeoutMs) => probePostgres("127.0.0.1", port, timeoutMs),
      requestStop: (child) => child.kill("SIGINT"),
      onChild: (pid) => recordChild(childRecord, pid),
    },
    timings,
    dependencies,
  );

  function address(): PostgresAddress {
    const port = supervisor.port();
    if (port === null)
      throw new EngineError(
        "ENGINE_NOT_STARTED",
        "PostgreSQL has no address before the engines are started.",
      );
    return addressAt(port);
  }

  return {
    async start() {
      binaries = findPostgresBinaries();
      identity = await choosePostgresIdentity(binaries.postgres, config.runAs);
      // The record is exact; PostgreSQL's own file also tells of a child that we had no time to record.
      const orphan = recordedChild(childRecord) ?? runningPostmaster(dataDirectory);
      if (orphan !== null) {
        const askToStop = (pid: number) => signalProcess(pid, "SIGINT");
        await endOrphan(
          orphan,
          { title: TITLE, askToStop, patienceMs: timings.stopLimitMs },
          dependencies.logger,
        );
      }
      await preparePostgresData({
        directory,
        within: config.within ?? directory,
        password,
        identity,
        initdb: binaries.initdb,
        unsafeFast: config.unsafeFast ?? false,
      });
      await supervisor.start();
      return address();
    },
    stop: () => supervisor.stop(),
    address,
    status: () => {
      const pid = supervisor.pid();
      return {
        engine: "postgres",
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
