import { join } from "node:path";
import type { Logger } from "#telemetry";
import { createClickHouseEngine } from "./clickhouse-engine.ts";
import { ClickHouseAnswer, pingClickHouse, queryClickHouse } from "./clickhouse-http.ts";
import { loadCredentials, type Credentials } from "./credentials.ts";
import { prepareDataDirectory, unusable } from "./data-directory.ts";
import { availableMemory, defaultClickHouseMemory, type EnginesConfig } from "./engine-config.ts";
import type { EngineDependencies } from "./engine-dependencies.ts";
import { EngineError } from "./engine-error.ts";
import type { EngineTimings } from "./engine-timings.ts";
import type {
  ClickHouseAddress,
  Engine,
  EngineAddresses,
  EngineEvent,
  EngineStatus,
  PostgresAddress,
} from "./engine-types.ts";
import { createGivenEngine } from "./given-engine.ts";
import { lockDataDirectory, type InstanceLock } from "./instance-lock.ts";
import { connectPostgres, isPostgresAnswer, probePostgres } from "./postgres-connection.ts";
import { createPostgresEngine } from "./postgres-engine.ts";
import { parseClickHouseUrl, parsePostgresUrl } from "./server-url.ts";

export type EnginesOptions = EnginesConfig & {
  /** Absolute, or relative to the working directory. Made when missing. One FlowLens at a time. */
  readonly dataDirectory: string;
  readonly timings?: Partial<EngineTimings>;
};

export type Engines = {
  /**
   * Takes the data directory and brings both engines up; resolves when both accept our password.
   * @throws EngineError; nothing is then left running
   */
  start(): Promise<EngineAddresses>;
  /** Ends both within 5 s and gives the data directory back. May be called at any time, more than once. */
  stop(): Promise<void>;
  /** Where the engines are now. */
  addresses(): EngineAddresses;
  /** ClickHouse first. */
  status(): readonly EngineStatus[];
  /** Calls `listener` when an engine goes down, comes up again or is given up; answers how to stop listening. */
  onEvent(listener: (event: EngineEvent) => void): () => void;
};

/** The two engines, each a child process of ours or, where its URL is given, a server of somebody else's. Inert until `start`. */
export function createEngines(options: EnginesOptions, { logger }: { readonly logger: Logger }): Engines {
  const listeners = new Set<(event: EngineEvent) => void>();
  const dependencies: EngineDependencies = {
    logger,
    onEvent: (event) => {
      for (const listener of listeners) listener(event);
    },
  };
  let isStopped = false;
  let starting: Promise<unknown> = Promise.resolve();
  let lock: InstanceLock | null = null;
  let started: { clickhouse: Engine<ClickHouseAddress>; postgres: Engine<PostgresAddress> } | null = null;

  function create(dataDirectory: string, credentials: Credentials): NonNullable<typeof started> {
    return {
      clickhouse: createClickHouse(options, {
        dataDirectory,
        password: credentials.clickhouse,
        dependencies,
      }),
      postgres: createPostgres(options, { dataDirectory, password: credentials.postgres, dependencies }),
    };
  }

  async function stopEngines(): Promise<void> {
    if (started !== null) await Promise.all([started.clickhouse.stop(), started.postgres.stop()]);
  }

  function release(): void {
    lock?.release();
    lock = null;
  }

  async function bringUp(): Promise<EngineAddresses> {
    const dataDirectory = prepareDataDirectory(options.dataDirectory);
    lock = await lockDataDirectory(dataDirectory);
    try {
      const bothGiven = options.clickhouseUrl !== undefined && options.postgresUrl !== undefined;
      const credentials = bothGiven ? { clickhouse: "", postgres: "" } : loadCredentials(dataDirectory);
      // Made once, so that a later start tries the ports of the first.
      started ??= create(dataDirectory, credentials);
      const outcomes = await Promise.allSettled([started.clickhouse.start(), started.postgres.start()]);
      const failed = outcomes.find((outcome) => outcome.status === "rejected");
      if (failed !== undefined) throw failed.reason;
      if (isStopped)
        throw new EngineError("ENGINE_NOT_STARTED", "The engines were stopped while they started.");
      return { clickhouse: started.clickhouse.address(), postgres: started.postgres.address() };
    } catch (error) {
      await stopEngines();
      release();
      throw error instanceof EngineError || (error as NodeJS.ErrnoException).code === undefined
        ? error
        : unusable(dataDirectory, error);
    }
  }

  return {
    start() {
      if (lock !== null)
        return Promise.reject(new EngineError("ENGINE_LOCKED", "The engines are already started."));
      isStopped = false;
      const attempt = bringUp();
      starting = attempt.catch(() => {});
      return attempt;
    },
    async stop() {
      isStopped = true;
      await stopEngines();
      // A start that is under way sees that it was stopped, and ends what it has started meanwhile.
      await starting;
      await stopEngines();
      release();
    },
    addresses() {
      if (started === null)
        throw new EngineError("ENGINE_NOT_STARTED", "The engines have no addresses before they are started.");
      return { clickhouse: started.clickhouse.address(), postgres: started.postgres.address() };
    },
    status: () => (started === null ? [] : [started.clickhouse.status(), started.postgres.status()]),
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** SQLSTATE invalid_catalog_name. */
const DATABASE_MISSING = "3D000";

type Making = {
  readonly dataDirectory: string;
  readonly password: string;
  readonly dependencies: EngineDependencies;
};

function createClickHouse(
  options: EnginesOptions,
  { dataDirectory, password, dependencies }: Making,
): Engine<ClickHouseAddress> {
  const timings = options.timings ?? {};
  if (options.clickhouseUrl === undefined) {
    const memoryBytes = options.clickhouseMemoryBytes ?? defaultClickHouseMemory(availableMemory());
    return createClickHouseEngine(
      { directory: join(dataDirectory, "clickhouse"), password, memoryBytes, timings },
      dependencies,
    );
  }
  const address = parseClickHouseUrl(options.clickhouseUrl, options.clickhousePassword);
  const { hostname, port, protocol } = new URL(address.url);
  return createGivenEngine(
    {
      engine: "clickhouse",
      title: "ClickHouse",
      address,
      host: hostname,
      port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
      login: async (timeoutMs) => void (await queryClickHouse(address, "SELECT 1", timeoutMs)),
      isRefusal: (error) => error instanceof ClickHouseAnswer && error.status < 500,
      heartbeat: (timeoutMs) => pingClickHouse(address.url, timeoutMs),
    },
    timings,
    dependencies,
  );
}

function createPostgres(
  options: EnginesOptions,
  { dataDirectory, password, dependencies }: Making,
): Engine<PostgresAddress> {
  const timings = options.timings ?? {};
  if (options.postgresUrl === undefined) {
    return createPostgresEngine(
      { directory: join(dataDirectory, "postgres"), within: dataDirectory, password, timings },
      dependencies,
    );
  }
  const address = parsePostgresUrl(options.postgresUrl, options.postgresPassword);
  const { host, port } = address;
  return createGivenEngine(
    {
      engine: "postgres",
      title: "PostgreSQL",
      address,
      host,
      port,
      login: async (timeoutMs) => {
        try {
          await connectPostgres(address, timeoutMs);
        } catch (error) {
          // The login was accepted; a database that is missing is made by whoever needs it.
          if ((error as { code?: unknown }).code !== DATABASE_MISSING) throw error;
        }
      },
      isRefusal: isPostgresAnswer,
      heartbeat: (timeoutMs) => probePostgres(host, port, timeoutMs),
    },
    timings,
    dependencies,
  );
}
