// How long a page of the asset list takes the metadata store, for every filter with every sort, both ways, three pages
// deep: `node bench/asset-list.ts [--assets 100000] [--json]`. For people on stderr; with --json one object on stdout.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createEngines } from "../apps/server/src/engines/index.ts";
import {
  ASSET_SORT_KEYS,
  createMetadataStore,
  RECORDED_AT_ONCE,
  type AssetFilter,
  type AssetObservation,
  type MetadataStore,
} from "../apps/server/src/metadata-store/index.ts";
import { silentLogger } from "../apps/server/src/telemetry/index.ts";
import { machineFacts } from "./harness.ts";

const { values: options } = parseArgs({
  options: { assets: { type: "string", default: "100000" }, json: { type: "boolean", default: false } },
});
const ASSETS = Number(options.assets);
const FROM_MS = Date.UTC(2026, 1, 1);
const DAY_MS = 86_400_000;
const PAGES = 3;
const TYPES = ["server", "workstation", "workstation", "database", "unknown"];
const PORTS = [443, 22, 445, 5432, 3306];

const FILTERS: Readonly<Record<string, AssetFilter>> = {
  none: {},
  network: { networkId: 1 },
  type: { types: ["database"] },
  "two types": { types: ["database", "server"] },
  "type nobody is of": { types: ["load_balancer"] },
  method: { methods: ["heuristic"] },
  "confidence from 0.9": { minConfidence: 0.9 },
  "confidence to 0.5": { maxConfidence: 0.5 },
  "port of most": { servedPort: { port: 22, protocol: 6 } },
  "port of one in five": { servedPort: { port: 5432 } },
  "port of nearly nobody": { servedPort: { port: 31_000 } },
  "range of all": { addressRange: "10.0.0.0/8" },
  "range of 65,536": { addressRange: "10.1.0.0/16" },
  "range of 256": { addressRange: "10.0.77.0/24" },
  "search of few": { search: "0.77." },
  "search of half": { search: "10.0" },
  "search of nobody": { search: "nothing like it" },
  locked: { locked: true },
  "not locked": { locked: false },
  confirmed: { confirmed: true },
  "seen in the last half": { lastSeenFrom: new Date(FROM_MS + 1.5 * DAY_MS) },
  "seen in the last minutes": { lastSeenFrom: new Date(FROM_MS + 1.997 * DAY_MS) },
  "all together": {
    networkId: 1,
    types: ["server", "database"],
    methods: ["heuristic"],
    minConfidence: 0.2,
    servedPort: { port: 22 },
    addressRange: "10.0.0.0/9",
    search: "10",
    locked: false,
    lastSeenFrom: new Date(FROM_MS),
  },
};

/** Two passes, since a table that was never updated is denser than any in use. */
async function fill(store: MetadataStore): Promise<number> {
  const network = await store.networks.ensure("default");
  let recordingMs = 0;
  for (let pass = 0; pass < 2; pass++) {
    for (let from = 0; from < ASSETS; from += RECORDED_AT_ONCE) {
      const count = Math.min(RECORDED_AT_ONCE, ASSETS - from);
      const observations = Array.from({ length: count }, (_, i) => observation(from + i, pass));
      const begunMs = performance.now();
      await store.assets.record(network.id, observations);
      recordingMs += performance.now() - begunMs;
    }
  }
  return (2 * ASSETS) / (recordingMs / 1_000);
}

function observation(i: number, pass: number): AssetObservation {
  const type = TYPES[i % TYPES.length];
  const decision = {
    type,
    confidence: ((i * 37) % 1_001) / 1_000,
    method: type === "unknown" ? ("none" as const) : ("heuristic" as const),
  };
  const ports = Array.from({ length: 8 }, (_, k) => ({
    protocol: 6,
    port: PORTS[k % 5],
    clients: i % 50,
    conversations: i,
  }));
  return {
    address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
    internal: true,
    firstSeen: new Date(FROM_MS + ((i * 7_919) % DAY_MS)),
    lastSeen: new Date(FROM_MS + DAY_MS + ((i * 104_729 + pass * 300_000) % DAY_MS)),
    conversations: (i * 7_919 + pass * 31) % 1_000_003,
    bytesIn: (i * 104_729 + pass * 777) % 1e9,
    bytesOut: (i * 1_299_709 + pass * 999) % 1e9,
    clients: i % 97,
    servers: i % 311,
    servedEndpoints: [
      { protocol: 6, port: PORTS[i % 5], clients: i % 97 },
      { protocol: 6, port: i % 5 === 1 ? 8_080 : 22, clients: 3 },
      { protocol: 17, port: 1_024 + ((i * 7_919) % 60_000), clients: 1 },
    ],
    maxSamplingRate: 1,
    evidence: {
      periodFrom: new Date(FROM_MS),
      periodTo: new Date(FROM_MS + DAY_MS),
      counts: {
        inboundConversations: i,
        outboundConversations: i,
        topServedPorts: ports,
        topUsedPorts: ports,
      },
      vector: Array.from({ length: 24 }, (_, k) => (k === 14 ? null : Math.log1p(i * k))),
      featureVersion: "features.v1",
      reasons: ports.slice(0, 5).map(({ port }) => ({
        name: `server.serves_${port}`,
        direction: "for",
        effect: 0.2,
        sentence: `serves ${port}/tcp to 12 clients`,
      })),
      missing: [],
    },
    engine: { ...decision, runnerUp: { type: "server", confidence: 0.3 }, role: null, modelVersion: null },
    decision,
    challenger: null,
  };
}

async function timesOf(store: MetadataStore, filter: AssetFilter): Promise<number[]> {
  const times: number[] = [];
  for (const by of ASSET_SORT_KEYS) {
    for (const direction of ["asc", "desc"] as const) {
      let cursor: string | null = null;
      for (let page = 0; page < PAGES && (page === 0 || cursor !== null); page++) {
        const begunMs = performance.now();
        const answer = await store.assets.list({
          filter,
          order: { by, direction },
          ...(cursor === null ? {} : { cursor }),
        });
        times.push(performance.now() - begunMs);
        cursor = answer.nextCursor;
      }
    }
  }
  return times;
}

function quantiles(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1));
  return { p50_ms: at(0.5), p95_ms: at(0.95), max_ms: at(1) };
}

const directory = mkdtempSync(join(tmpdir(), "flowlens-bench-"));
const engines = createEngines({ dataDirectory: directory }, { logger: silentLogger });
try {
  const { postgres } = await engines.start();
  const config = {
    connections: 8,
    statementTimeoutMs: 60_000,
    connectTimeoutMs: 5_000,
    startTimeoutMs: 30_000,
  };
  const store = createMetadataStore(config, { connection: () => postgres, logger: silentLogger });
  await store.start();
  const recorded = await fill(store);
  console.error(`${ASSETS} assets, recorded at ${Math.round(recorded)} a second.`);
  const all: number[] = [];
  const byFilter: Record<string, ReturnType<typeof quantiles>> = {};
  for (const [name, filter] of Object.entries(FILTERS)) {
    const times = await timesOf(store, filter);
    all.push(...times);
    byFilter[name] = quantiles(times);
    const { p50_ms, p95_ms, max_ms } = byFilter[name];
    console.error(`${name.padEnd(26)} p50 ${p50_ms} ms, p95 ${p95_ms} ms, at most ${max_ms} ms`);
  }
  const { p50_ms, p95_ms } = quantiles(all);
  console.error(`${all.length} pages of 100: p50 ${p50_ms} ms, p95 ${p95_ms} ms.`);
  await store.stop();
  if (options.json) {
    const command = ["node", "bench/asset-list.ts", ...process.argv.slice(2)].join(" ");
    console.log(
      JSON.stringify({
        machine: machineFacts(),
        command,
        assets: ASSETS,
        pages: all.length,
        p50_ms,
        p95_ms,
        recorded_per_second: Math.round(recorded),
        by_filter: byFilter,
      }),
    );
  }
} finally {
  await engines.stop();
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
}
