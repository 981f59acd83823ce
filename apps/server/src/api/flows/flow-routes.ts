import {
  FlowAggregateList,
  FlowAggregatesQuery,
  FlowRecordList,
  FlowRecordsQuery,
  formatService,
  NetworkServices,
  NetworkServicesQuery,
  TopTalkers,
  TopTalkersQuery,
  Traffic,
  TrafficQuery,
} from "@flowlens/contract";
import { parseAddressRange } from "@flowlens/flow";
import type { Queries } from "#flow-store";
import type { MetadataStore } from "#metadata-store";
import { toAssetReference } from "../assets/asset-reference.ts";
import { networkNamed } from "../networks/network-named.ts";
import { addressOrRange, hostAddress } from "../parameters/host-address.ts";
import { completePeriod, periodAnswer, readPeriod, type Period } from "../parameters/period.ts";
import { invalidParameter } from "../parameters/read-parameters.ts";
import type { Server } from "../server/server.ts";
import { toFlowAggregate, toFlowRecord } from "./flow-json.ts";
import { everyStep, stepFor } from "./traffic-steps.ts";
import type { AskTraffic } from "./traffic-questions.ts";

export interface FlowRouteDependencies {
  readonly metadata: Pick<MetadataStore, "assets" | "networks">;
  readonly ask: AskTraffic;
}

const DAY_MS = 86_400_000;
const WINDOW_MS = 300_000;
const PROBLEMS = ["NETWORK_NOT_FOUND", "QUESTION_TOO_LARGE"] as const;
const PERIOD_SAID = "Without a period: the last 24 hours of the network's traffic, whenever that was.";
const NETWORK_SAID = "Without a network: default, or the only one there is.";

export function addFlowRoutes(server: Server, { metadata, ask }: FlowRouteDependencies): void {
  server.get(
    "/flows/records",
    {
      config: {
        access: "open",
        problems: [...PROBLEMS, "CURSOR_INVALID"],
        example: "?host=10.1.2.3&port=443&from=2026-03-01T12:00:00Z&limit=20",
      },
      schema: {
        operationId: "listFlowRecords",
        summary: "Raw records as they were received, latest first, page by page",
        description: `The records behind an answer: what exporters really sent, until it expires. A host may be a range. ${NETWORK_SAID} A question over a long time that finds little may be given up with QUESTION_TOO_LARGE: name a period.`,
        tags: ["flows"],
        querystring: FlowRecordsQuery,
        response: { 200: FlowRecordList },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const { host, peer, exporter, port, protocol, limit = 100, cursor } = query;
      if (peer !== undefined && host === undefined) {
        throw invalidParameter("peer", "is only good together with host");
      }
      const filter = {
        ...readPeriod(query),
        ...(host === undefined ? {} : { host: addressOrRange("host", host) }),
        ...(peer === undefined ? {} : { peer: hostAddress("peer", peer) }),
        ...(exporter === undefined ? {} : { exporter: hostAddress("exporter", exporter) }),
        ...(port === undefined ? {} : { port }),
        ...(protocol === undefined ? {} : { protocol }),
        ...(query.import_id === undefined ? {} : { importId: query.import_id }),
      };
      const network = await networkNamed(metadata, query.network);
      const page = await ask(reply, (queries) =>
        queries.records(
          { networkId: network.id, ...filter },
          cursor === undefined ? { limit } : { limit, cursor },
        ),
      );
      return {
        network: network.name,
        records: page.records.map(toFlowRecord),
        next_cursor: page.next ?? null,
      };
    },
  );

  server.get(
    "/flows/aggregates",
    {
      config: {
        access: "open",
        problems: [...PROBLEMS, "CURSOR_INVALID"],
        example: "?host=10.1.2.3&peer=10.1.2.4",
      },
      schema: {
        operationId: "listFlowAggregates",
        summary: "The 5-minute aggregates of a host, newest first, page by page",
        description: `What counts: one row for each window, peer and service, seen from the host. ${NETWORK_SAID} ${PERIOD_SAID}`,
        tags: ["flows"],
        querystring: FlowAggregatesQuery,
        response: { 200: FlowAggregateList },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const { peer, side, port, protocol, limit = 100, cursor } = query;
      const question = {
        address: hostAddress("host", query.host),
        ...(peer === undefined ? {} : { peer: hostAddress("peer", peer) }),
        ...(side === undefined ? {} : { side }),
        ...(port === undefined ? {} : { port }),
        ...(protocol === undefined ? {} : { protocol }),
        ...(cursor === undefined ? {} : { cursor }),
        limit,
      };
      const given = readPeriod(query);
      const network = await networkNamed(metadata, query.network);
      return ask(reply, async (queries) => {
        const period = await completePeriod(given, () => newestDay(queries, network.id));
        const page = await queries.aggregates({ networkId: network.id, ...period, ...question });
        return {
          network: network.name,
          ...periodAnswer(period),
          aggregates: page.aggregates.map(toFlowAggregate),
          next_cursor: page.next ?? null,
        };
      });
    },
  );

  server.get(
    "/flows/traffic",
    {
      config: { access: "open", problems: PROBLEMS, example: "?step_s=3600" },
      schema: {
        operationId: "getTraffic",
        summary: "Bytes, packets and conversations over time, of a network or one host",
        description: `Steps are counted from midnight UTC. Each conversation counts once, in the window in which it was accepted. ${NETWORK_SAID} ${PERIOD_SAID}`,
        tags: ["flows"],
        querystring: TrafficQuery,
        response: { 200: Traffic },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const address = query.host === undefined ? undefined : hostAddress("host", query.host);
      const given = readPeriod(query);
      const network = await networkNamed(metadata, query.network);
      return ask(reply, async (queries) => {
        const period = await completePeriod(given, () => newestDay(queries, network.id));
        const stepS = stepFor(period, query.step_s);
        const points = await queries.trafficOverTime({
          networkId: network.id,
          ...period,
          stepS,
          ...(address === undefined ? {} : { address }),
        });
        return {
          network: network.name,
          host: address ?? null,
          ...periodAnswer(period),
          step_s: stepS,
          points: everyStep(points, period, stepS),
        };
      });
    },
  );

  server.get(
    "/flows/top-talkers",
    {
      config: { access: "open", problems: PROBLEMS, example: "?by=conversations&limit=10" },
      schema: {
        operationId: "listTopTalkers",
        summary: "Hosts with most traffic",
        description: `What nobody answered is no traffic. ${NETWORK_SAID} ${PERIOD_SAID}`,
        tags: ["flows"],
        querystring: TopTalkersQuery,
        response: { 200: TopTalkers },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const { by = "bytes", limit = 20, internal_only: internalOnly = false } = query;
      const given = readPeriod(query);
      const network = await networkNamed(metadata, query.network);
      const within = network.internalRanges.flatMap((text) => parseAddressRange(text) ?? []);
      const { period, top } = await ask(reply, async (queries) => {
        const asked = await completePeriod(given, () => newestDay(queries, network.id));
        const question = { networkId: network.id, ...asked, by, limit, ...(internalOnly ? { within } : {}) };
        return { period: asked, top: await queries.topTalkers(question) };
      });
      const references = await metadata.assets.references(
        network.id,
        top.entries.map(({ address }) => address),
      );
      return {
        network: network.name,
        ...periodAnswer(period),
        by,
        hosts: top.entries.map((host) => ({
          address: host.address,
          asset: toAssetReference(references.get(host.address)),
          conversations: host.conversations,
          bytes: host.bytesIn + host.bytesOut,
          bytes_in: host.bytesIn,
          bytes_out: host.bytesOut,
          peers: host.peers,
        })),
        total: top.total,
      };
    },
  );

  server.get(
    "/flows/services",
    {
      config: { access: "open", problems: PROBLEMS, example: "?by=clients" },
      schema: {
        operationId: "listNetworkServices",
        summary: "Services of a network, by clients, conversations or bytes",
        description: `What nobody answered is no service. ${NETWORK_SAID} ${PERIOD_SAID}`,
        tags: ["flows"],
        querystring: NetworkServicesQuery,
        response: { 200: NetworkServices },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const { by = "clients", limit = 50 } = query;
      const given = readPeriod(query);
      const network = await networkNamed(metadata, query.network);
      return ask(reply, async (queries) => {
        const period = await completePeriod(given, () => newestDay(queries, network.id));
        const { entries, total } = await queries.topServices({ networkId: network.id, ...period, by, limit });
        return {
          network: network.name,
          ...periodAnswer(period),
          by,
          services: entries.map((one) => ({ ...one, name: formatService(one) })),
          total,
        };
      });
    },
  );
}

/** The 24 hours that end with the window of the newest traffic; of a network without any: those that end now. */
async function newestDay(queries: Queries, networkId: number): Promise<Period> {
  const span = await queries.networkSpan(networkId);
  const toMs = (Math.floor((span?.lastMs ?? Date.now()) / WINDOW_MS) + 1) * WINDOW_MS;
  return { fromMs: Math.max(0, toMs - DAY_MS), toMs };
}
