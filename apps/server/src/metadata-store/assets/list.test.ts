import { formatAddress, parseAddress, parseAddressRange, rangeContains } from "@flowlens/flow";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { LOOK_BACK, observation, withMetadataStore } from "../testing.ts";
import type { AssetSummary, ClassificationMethod } from "./asset.ts";
import { ASSETS_PER_PAGE_MAX, type AssetListRequest } from "./list.ts";
import type { AssetFilter } from "./list-filter.ts";
import { ASSET_SORT_KEYS, type AssetOrder, type AssetSortKey } from "./list-order.ts";

const test = withMetadataStore();

/** More than the store sorts of its own accord, so that both of its ways are gone. */
const HOSTS = 2_600;
const TYPES = ["server", "workstation", "database", "unknown"];
const PORTS = [22, 443, 53, 5432];

let networkId = 0;
let everything: AssetSummary[] = [];

beforeAll(async () => {
  networkId = (await test.store.networks.ensure("listed")).id;
  const hosts = Array.from({ length: HOSTS }, (_, i) => {
    const type = TYPES[i % TYPES.length];
    const method = type === "unknown" ? ("none" as const) : (["ml", "heuristic", "rule"] as const)[i % 3];
    const seenMs = LOOK_BACK.from.getTime() + ((i * 7_919) % 86_400) * 1_000;
    return observation(addressOf(i), {
      decision: { type, confidence: ((i * 37) % 101) / 100, method },
      conversations: (i * 31) % 977,
      bytesIn: i % 5 === 0 ? 9_007_199_254_740_991 : i % 50,
      bytesOut: i,
      internal: i % 5 !== 0,
      clients: i % 7,
      servers: (i * 13) % 11,
      servedEndpoints:
        i % 3 === 0 ? [] : [{ protocol: i % 2 === 0 ? 6 : 17, port: PORTS[i % PORTS.length], clients: 1 }],
      firstSeen: new Date(seenMs),
      lastSeen: new Date(seenMs + (i % 3) * 500),
    });
  });
  await test.store.assets.record(networkId, hosts);
  const client = await test.database.client();
  await client.query(`UPDATE assets SET name = CASE id % 4 WHEN 0 THEN 'Db-' || id % 10 WHEN 1 THEN 'db_' || id % 10 ELSE 'web 100% 東京' END,
      notes = 'rack ' || id % 3 WHERE id % 7 < 3`);
  await client.query("UPDATE assets SET classification_locked = true WHERE id % 11 = 0");
  await client.query("UPDATE assets SET classification_method = 'manual' WHERE id % 13 = 0");
  await client.query("UPDATE assets SET first_seen = NULL, last_seen = NULL WHERE id % 17 = 0");
  everything = await allPages({ filter: { networkId }, limit: ASSETS_PER_PAGE_MAX });
});

/** IPv4 of different lengths as text, and every third IPv6. */
function addressOf(i: number): string {
  return i % 3 === 0 ? `2001:db8::${(i * 7).toString(16)}` : `10.${i % 250}.${(i >> 3) % 256}.${i % 256}`;
}

async function allPages(request: AssetListRequest): Promise<AssetSummary[]> {
  const found: AssetSummary[] = [];
  let cursor: string | null = null;
  do {
    const page = await test.store.assets.list({ ...request, ...(cursor === null ? {} : { cursor }) });
    expect(page.assets.length).toBeLessThanOrEqual(request.limit ?? 100);
    found.push(...page.assets);
    cursor = page.nextCursor;
    if (cursor !== null) expect(page.assets).toHaveLength(request.limit ?? 100);
  } while (cursor !== null);
  return found;
}

/** What the list is to be, told without a database. `notes` are in no summary, so a search for them is tested apart. */
function expected(filter: AssetFilter, { by, direction }: AssetOrder): number[] {
  const sign = direction === "asc" ? 1 : -1;
  return everything
    .filter((asset) => passes(asset, filter))
    .toSorted((a, b) => compareBy(a, b, { by, direction }) || sign * (a.id - b.id))
    .map(({ id }) => id);
}

function passes(asset: AssetSummary, filter: AssetFilter): boolean {
  const range = filter.addressRange === undefined ? undefined : parseAddressRange(filter.addressRange);
  const text = `${asset.address} ${asset.name}`.toLowerCase();
  const seenMs = asset.lastSeen?.getTime() ?? Number.NaN;
  const firstMs = asset.firstSeen?.getTime() ?? Number.NaN;
  return (
    (filter.types?.includes(asset.assetType) ?? true) &&
    (filter.methods?.includes(asset.classificationMethod) ?? true) &&
    asset.confidence >= (filter.minConfidence ?? 0) &&
    asset.confidence <= (filter.maxConfidence ?? 1) &&
    (filter.servedPort === undefined ||
      asset.servedEndpoints.some(
        ({ port, protocol }) =>
          port === filter.servedPort?.port && protocol === (filter.servedPort.protocol ?? protocol),
      )) &&
    (range === undefined ||
      // ::/0 is all of IPv6, though as 16 bytes IPv4 lies in it.
      (rangeContains(range, parseAddress(asset.address) as Uint8Array) &&
        asset.address.includes(":") === filter.addressRange?.includes(":"))) &&
    text.includes(filter.search?.toLowerCase() ?? "") &&
    asset.internal === (filter.internal ?? asset.internal) &&
    (filter.firstSeenFrom === undefined || firstMs >= filter.firstSeenFrom.getTime()) &&
    (filter.firstSeenTo === undefined || firstMs <= filter.firstSeenTo.getTime()) &&
    asset.classificationLocked === (filter.locked ?? asset.classificationLocked) &&
    asset.confirmed === (filter.confirmed ?? asset.confirmed) &&
    (filter.lastSeenFrom === undefined || seenMs >= filter.lastSeenFrom.getTime()) &&
    (filter.lastSeenTo === undefined || seenMs <= filter.lastSeenTo.getTime())
  );
}

function compareBy(a: AssetSummary, b: AssetSummary, { by, direction }: AssetOrder): number {
  const sign = direction === "asc" ? 1 : -1;
  if (by === "name" && (a.name === "") !== (b.name === "")) return a.name === "" ? 1 : -1;
  const [left, right] = [sortValue(a, by), sortValue(b, by)];
  if (typeof left === "number") return sign * (left - (right as number));
  return sign * Buffer.compare(Buffer.from(left), Buffer.from(right as string | Uint8Array));
}

function sortValue(asset: AssetSummary, by: AssetSortKey): number | string | Uint8Array {
  switch (by) {
    case "address": {
      const bytes = parseAddress(asset.address) as Uint8Array;
      return Uint8Array.of(asset.address.includes(":") ? 6 : 4, ...bytes);
    }
    case "name":
      return asset.name.toLowerCase();
    case "type":
      return asset.assetType;
    case "method":
      return asset.classificationMethod;
    case "first_seen":
      return asset.firstSeen?.getTime() ?? Number.MIN_SAFE_INTEGER;
    case "last_seen":
      return asset.lastSeen?.getTime() ?? Number.MIN_SAFE_INTEGER;
    case "bytes_in":
      return asset.bytesIn;
    case "bytes_out":
      return asset.bytesOut;
    default:
      return asset[by];
  }
}

const METHODS: ClassificationMethod[] = ["ml", "heuristic", "manual", "rule", "none"];
const moment = fc.integer({ min: 0, max: 86_400 }).map((s) => new Date(LOOK_BACK.from.getTime() + s * 1_000));
const anyFilter: fc.Arbitrary<AssetFilter> = fc.record(
  {
    types: fc.subarray([...TYPES, "storage"], { minLength: 1 }),
    methods: fc.subarray(METHODS, { minLength: 1 }),
    minConfidence: fc.constantFrom(0, 0.01, 0.5, 0.99, 1),
    maxConfidence: fc.constantFrom(0, 0.5, 1),
    servedPort: fc.record(
      { port: fc.constantFrom(...PORTS, 9), protocol: fc.constantFrom(6, 17) },
      { requiredKeys: ["port"] },
    ),
    addressRange: fc.constantFrom(
      "10.0.0.0/8",
      "10.7.0.0/16",
      "2001:db8::/64",
      "10.1.0.1",
      "::/0",
      "192.0.2.0/24",
    ),
    search: fc.constantFrom("db", "DB_1", "100%", "東京", "10.1", "_", "\\", "nothing like it"),
    locked: fc.boolean(),
    confirmed: fc.boolean(),
    internal: fc.boolean(),
    firstSeenFrom: moment,
    firstSeenTo: moment,
    lastSeenFrom: moment,
    lastSeenTo: moment,
  },
  { requiredKeys: [] },
);
const anyOrder: fc.Arbitrary<AssetOrder> = fc.record({
  by: fc.constantFrom(...ASSET_SORT_KEYS),
  direction: fc.constantFrom("asc", "desc"),
});

describe("the list of assets", () => {
  it("has every asset of the network once", () => {
    expect(new Set(everything.map(({ address }) => address)).size).toBe(HOSTS);
    expect(everything.map(({ address }) => formatAddress(parseAddress(address) as Uint8Array))).toEqual(
      everything.map(({ address }) => address),
    );
  });

  it("is, page by page, what any filter lets pass, in any order", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyFilter,
        anyOrder,
        fc.integer({ min: 50, max: 1_000 }),
        async (filter, order, limit) => {
          const found = await allPages({ filter: { networkId, ...filter }, order, limit });
          expect(found.map(({ id }) => id)).toEqual(expected(filter, order));
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);

  it.each(ASSET_SORT_KEYS)("by %s, both ways, is in order over its pages", async (by) => {
    for (const direction of ["asc", "desc"] as const) {
      const found = await allPages({ filter: { networkId }, order: { by, direction }, limit: 650 });
      expect(found.map(({ id }) => id)).toEqual(expected({}, { by, direction }));
    }
  });

  it("counts all that pass when asked to, and only then", async () => {
    const { assets } = test.store;
    expect((await assets.list({ filter: { networkId }, withTotal: true, limit: 1 })).total).toBe(HOSTS);
    const few = { networkId, addressRange: "10.1.0.0/16" };
    expect((await assets.list({ filter: few, withTotal: true, limit: 1 })).total).toBe(
      expected(few, { by: "address", direction: "asc" }).length,
    );
    expect((await assets.list({ filter: few })).total).toBeNull();
  });

  it("finds what is written in the notes", async () => {
    const { assets } = await test.store.assets.list({
      filter: { networkId, search: "RACK 2" },
      limit: 1_000,
    });
    expect(assets.length).toBeGreaterThan(0);
    expect(assets.every(({ id }) => id % 3 === 2)).toBe(true);
  });

  it("neither repeats nor skips anything when assets come and go between two pages", async () => {
    const crowd = (await test.store.networks.ensure("crowd")).id;
    const host = (i: number) => observation(`10.0.${i >> 8}.${i & 255}`, { conversations: (i % 10) * 100 });
    await test.store.assets.record(
      crowd,
      Array.from({ length: 200 }, (_, i) => host(i * 2)),
    );
    const order = { by: "conversations", direction: "desc" } as const;
    const first = await test.store.assets.list({ filter: { networkId: crowd }, order, limit: 90 });

    const client = await test.database.client();
    const gone = [first.assets[10], first.assets[89]].map(({ id }) => id);
    await client.query("DELETE FROM assets WHERE id = ANY($1)", [gone]);
    await test.store.assets.record(
      crowd,
      Array.from({ length: 200 }, (_, i) => host(i * 2 + 1)),
    );

    const seen = first.assets.map(({ id }) => id);
    let cursor = first.nextCursor;
    while (cursor !== null) {
      const page = await test.store.assets.list({ filter: { networkId: crowd }, order, limit: 90, cursor });
      seen.push(...page.assets.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    const there = await client.query<{ id: string }>(
      "SELECT id FROM assets WHERE network_id = $1 AND id <= $2",
      [crowd, Math.max(...first.assets.map(({ id }) => id))],
    );
    for (const { id } of there.rows) expect(seen).toContain(Number(id));
  });

  it.each([
    [
      "an address range that is none",
      { filter: { addressRange: "10.0.0.0/40" } },
      "METADATA_STORE_BAD_ARGUMENT",
    ],
    ["a page of nothing", { limit: 0 }, "METADATA_STORE_BAD_ARGUMENT"],
    ["a page of too much", { limit: 1_001 }, "METADATA_STORE_BAD_ARGUMENT"],
    ["a cursor that is none", { cursor: "abc" }, "METADATA_STORE_BAD_CURSOR"],
  ])("refuses %s", async (_what, request, code) => {
    await expect(test.store.assets.list(request)).rejects.toMatchObject({ code });
  });

  it("refuses a cursor whose value is not of the sort's kind, for every sort", async () => {
    for (const by of ASSET_SORT_KEYS.filter((key) => !["name", "type", "method"].includes(key))) {
      const cursor = Buffer.from(JSON.stringify([`assets ${by} asc`, "x'); DROP TABLE assets", 1])).toString(
        "base64url",
      );
      await expect(test.store.assets.list({ order: { by, direction: "asc" }, cursor })).rejects.toMatchObject(
        {
          code: "METADATA_STORE_BAD_CURSOR",
        },
      );
    }
  });
});
