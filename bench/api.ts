/**
 * How long a page of assets takes over HTTP: `npm run bench:api -- [--assets 100000] [--queries 500] [--seed 1] [--json]`.
 * Generated assets in a real metadata store behind the real server; random queries over every filter, sort, search,
 * page size and cursor depth, one after another. For people on stderr; with --json one object on stdout.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ASSET_SORT_KEYS, type AssetList } from "@flowlens/contract";
import { Value } from "typebox/value";
import { API_CONFIG, createApi, type ApiDependencies } from "../apps/server/src/api/index.ts";
import { createEngines } from "../apps/server/src/engines/index.ts";
import { createMetadataStore, METADATA_STORE_CONFIG } from "../apps/server/src/metadata-store/index.ts";
import { createMetrics, silentLogger } from "../apps/server/src/telemetry/index.ts";
import { fillAssets, FROM_MS } from "./api/made-assets.ts";
import { machineFacts } from "./harness.ts";

const { values: options } = parseArgs({
  options: {
    assets: { type: "string", default: "100000" },
    queries: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const ASSETS = Number(options.assets);
const QUERIES = Number(options.queries);
const DAY_MS = 86_400_000;
const moment = (days: number): string => new Date(FROM_MS + days * DAY_MS).toISOString();

type Parameters = Readonly<Record<string, string>>;

/** What can be asked for, by kind. Of a kind one is taken. */
const FILTERS: Readonly<Record<string, readonly Parameters[]>> = {
  network: [{ network: "default" }],
  type: [
    { type: "database" },
    { type: "workstation" },
    { type: "database,server" },
    { type: "load_balancer" },
    { type: "unknown" },
  ],
  method: [{ method: "heuristic" }, { method: "none" }, { method: "ml,manual" }],
  confidence: [
    { min_confidence: "0.9" },
    { max_confidence: "0.5" },
    { min_confidence: "0.4", max_confidence: "0.401" },
    { min_confidence: "0.999" },
  ],
  served_port: [
    { served_port: "22" },
    { served_port: "5432/tcp" },
    { served_port: "31000" },
    { served_port: "53/udp" },
  ],
  address: [
    { address: "10.0.0.0/8" },
    { address: "10.1.0.0/16" },
    { address: "10.0.77.0/24" },
    { address: "10.0.77.7" },
    { address: "2001:db8::/32" },
  ],
  "search, of half": [{ search: "10.0" }, { search: "host" }],
  "search, of some": [{ search: "0.77." }, { search: "HOST-7" }, { search: "rack 12" }],
  "search, of few": [
    { search: "host-77777" },
    { search: "10.0.77.7" },
    { search: "東京" },
    { search: "10.1.99.9" },
  ],
  "search, of nobody": [
    { search: "nothing like it" },
    { search: "100%" },
    { search: "zz" },
    { search: "10.9.9.9" },
  ],
  "search, short": [{ search: "7" }, { search: "a" }, { search: "~" }, { search: "99" }],
  internal: [{ internal: "true" }, { internal: "false" }],
  locked: [{ locked: "true" }, { locked: "false" }],
  confirmed: [{ confirmed: "true" }, { confirmed: "false" }],
  first_seen: [
    { first_seen_from: moment(0.5) },
    { first_seen_from: moment(0.2), first_seen_to: moment(0.201) },
    { first_seen_to: moment(0.001) },
  ],
  last_seen: [
    { last_seen_from: moment(1.5) },
    { last_seen_from: moment(1.997) },
    { last_seen_to: moment(1.1), last_seen_from: moment(1.09) },
  ],
};

/** mulberry32: the same queries for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Query {
  readonly kinds: readonly string[];
  readonly parameters: Parameters;
}

/** Up to three filters, any sort either way, any page size, and often a place deep in the list. */
function makeQuery(random: () => number, places: ReadonlyMap<string, readonly string[]>): Query {
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)];
  const kinds = new Set<string>();
  const parameters: Record<string, string> = {};
  const count = Math.floor(random() * 4);
  for (let i = 0; i < count; i++) {
    const kind = one(Object.keys(FILTERS));
    const isSecondSearch = kind.startsWith("search") && parameters["search"] !== undefined;
    if (kinds.has(kind) || isSecondSearch) continue;
    kinds.add(kind);
    Object.assign(parameters, one(FILTERS[kind]));
  }
  if (count === 0) kinds.add("no filter");
  const sort = one(ASSET_SORT_KEYS);
  const order = one(["asc", "desc"]);
  Object.assign(parameters, { sort, order, limit: one(["25", "100", "100", "100", "500"]) });
  kinds.add(`sort by ${sort}`);
  if (random() < 0.5) {
    parameters["cursor"] = one(places.get(`${sort} ${order}`) ?? []);
    kinds.add("from a cursor");
  }
  if (random() < 0.2) {
    parameters["with_total"] = "true";
    kinds.add("with the total");
  }
  return { kinds: [...kinds], parameters };
}

async function ask(url: string, parameters: Parameters): Promise<AssetList> {
  const response = await fetch(new URL(`/api/v1/assets?${String(new URLSearchParams(parameters))}`, url));
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${JSON.stringify(parameters)}: ${JSON.stringify(answer)}`);
  return answer as AssetList;
}

/** Pages of 1000 that are walked: of one sort the whole list, of the others its beginning from either end. */
const DEEP = 8;

/** Cursors of each sort. */
async function findPlaces(url: string): Promise<Map<string, string[]>> {
  const places = new Map<string, string[]>();
  for (const sort of ASSET_SORT_KEYS) {
    for (const order of ["asc", "desc"]) {
      const found: string[] = [];
      let cursor: string | null = null;
      do {
        const page: AssetList = await ask(url, {
          sort,
          order,
          limit: "1000",
          ...(cursor === null ? {} : { cursor }),
        });
        cursor = page.next_cursor;
        if (cursor !== null) found.push(cursor);
      } while (
        cursor !== null &&
        found.length < (sort === "address" && order === "asc" ? ASSETS / 1_100 : DEEP)
      );
      places.set(`${sort} ${order}`, found);
    }
  }
  return places;
}

function quantiles(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1));
  return { p50_ms: at(0.5), p95_ms: at(0.95), max_ms: at(1) };
}

async function measure(url: string) {
  const places = await findPlaces(url);
  const random = randomFrom(Number(options.seed));
  const times: number[] = [];
  const byKind = new Map<string, number[]>();
  const slowest: { readonly ms: number; readonly parameters: Parameters }[] = [];
  for (let i = 0; i < QUERIES; i++) {
    const { kinds, parameters } = makeQuery(random, places);
    const begunMs = performance.now();
    await ask(url, parameters);
    const ms = performance.now() - begunMs;
    times.push(ms);
    slowest.push({ ms: Math.round(ms), parameters });
    for (const kind of kinds) byKind.set(kind, [...(byKind.get(kind) ?? []), ms]);
  }
  slowest.sort((a, b) => b.ms - a.ms);
  return {
    all: quantiles(times),
    byKind: [...byKind].map(([kind, ofKind]) => ({ kind, queries: ofKind.length, ...quantiles(ofKind) })),
    slowest: slowest
      .slice(0, 5)
      .map(({ ms, parameters: { cursor, ...rest } }) => ({ ms, ...rest, deep: cursor !== undefined })),
  };
}

const directory = mkdtempSync(join(tmpdir(), "flowlens-bench-"));
const engines = createEngines({ dataDirectory: directory }, { logger: silentLogger });
try {
  const { postgres } = await engines.start();
  const metadata = createMetadataStore(Value.Create(METADATA_STORE_CONFIG), {
    connection: () => postgres,
    logger: silentLogger,
  });
  await metadata.start();
  const recorded = await fillAssets(metadata, ASSETS, () => postgres);
  console.error(`${ASSETS} assets, recorded at ${Math.round(recorded)} a second.`);
  // Only the list is asked: nothing of what else the API can do is needed.
  const unused = { flows: {}, collector: {}, auth: {}, importing: undefined } as unknown as Pick<
    ApiDependencies,
    "flows" | "collector" | "auth" | "importing"
  >;
  const api = createApi(
    { ...Value.Create(API_CONFIG), port: 0 },
    {
      ...unused,
      metadata,
      health: [],
      metrics: createMetrics(),
      logger: silentLogger,
      version: "0.0.0",
      dataDirectory: directory,
    },
  );
  const { url } = await api.start();
  const { all, byKind, slowest } = await measure(url);
  for (const { kind, queries, p50_ms, p95_ms, max_ms } of byKind.toSorted((a, b) => b.p95_ms - a.p95_ms)) {
    console.error(
      `${kind.padEnd(22)} ${String(queries).padStart(4)} queries: p50 ${p50_ms} ms, p95 ${p95_ms} ms, at most ${max_ms} ms`,
    );
  }
  for (const one of slowest) console.error(`slow: ${JSON.stringify(one)}`);
  console.error(`${QUERIES} queries: p50 ${all.p50_ms} ms, p95 ${all.p95_ms} ms, at most ${all.max_ms} ms.`);
  await api.stop();
  await metadata.stop();
  if (options.json) {
    const command = ["npm run bench:api --", ...process.argv.slice(2)].join(" ");
    console.log(
      JSON.stringify({
        machine: machineFacts(),
        command,
        assets: ASSETS,
        queries: QUERIES,
        ...all,
        recorded_per_second: Math.round(recorded),
        by_kind: byKind,
      }),
    );
  }
} finally {
  await engines.stop();
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
}
