/**
 * The API for tests: the real server on a free port of the loopback, on a metadata store of its own.
 * Not here: anything a running FlowLens uses.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { createAuth } from "#auth";
import { createImporter } from "#collection";
import type { FlowStore } from "#flow-store";
import type { MetadataStore } from "#metadata-store";
import { withMetadataStore, type TestDatabase } from "#metadata-store/testing";
import { createLogger, createMetrics } from "#telemetry";
import { Value } from "typebox/value";
import { afterAll, beforeAll } from "vitest";
import { createApi, type Api } from "./api.ts";
import { API_CONFIG, type ApiConfig } from "./config.ts";
import type { ApiDependencies, HealthSource, ImportUpload } from "./dependencies.ts";

export const TEST_TOKEN = "only-for-tests-0123456789";
export const TEST_VERSION = "1.2.3";

const START_LIMIT_MS = 60_000;

export interface TestApiOptions {
  readonly config?: Partial<ApiConfig>;
  /** Default: the real importer, with a flow store that keeps nothing. */
  readonly importing?: ImportUpload;
  readonly health?: readonly HealthSource[];
  /** Default: one that holds nothing. */
  readonly flows?: Pick<FlowStore, "queriesWithin">;
  /** Default: one that is off. */
  readonly collector?: ApiDependencies["collector"];
}

export interface AnotherApiOptions {
  readonly dataDirectory?: string;
  /** Default: where the console is built. */
  readonly consoleFolder?: string;
}

export interface TestApi {
  readonly url: string;
  readonly store: MetadataStore;
  readonly database: TestDatabase;
  readonly dataDirectory: string;
  /** Names of the files that lie in the folder for uploads. */
  uploads(): string[];
  /** All that was logged so far. */
  log(): string;
  /** Another API, on the same stores and data directory unless told otherwise; stopped after the tests. */
  another(options?: TestApiOptions & AnotherApiOptions): Api;
}

/** Registers hooks of vitest: the API answers while the tests of this file do. Read the answer inside tests and hooks. */
export function withApi(options: TestApiOptions = {}): TestApi {
  const metadata = withMetadataStore();
  const dataDirectory = mkdtempSync(join(tmpdir(), "flowlens-api-"));
  const apis: Api[] = [];
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  let url: string | undefined;

  function create({
    config,
    importing,
    health = [],
    flows = NO_FLOWS,
    collector = NO_COLLECTOR,
    ...rest
  }: Parameters<TestApi["another"]>[0] & {}): Api {
    const logger = createLogger({ level: "debug", destination });
    const api = createApi(
      { ...Value.Create(API_CONFIG), port: 0, ...config },
      {
        metadata: metadata.store,
        flows,
        collector,
        auth: createAuth({ metadata: metadata.store, logger, localToken: TEST_TOKEN }),
        importing: importing ?? realImporting(metadata.store),
        health,
        metrics: createMetrics(),
        logger,
        version: TEST_VERSION,
        dataDirectory,
        ...rest,
      },
    );
    apis.push(api);
    return api;
  }

  beforeAll(async () => {
    ({ url } = await create(options).start());
  }, START_LIMIT_MS);
  // Runs before the store is stopped: hooks that end are called in reverse.
  afterAll(async () => {
    await Promise.all(apis.map((api) => api.stop()));
    rmSync(dataDirectory, { recursive: true, force: true });
  }, START_LIMIT_MS);

  return {
    dataDirectory,
    database: metadata.database,
    get url() {
      if (url === undefined) throw new Error("the API has no address outside of tests and hooks");
      return url;
    },
    get store() {
      return metadata.store;
    },
    uploads: () => readdirSync(join(dataDirectory, "uploads")),
    log: () => lines.join(""),
    another: (anotherOptions = {}) => create(anotherOptions),
  };
}

/** A flow store without flows. */
const NO_FLOWS = {
  queriesWithin: () =>
    ({ networkSpan: () => Promise.resolve(undefined) }) as unknown as ReturnType<FlowStore["queriesWithin"]>,
};

const NO_COLLECTOR: ApiDependencies["collector"] = {
  exporters: () => Promise.resolve([]),
  reloadExporters: () => Promise.resolve(),
  status: () => ({
    enabled: false,
    running: false,
    sockets: [],
    refusedSenders: [],
    refusedOthers: 0,
    queue: { waitingBytes: 0, limitBytes: 0, waitingPackets: 0, droppedPackets: 0, lostPackets: 0 },
    decoding: { packets: 0, records: 0, counters: {} },
    spool: { storedRecords: 0, droppedRecords: 0, full: false, failure: undefined },
    restarts: 0,
  }),
};

/** Reads files and registers them as a running FlowLens does; the rows go nowhere. */
function realImporting(metadata: MetadataStore): ImportUpload {
  const flows = { insertFlows: () => Promise.resolve(), forgetImport: () => Promise.resolve() };
  const logger = createLogger({ level: "silent" });
  const importer = createImporter({ metadata, flows, logger });
  return (path, importOptions) => importer.importFile(path, importOptions);
}
