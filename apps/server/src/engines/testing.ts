/**
 * Engines for tests: real ones in a fresh temporary directory, stopped and removed afterwards.
 * Not here: anything a running FlowLens uses.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { silentLogger, type Logger } from "#telemetry";
import { afterAll, beforeAll } from "vitest";
import { createClickHouseEngine } from "./clickhouse-engine.ts";
import type { ClickHouseAddress, Engine, EngineAddresses, PostgresAddress } from "./engine-types.ts";
import { createPostgresEngine } from "./postgres-engine.ts";

/** An engine that runs until `stop`, which also removes its data. */
export type TestEngine<Address> = {
  readonly address: Address;
  readonly engine: Engine<Address>;
  readonly directory: string;
  stop(): Promise<void>;
};

export type TestEngineOptions = {
  /** For ClickHouse; default 2 GiB. */
  readonly memoryBytes?: number;
  readonly logger?: Logger;
};

const PASSWORD = "only-for-tests";
const START_LIMIT_MS = 60_000;

async function startIn<Address>(make: (directory: string) => Engine<Address>): Promise<TestEngine<Address>> {
  const directory = mkdtempSync(join(tmpdir(), "flowlens-engine-"));
  const engine = make(directory);
  const stop = async () => {
    await engine.stop();
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    return { address: await engine.start(), engine, directory, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export function startTestClickHouse({
  memoryBytes = 2 * 1024 ** 3,
  logger = silentLogger,
}: TestEngineOptions = {}): Promise<TestEngine<ClickHouseAddress>> {
  // Its data goes away, so nothing is won by a clean stop, which takes a second.
  const timings = { stopLimitMs: 20 };
  return startIn((directory) =>
    createClickHouseEngine({ directory, password: PASSWORD, memoryBytes, timings }, { logger }),
  );
}

export function startTestPostgres({ logger = silentLogger }: TestEngineOptions = {}): Promise<
  TestEngine<PostgresAddress>
> {
  return startIn((directory) =>
    createPostgresEngine({ directory, password: PASSWORD, unsafeFast: true }, { logger }),
  );
}

/** Registers hooks of vitest: ClickHouse runs while the tests of this file (or `describe`) do. Read the answer inside tests and hooks. */
export function withClickHouse(options?: TestEngineOptions): ClickHouseAddress {
  return whileTesting(() => startTestClickHouse(options));
}

/** As {@link withClickHouse}, for PostgreSQL. */
export function withPostgres(options?: TestEngineOptions): PostgresAddress {
  return whileTesting(() => startTestPostgres(options));
}

/** Both engines. */
export function withEngines(options?: TestEngineOptions): EngineAddresses {
  return { clickhouse: withClickHouse(options), postgres: withPostgres(options) };
}

function whileTesting<Address extends object>(start: () => Promise<TestEngine<Address>>): Address {
  let running: TestEngine<Address> | undefined;
  beforeAll(async () => {
    running = await start();
  }, START_LIMIT_MS);
  afterAll(async () => {
    await running?.stop();
    running = undefined;
  }, START_LIMIT_MS);
  // Filled in when the engine is up, so that a test file can take it at the top.
  return new Proxy({} as Address, {
    get: (_, key) => {
      if (running === undefined) throw new Error("the engine has no address outside of tests and hooks");
      return Reflect.get(running.address, key) as unknown;
    },
    ownKeys: () => Reflect.ownKeys(running?.address ?? {}),
    has: (_, key) => Reflect.has(running?.address ?? {}, key),
    getOwnPropertyDescriptor: (_, key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(running?.address ?? {}, key);
      return descriptor && { ...descriptor, configurable: true };
    },
  });
}

/** Resolves when `condition` holds; rejects when it does not within `limitMs`. */
export async function waitUntil(condition: () => boolean, limitMs = 20_000): Promise<void> {
  const begunAt = performance.now();
  while (!condition()) {
    if (performance.now() - begunAt > limitMs)
      throw new Error(`it did not happen within ${limitMs / 1000} s`);
    await sleep(10);
  }
}
