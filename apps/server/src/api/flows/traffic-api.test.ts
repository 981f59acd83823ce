import {
  AssetActivity,
  AssetPeers,
  AssetServices,
  FlowAggregateList,
  FlowRecordList,
  NetworkDetail,
  NetworkServices,
  Problem,
  TopTalkers,
  Traffic,
  type AssetList,
} from "@flowlens/contract";
import { createFlowBatch, parseAddressInto, startFlow, TCP_FLAG, type FlowBatch } from "@flowlens/flow";
import { NO_COUNTS } from "@flowlens/features";
import { DEFAULT_HEURISTIC_THRESHOLDS } from "@flowlens/heuristics";
import { observeHost } from "#assets";
import { createFlowStore, FLOW_STORE_CONFIG, type FlowStore } from "#flow-store";
import { withClickHouse } from "#engines/testing";
import { silentLogger } from "#telemetry";
import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withApi } from "../testing.ts";

const clickhouse = withClickHouse();
let store: FlowStore;
const api = withApi({ flows: { queriesWithin: (limits) => store.queriesWithin(limits) } });

/** A Monday. */
const DAY_MS = Date.UTC(2026, 2, 2);
const MINUTE_MS = 60_000;
const NEWEST_MS = DAY_MS + 11 * 60 * MINUTE_MS;
const PERIOD_END_MS = NEWEST_MS + 5 * MINUTE_MS;

interface Conversation {
  readonly client: string;
  readonly server: string;
  readonly port: number;
  readonly atMs: number;
  readonly answered?: boolean;
}

/** Each direction is a record of its own: 100 bytes there, 1000 back. */
function batchOf(conversations: readonly Conversation[]): FlowBatch {
  const batch = createFlowBatch(2 * conversations.length);
  const add = (
    [from, to]: readonly [string, string],
    ports: readonly [number, number],
    more: readonly number[],
  ) => {
    const row = startFlow(batch);
    parseAddressInto("192.0.2.1", batch.exporter, row * 16);
    parseAddressInto(from, batch.srcAddr, row * 16);
    parseAddressInto(to, batch.dstAddr, row * 16);
    [batch.srcPort[row], batch.dstPort[row]] = ports;
    batch.ipProtocol[row] = 6;
    const [atMs, bytes, flags] = more;
    batch.timeStart[row] = atMs;
    batch.timeEnd[row] = atMs + 1_000;
    batch.bytes[row] = bytes;
    batch.packets[row] = 3;
    batch.tcpFlags[row] = flags;
    batch.length++;
  };
  const { syn, ack, fin } = TCP_FLAG;
  conversations.forEach(({ client, server, port, atMs, answered = true }, i) => {
    const from = 40_000 + i;
    add([client, server], [from, port], [atMs, 100, answered ? syn | ack | fin : syn]);
    if (answered) add([server, client], [port, from], [atMs + 5, 1_000, syn | ack | fin]);
  });
  return batch;
}

const CONVERSATIONS: readonly Conversation[] = [
  ...Array.from({ length: 6 }, (_, i) => ({
    client: `10.0.0.${10 + i}`,
    server: "10.0.0.2",
    port: 443,
    atMs: DAY_MS + 9 * 60 * MINUTE_MS + i * 10 * MINUTE_MS,
  })),
  { client: "10.0.0.2", server: "10.0.0.3", port: 5432, atMs: DAY_MS + 10 * 60 * MINUTE_MS },
  { client: "10.0.0.66", server: "10.0.0.2", port: 22, atMs: DAY_MS + 11 * 60 * MINUTE_MS, answered: false },
];

let ids = new Map<string, number>();

beforeAll(async () => {
  store = createFlowStore(Value.Create(FLOW_STORE_CONFIG), {
    connection: () => clickhouse,
    logger: silentLogger,
  });
  await store.start();
  const network = await api.store.networks.ensure("default", { timeZone: "Europe/Berlin" });
  await store.insertFlows(batchOf(CONVERSATIONS), {
    networkId: network.id,
    importId: 3,
    token: "once",
    receivedAtMs: Date.now(),
  });
  await store.fold({ nowMs: Date.now() });
  await api.store.assets.record(
    network.id,
    ["10.0.0.2", "10.0.0.3"].map((address) =>
      observeHost(
        { address, isInternal: true, counts: { ...NO_COUNTS, firstSeenMs: DAY_MS, lastSeenMs: NEWEST_MS } },
        {
          period: { fromMs: PERIOD_END_MS - 24 * 60 * MINUTE_MS, toMs: PERIOD_END_MS },
          firstSeenMs: DAY_MS,
          thresholds: DEFAULT_HEURISTIC_THRESHOLDS,
          standing: undefined,
        },
      ),
    ),
  );
  const { body } = await ask("/assets");
  ids = new Map((body as AssetList).assets.map(({ address, id }) => [address, id]));
}, 60_000);
afterAll(() => store.stop());

async function ask(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(new URL(`/api/v1${path}`, api.url));
  return { status: response.status, body: await response.json() };
}

async function answerOf<Schema extends TSchema>(schema: Schema, path: string) {
  const { status, body } = await ask(path);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(Value.Errors(schema, body)).toEqual([]);
  return body as ReturnType<typeof Value.Parse<Schema>>;
}

const at = (minutes: number): string => new Date(DAY_MS + minutes * MINUTE_MS).toISOString();

describe("the traffic of an asset", () => {
  it("is told by service, with what nobody answered beside it", async () => {
    const answer = await answerOf(AssetServices, `/assets/${ids.get("10.0.0.2")}/services`);
    expect(answer.total).toBe(3);
    expect(answer.period_to).toBe(at(11 * 60 + 5));
    expect(answer.services).toMatchObject([
      {
        side: "server",
        name: "443/tcp",
        served: true,
        peers: 6,
        conversations: 6,
        bytes_in: 600,
        bytes_out: 6_000,
      },
      { side: "client", name: "5432/tcp", served: false, conversations: 1, bytes_in: 1_000 },
      { side: "server", name: "22/tcp", served: false, conversations: 0, unanswered: 1 },
    ]);
  });

  it("is told by peer, those that are assets with what they are", async () => {
    const { peers, total } = await answerOf(AssetPeers, `/assets/${ids.get("10.0.0.2")}/peers?limit=3`);
    expect(total).toBe(8);
    expect(peers).toHaveLength(3);
    const all = await answerOf(AssetPeers, `/assets/${ids.get("10.0.0.2")}/peers`);
    expect(all.peers.find(({ address }) => address === "10.0.0.3")).toMatchObject({
      asset: { id: ids.get("10.0.0.3"), name: "", asset_type: "unknown" },
      conversations: 1,
      conversations_in: 0,
    });
    expect(all.peers.find(({ address }) => address === "10.0.0.66")).toMatchObject({
      asset: null,
      conversations: 0,
      unanswered: 1,
    });
  });

  it("is told hour by hour on the clock of its network", async () => {
    const { hours, time_zone: zone } = await answerOf(
      AssetActivity,
      `/assets/${ids.get("10.0.0.2")}/activity`,
    );
    expect(zone).toBe("Europe/Berlin");
    expect(hours).toMatchObject([
      { start: at(9 * 60), weekday: 1, hour: 10, conversations: 6, conversations_in: 6 },
      { start: at(10 * 60), weekday: 1, hour: 11, conversations: 1, conversations_in: 0 },
      { start: at(11 * 60), weekday: 1, hour: 12, conversations: 0, unanswered: 1 },
    ]);
  });

  it("is of a period that may be given, in part too", async () => {
    const path = `/assets/${ids.get("10.0.0.2")}/services`;
    const between = await answerOf(AssetServices, `${path}?from=${at(9 * 60)}&to=${at(9 * 60 + 20)}`);
    expect(between.services).toMatchObject([{ name: "443/tcp", conversations: 2 }]);
    expect(await answerOf(AssetServices, `${path}?from=${at(24 * 60)}`)).toMatchObject({
      services: [],
      total: 0,
      period_from: at(24 * 60),
      period_to: at(24 * 60),
    });
    const until = await answerOf(AssetServices, `${path}?to=${at(9 * 60 + 5)}`);
    expect(until).toMatchObject({ period_from: at(9 * 60 + 5 - 24 * 60), total: 1 });
  });

  it("of an asset that is not there is a problem", async () => {
    for (const part of ["services", "peers", "activity", "features", "explanation", "history"]) {
      expect(await ask(`/assets/424242/${part}`)).toMatchObject({
        status: 404,
        body: { code: "ASSET_NOT_FOUND" },
      });
    }
  });
});

describe("raw records", () => {
  it("come by the names of the catalogue, page by page", async () => {
    const first = await answerOf(FlowRecordList, "/flows/records?host=10.0.0.0/30&limit=4");
    expect(first.network).toBe("default");
    expect(first.records).toHaveLength(4);
    expect(first.records[0]).toMatchObject({
      exporter: "192.0.2.1",
      src_addr: "10.0.0.66",
      dst_port: 22,
      time_start: at(11 * 60),
      bytes: 100,
      import_id: 3,
    });
    const rest = await answerOf(
      FlowRecordList,
      `/flows/records?host=10.0.0.0/30&limit=1000&cursor=${first.next_cursor}`,
    );
    expect(rest.records).toHaveLength(11);
    expect(rest.next_cursor).toBeNull();
  });

  it.each([
    ["host=10.0.0.3", 2],
    ["host=10.0.0.2&peer=10.0.0.66", 1],
    ["port=5432", 2],
    ["protocol=17", 0],
    ["exporter=192.0.2.1", 15],
    ["exporter=192.0.2.2", 0],
    ["import_id=4", 0],
    [`from=${at(10 * 60)}&to=${at(10 * 60 + 1)}`, 2],
  ])("are filtered by %s", async (query, count) => {
    expect((await answerOf(FlowRecordList, `/flows/records?${query}`)).records).toHaveLength(count);
  });

  it("are looked for no longer than the limit", async () => {
    const given: number[] = [];
    const impatient = api.another({
      config: { questionLimitMs: 100 },
      flows: {
        queriesWithin(limits) {
          given.push(limits.limitMs);
          // What takes the store longer than that is given up; this little data does not.
          return store.queriesWithin({ ...limits, limitMs: 0.01 });
        },
      },
    });
    const { url } = await impatient.start();
    const response = await fetch(new URL("/api/v1/flows/records", url));
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      code: "QUESTION_TOO_LARGE",
      detail: expect.stringContaining("shorter period"),
    });
    expect(given).toEqual([100]);
    await impatient.stop();
  });
});

describe("what was counted", () => {
  it("is shown window by window, from the host's view", async () => {
    const answer = await answerOf(FlowAggregateList, "/flows/aggregates?host=10.0.0.2&limit=2");
    expect(answer.aggregates).toMatchObject([
      {
        window: at(11 * 60),
        side: "server",
        peer: "10.0.0.66",
        answered: false,
        one_way: 1,
        service: "22/tcp",
      },
      { window: at(10 * 60), side: "client", peer: "10.0.0.3", answered: true, accepted: 1, bytes_in: 1_000 },
    ]);
    const rest = await answerOf(
      FlowAggregateList,
      `/flows/aggregates?host=10.0.0.2&cursor=${answer.next_cursor}`,
    );
    expect(rest.aggregates).toHaveLength(6);
    const pair = "/flows/aggregates?host=10.0.0.2&peer=10.0.0.10&side=server&port=443&protocol=6";
    expect((await answerOf(FlowAggregateList, pair)).aggregates).toHaveLength(1);
  });

  it("is summed over time, with the steps in between", async () => {
    const { points, step_s: stepS } = await answerOf(
      Traffic,
      `/flows/traffic?from=${at(9 * 60)}&to=${at(11 * 60)}&step_s=1800`,
    );
    expect(stepS).toBe(1_800);
    expect(points.map(({ conversations }) => conversations)).toEqual([3, 3, 1, 0]);
    expect(points[0]).toMatchObject({ start: at(9 * 60), bytes_in: 300, bytes_out: 3_000, packets_in: 9 });
    const newest = await answerOf(Traffic, "/flows/traffic?host=10.0.0.3");
    expect(newest).toMatchObject({ host: "10.0.0.3", step_s: 300, period_to: at(11 * 60 + 5) });
    expect(newest.points).toHaveLength(288);
    expect(newest.points.filter(({ bytes_in: bytes }) => bytes > 0)).toMatchObject([
      { start: at(10 * 60), bytes_in: 100, bytes_out: 1_000 },
    ]);
    // All there ever was, in as few points as a person can look at.
    const all = await answerOf(Traffic, "/flows/traffic?from=1970-01-01T00:00:00Z");
    expect(all.points.length).toBeLessThanOrEqual(301);
    expect(all.points.reduce((sum, { conversations }) => sum + conversations, 0)).toBe(7);
  });

  it("is ranked by host and by service", async () => {
    const top = await answerOf(TopTalkers, "/flows/top-talkers?limit=2");
    expect(top).toMatchObject({
      by: "bytes",
      total: 8,
      hosts: [
        { address: "10.0.0.2", asset: { id: ids.get("10.0.0.2") }, bytes: 7_700, peers: 7 },
        { bytes: 1_100, peers: 1 },
      ],
    });
    const internal = await answerOf(TopTalkers, "/flows/top-talkers?internal_only=true&by=conversations");
    expect(internal.hosts).toHaveLength(8);
    const services = await answerOf(NetworkServices, "/flows/services?by=bytes");
    expect(services.services).toEqual([
      { protocol: 6, port: 443, name: "443/tcp", servers: 1, clients: 6, conversations: 6, bytes: 6_600 },
      { protocol: 6, port: 5432, name: "5432/tcp", servers: 1, clients: 1, conversations: 1, bytes: 1_100 },
    ]);
  });

  it("says of a network how many assets it has and when its traffic was", async () => {
    expect(await answerOf(NetworkDetail, "/networks/default")).toMatchObject({
      time_zone: "Europe/Berlin",
      assets: { internal: 2, external: 0 },
      first_traffic: at(9 * 60),
      last_traffic: new Date(DAY_MS + 11 * 60 * MINUTE_MS + 1_000).toISOString(),
    });
    expect(await ask("/networks/defualt")).toMatchObject({
      status: 404,
      body: { code: "NETWORK_NOT_FOUND", errors: [{ in: "path", field: "name" }] },
    });
  });
});

describe("a question about traffic", () => {
  it.each([
    ["/flows/records?peer=10.0.0.1", "peer"],
    ["/flows/records?host=10.0.0.0/40", "host"],
    ["/flows/records?host=10.0.0.1&peer=10.0.0.0/8", "peer"],
    ["/flows/records?exporter=router", "exporter"],
    ["/flows/records?port=65536", "port"],
    ["/flows/records?protocol=256", "protocol"],
    ["/flows/records?limit=1001", "limit"],
    ["/flows/records?import_id=0", "import_id"],
    ["/flows/records?from=2200-01-01T00:00:00Z", "from"],
    ["/flows/records?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "from"],
    ["/flows/aggregates", "host"],
    ["/flows/aggregates?host=10.0.0.0/8", "host"],
    ["/flows/aggregates?host=10.0.0.1&side=both", "side"],
    ["/flows/traffic?step_s=301", "step_s"],
    ["/flows/traffic?step_s=300&from=2020-01-01T00:00:00Z", "step_s"],
    ["/flows/traffic?host=%00", "host"],
    ["/flows/top-talkers?by=noise", "by"],
    ["/flows/services?limit=0", "limit"],
    ["/assets/1/peers?limit=10001", "limit"],
    ["/assets/1/activity?to=now", "to"],
  ])("as %s is refused and the parameter named", async (path, field) => {
    const { status, body } = await ask(path);
    expect(status).toBe(400);
    expect(Value.Errors(Problem, body)).toEqual([]);
    expect(body).toMatchObject({ code: "PARAMETER_INVALID", errors: [{ field }] });
  });

  it.each(["/flows/records", "/flows/aggregates?host=10.0.0.2"])(
    "with a cursor that %s never gave is refused",
    async (path) => {
      for (const cursor of ["x", "1", "1.2.3.4", "WyJhIiwxXQ", "99999999999.1.1", "-1.0.0", "'"]) {
        const { status, body } = await ask(
          `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`,
        );
        expect(status, cursor).toBe(400);
        expect(body).toMatchObject({ code: "CURSOR_INVALID", errors: [{ field: "cursor" }] });
      }
    },
  );

  it("about a network that is not there names those that are", async () => {
    for (const path of ["records", "traffic", "top-talkers", "services", "aggregates?host=10.0.0.1"]) {
      expect(await ask(`/flows/${path}${path.includes("?") ? "&" : "?"}network=lab`)).toMatchObject({
        status: 404,
        body: { code: "NETWORK_NOT_FOUND", detail: expect.stringContaining("default") },
      });
    }
  });
});
