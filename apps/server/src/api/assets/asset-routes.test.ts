import { AssetDetail, AssetList, Problem, type AssetListItem } from "@flowlens/contract";
import { FEATURE_COUNT, NO_COUNTS, type HostCounts } from "@flowlens/features";
import { DEFAULT_HEURISTIC_THRESHOLDS } from "@flowlens/heuristics";
import { observeHost } from "#assets";
import type { AssetObservation } from "#metadata-store";
import { Value } from "typebox/value";
import { beforeAll, describe, expect, it } from "vitest";
import { withApi } from "../testing.ts";

const api = withApi();

const DAY_MS = Date.UTC(2026, 2, 3);
const PERIOD = { fromMs: DAY_MS, toMs: DAY_MS + 86_400_000 };

/** A PostgreSQL server with so many clients. */
function database(address: string, clients: number): AssetObservation {
  const conversations = 40 * clients;
  const counts: HostCounts = {
    ...NO_COUNTS,
    inboundConversations: conversations,
    tcpConversations: conversations,
    bytesIn: 1_000 * conversations,
    bytesOut: 50_000 * conversations,
    clients,
    internalClients: clients,
    servedPorts: 1,
    servesDatabasePort: true,
    topServedPorts: [{ protocol: 6, port: 5432, clients, conversations }],
    activeHoursOfDay: 24,
    spanHours: clients,
    hourlyConversationsSquareSum: clients * 40 ** 2,
    firstSeenMs: DAY_MS,
    lastSeenMs: DAY_MS + clients * 3_600_000,
  };
  return observeHost(
    { address, isInternal: true, counts },
    { period: PERIOD, firstSeenMs: DAY_MS, thresholds: DEFAULT_HEURISTIC_THRESHOLDS, standing: undefined },
  );
}

/** Hosts 10.0.0.1 to .9 and 2001:db8::1 in `default`, 10.0.0.1 in `lab`. */
beforeAll(async () => {
  const { networks, assets } = api.store;
  const home = await networks.ensure("default");
  const lab = await networks.ensure("lab", { internalRanges: ["10.0.0.0/8"], timeZone: "Europe/Berlin" });
  const hosts = [...Array.from({ length: 9 }, (_, i) => `10.0.0.${i + 1}`), "2001:db8::1"];
  await assets.record(
    home.id,
    hosts.map((address, i) => database(address, i + 1)),
  );
  await assets.record(lab.id, [database("10.0.0.1", 20)]);
});

async function ask(path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(new URL(`/api/v1${path}`, api.url));
  return { status: response.status, body: await response.json() };
}

async function list(query: string): Promise<AssetList> {
  const { status, body } = await ask(`/assets${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(Value.Errors(AssetList, body)).toEqual([]);
  return body as AssetList;
}

async function addresses(query: string): Promise<string[]> {
  return (await list(query)).assets.map(({ address }) => address);
}

describe("the list of assets", () => {
  it("shows all, by address, with what they are", async () => {
    const { assets, next_cursor, total } = await list("");
    expect(assets).toHaveLength(11);
    expect(next_cursor).toBeNull();
    expect(total).toBeNull();
    const first = assets.find(({ network }) => network === "default") as AssetListItem;
    expect(first).toMatchObject({
      address: "10.0.0.1",
      internal: true,
      served_ports: [{ protocol: 6, port: 5432, name: "5432/tcp", clients: 1 }],
      conversations: 40,
      bytes_in: 40_000,
      bytes_out: 2_000_000,
      first_seen: "2026-03-03T00:00:00.000Z",
    });
    expect(assets.at(-1)?.address).toBe("2001:db8::1");
  });

  it.each([
    ["?network=lab", 1],
    ["?network=default", 10],
    ["?type=database&network=default&min_confidence=0.5", 8],
    ["?type=server,workstation", 0],
    ["?method=heuristic,ml&network=default", 8],
    ["?method=none", 2],
    ["?max_confidence=1", 11],
    ["?served_port=5432", 11],
    ["?served_port=5432/tcp", 11],
    ["?served_port=5432/udp", 0],
    ["?address=10.0.0.0/30", 4],
    ["?address=2001:db8::/32", 1],
    ["?address=10.0.0.5", 1],
    ["?search=DB8", 1],
    ["?search=%25", 0],
    ["?locked=false", 11],
    ["?confirmed=true", 0],
    ["?last_seen_from=2026-03-03T08:00:00Z&network=default", 3],
    ["?last_seen_to=2026-03-03T03:00:00%2B01:00", 2],
  ])("is filtered by %s", async (query, count) => {
    const { assets, total } = await list(`${query}&with_total=true`);
    expect(assets).toHaveLength(count);
    expect(total).toBe(count);
  });

  it("is sorted by each key in both directions", async () => {
    const network = "network=default&limit=1000";
    const up = await addresses(`?${network}&sort=clients`);
    expect(up.slice(0, 2)).toEqual(["10.0.0.1", "10.0.0.2"]);
    expect(await addresses(`?${network}&sort=clients&order=desc`)).toEqual(up.toReversed());
    for (const sort of [
      "name",
      "type",
      "method",
      "confidence",
      "first_seen",
      "last_seen",
      "conversations",
      "bytes_in",
      "bytes_out",
      "servers",
    ]) {
      expect(await addresses(`?${network}&sort=${sort}`)).toHaveLength(10);
    }
  });

  it("is read page by page without missing or repeating a host", async () => {
    const seen: string[] = [];
    let cursor = "";
    let pages = 0;
    do {
      const page: AssetList = await list(
        `?sort=confidence&order=desc&limit=4&cursor=${cursor}`.replace(/&cursor=$/, ""),
      );
      seen.push(...page.assets.map(({ network, address }) => `${network} ${address}`));
      cursor = page.next_cursor ?? "";
      pages++;
    } while (cursor !== "");
    expect(pages).toBe(3);
    expect(new Set(seen).size).toBe(11);
  });

  it.each([
    ["network=", "network"],
    ["network=%20lab", "network"],
    [`network=${"x".repeat(201)}`, "network"],
    ["type=", "type"],
    ["type=Data-Base", "type"],
    ["method=guess", "method"],
    ["min_confidence=1.5", "min_confidence"],
    ["min_confidence=high", "min_confidence"],
    ["min_confidence=0.9&max_confidence=0.1", "min_confidence"],
    ["max_confidence=-1", "max_confidence"],
    ["served_port=0", "served_port"],
    ["served_port=65536", "served_port"],
    ["served_port=443/quic", "served_port"],
    ["address=10.0.0.0/33", "address"],
    ["address=example.com", "address"],
    ["address=10.0.0.256", "address"],
    ["search=", "search"],
    ["search=a%00b", "search"],
    ["locked=yes", "locked"],
    ["confirmed=1", "confirmed"],
    ["last_seen_from=yesterday", "last_seen_from"],
    ["last_seen_from=2026-02-30T00:00:00Z", "last_seen_from"],
    ["last_seen_from=0000-01-01T00:00:00Z", "last_seen_from"],
    ["last_seen_from=2026-03-01T12:00:00Z%5BEurope/Berlin%5D", "last_seen_from"],
    ["last_seen_to=2026-03-01", "last_seen_to"],
    ["last_seen_from=2026-03-02T00:00:00Z&last_seen_to=2026-03-01T00:00:00Z", "last_seen_from"],
    ["sort=colour", "sort"],
    ["order=up", "order"],
    ["cursor=", "cursor"],
    ["limit=0", "limit"],
    ["limit=1001", "limit"],
    ["limit=10&limit=20", "limit"],
    ["with_total=maybe", "with_total"],
  ])("refuses %s and names the parameter", async (query, field) => {
    const { status, body } = await ask(`/assets?${query}`);
    expect(status).toBe(400);
    expect(Value.Errors(Problem, body)).toEqual([]);
    expect(body).toMatchObject({ code: "PARAMETER_INVALID", errors: [{ in: "query", field }] });
    expect((body as Problem).detail).toContain(field);
  });

  it("refuses a parameter that it does not know, with the one that was probably meant", async () => {
    const { status, body } = await ask("/assets?serverd_port=443");
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "PARAMETER_UNKNOWN", errors: [{ field: "serverd_port" }] });
    expect((body as Problem).detail).toContain("did you mean served_port?");
  });

  it("refuses a cursor of another order, and one that was made up", async () => {
    const { next_cursor: cursor } = await list("?limit=1&sort=clients");
    for (const query of [`sort=address&cursor=${cursor}`, "cursor=abc", "cursor=WzEsMiwzXQ"]) {
      const { status, body } = await ask(`/assets?${query}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: "CURSOR_INVALID", errors: [{ field: "cursor" }] });
    }
  });

  it("says of a network that there is none, and which was probably meant", async () => {
    const { status, body } = await ask("/assets?network=defualt");
    expect(status).toBe(404);
    expect(body).toMatchObject({
      code: "NETWORK_NOT_FOUND",
      detail: 'There is no network "defualt"; did you mean default?',
      errors: [{ field: "network" }],
    });
  });
});

describe("one asset", () => {
  it("shows what stands behind its type", async () => {
    const [item] = (await list("?address=10.0.0.9&network=default")).assets;
    const { status, body } = await ask(`/assets/${item.id}`);
    expect(status).toBe(200);
    expect(Value.Errors(AssetDetail, body)).toEqual([]);
    const detail = body as AssetDetail;
    expect(detail).toMatchObject(item);
    expect(detail).toMatchObject({ asset_type: "database", notes: "", challenger: null });

    const { explanation, history } = detail;
    expect(explanation).toMatchObject({
      period_from: "2026-03-03T00:00:00.000Z",
      period_to: "2026-03-04T00:00:00.000Z",
      feature_version: "features.v1",
      missing: [],
      runner_up: item.engine?.runner_up,
    });
    expect(explanation?.reasons[0]).toMatchObject({
      direction: "for",
      sentence: expect.stringContaining("5432"),
    });
    expect(explanation?.features).toHaveLength(FEATURE_COUNT);
    expect(explanation?.features[4]).toEqual({
      name: "fan_in_count_log",
      label: "fan-in",
      value: Math.log1p(9),
      reads: "fan-in 9 clients",
    });
    expect(explanation?.counts).toMatchObject({
      inbound_conversations: 360,
      top_served_ports: [{ protocol: 6, port: 5432, clients: 9, conversations: 360 }],
    });
    expect(history).toMatchObject([{ from_type: "unknown", to_type: "database", method: "heuristic" }]);
    expect(history[0].vector).toHaveLength(FEATURE_COUNT);
  });

  it("that has no type says what is missing", async () => {
    const [item] = (await list("?address=10.0.0.1&network=default")).assets;
    const { explanation, asset_type } = (await ask(`/assets/${item.id}`)).body as AssetDetail;
    expect(asset_type).toBe("unknown");
    expect(explanation?.missing.length).toBeGreaterThan(0);
    expect(explanation?.features.find(({ value }) => value === null)?.reads).toContain("missing");
  });

  it("that is not there is a problem of its own", async () => {
    expect(await ask("/assets/999999")).toMatchObject({
      status: 404,
      body: { code: "ASSET_NOT_FOUND", detail: expect.stringContaining("999999") },
    });
  });

  it.each(["0", "-1", "first", "1.5", "10.0.0.1", "9".repeat(20)])("has no id %s", async (id) => {
    const { status, body } = await ask(`/assets/${id}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "PARAMETER_INVALID", errors: [{ in: "path", field: "id" }] });
  });

  it("takes no parameters", async () => {
    expect((await ask("/assets/1?verbose=true")).body).toMatchObject({ code: "PARAMETER_UNKNOWN" });
  });
});

it("networks are listed with what is internal in them", async () => {
  const { status, body } = await ask("/networks");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    networks: [
      { name: "default" },
      { name: "lab", internal_ranges: ["10.0.0.0/8"], time_zone: "Europe/Berlin" },
    ],
  });
});
