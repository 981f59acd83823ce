import {
  AssetActivity,
  AssetPath,
  AssetPeers,
  AssetServices,
  AssetTrafficQuery,
  formatService,
} from "@flowlens/contract";
import type { Exchange, Queries } from "#flow-store";
import type { AssetDetail, MetadataStore, Network } from "#metadata-store";
import type { FastifyReply } from "fastify";
import type { AskTraffic } from "../flows/traffic-questions.ts";
import { completePeriod, periodAnswer, readPeriod, type Period } from "../parameters/period.ts";
import type { Server } from "../server/server.ts";
import { assetNotFound } from "./asset-not-found.ts";
import { toAssetReference } from "./asset-reference.ts";
import { hourTeller } from "./hour-of-week.ts";

export interface AssetTrafficDependencies {
  readonly metadata: Pick<MetadataStore, "assets" | "networks">;
  readonly ask: AskTraffic;
}

const LOOK_BACK_MS = 86_400_000;
const WINDOW_MS = 300_000;
const CONFIG = { access: "open", problems: ["ASSET_NOT_FOUND", "QUESTION_TOO_LARGE"] } as const;
const PERIOD_SAID =
  "Without a period: the look-back of the asset's last description, up to its newest traffic.";

/** What one asset did, from the aggregates that count. */
export function addAssetTrafficRoutes(server: Server, { metadata, ask }: AssetTrafficDependencies): void {
  server.get(
    "/assets/:id/services",
    {
      config: { ...CONFIG, example: "?limit=20" },
      schema: {
        operationId: "listAssetServices",
        summary: "What a host served, used, and was tried for",
        description: `Most conversations first. ${PERIOD_SAID}`,
        tags: ["assets"],
        params: AssetPath,
        querystring: AssetTrafficQuery,
        response: { 200: AssetServices },
      },
    },
    async ({ params, query }, reply) => {
      const { period, answer } = await about(params.id, { query, reply }, (queries, question) =>
        queries.services(question),
      );
      return {
        ...periodAnswer(period),
        services: answer.entries.map((service) => ({
          side: service.side,
          protocol: service.protocol,
          port: service.port,
          name: formatService(service),
          served: service.isServed,
          peers: service.peers,
          ...exchange(service),
          ...seen(service),
        })),
        total: answer.total,
      };
    },
  );

  server.get(
    "/assets/:id/peers",
    {
      config: { ...CONFIG, example: "?limit=20" },
      schema: {
        operationId: "listAssetPeers",
        summary: "Whom a host exchanged something with, or tried to",
        description: `Most conversations first. ${PERIOD_SAID}`,
        tags: ["assets"],
        params: AssetPath,
        querystring: AssetTrafficQuery,
        response: { 200: AssetPeers },
      },
    },
    async ({ params, query }, reply) => {
      const { asset, period, answer } = await about(params.id, { query, reply }, (queries, question) =>
        queries.peers(question),
      );
      const references = await metadata.assets.references(
        asset.networkId,
        answer.entries.map(({ address }) => address),
      );
      return {
        ...periodAnswer(period),
        peers: answer.entries.map((peer) => ({
          address: peer.address,
          asset: toAssetReference(references.get(peer.address)),
          services: peer.services,
          conversations_in: peer.conversationsIn,
          ...exchange(peer),
          ...seen(peer),
        })),
        total: answer.total,
      };
    },
  );

  server.get(
    "/assets/:id/activity",
    {
      config: { ...CONFIG, example: "?from=2026-03-01T00:00:00Z&to=2026-03-08T00:00:00Z" },
      schema: {
        operationId: "getAssetActivity",
        summary: "What a host did hour by hour, with the weekday and the hour of the day",
        description: `In the time zone of its network. ${PERIOD_SAID}`,
        tags: ["assets"],
        params: AssetPath,
        querystring: AssetTrafficQuery,
        response: { 200: AssetActivity },
      },
    },
    async ({ params, query }, reply) => {
      const { network, period, answer } = await about(
        params.id,
        { query, reply },
        (queries, question, { timeZone }) => queries.hourlyActivity({ ...question, timeZone }),
      );
      const tell = hourTeller(network.timeZone);
      return {
        ...periodAnswer(period),
        time_zone: network.timeZone,
        hours: answer.entries.map((hour) => ({
          start: new Date(hour.startMs).toISOString(),
          ...tell(hour.startMs),
          conversations_in: hour.conversationsIn,
          ...exchange(hour),
        })),
        total: answer.total,
      };
    },
  );

  interface Asked {
    readonly query: AssetTrafficQuery;
    readonly reply: FastifyReply;
  }

  /** Asks about the traffic of one asset; the answer comes with what it is about. */
  async function about<Answer>(
    id: number,
    { query, reply }: Asked,
    act: (
      queries: Queries,
      question: Period & { readonly networkId: number; readonly address: string; readonly limit: number },
      network: Network,
    ) => Promise<Answer>,
  ) {
    const given = readPeriod(query);
    const asset = await metadata.assets.find({ id });
    if (asset === undefined) throw assetNotFound(id);
    const { networkId, address } = asset;
    const network = (await metadata.networks.list()).find((one) => one.id === networkId);
    // Both were forgotten between the two questions.
    if (network === undefined) throw assetNotFound(id);
    const period = await completePeriod(given, () => Promise.resolve(lookBackOf(asset)));
    const question = { networkId, address, ...period, limit: query.limit ?? 1_000 };
    const answer = await ask(reply, (queries) => act(queries, question, network));
    return { asset, network, period, answer };
  }
}

/** What its last description was made of; of one not yet described, the day up to its newest traffic. */
function lookBackOf({ evidence, lastSeen }: AssetDetail): Period {
  if (evidence !== null) {
    return { fromMs: evidence.periodFrom.getTime(), toMs: evidence.periodTo.getTime() };
  }
  const toMs = (Math.floor((lastSeen?.getTime() ?? Date.now()) / WINDOW_MS) + 1) * WINDOW_MS;
  return { fromMs: Math.max(0, toMs - LOOK_BACK_MS), toMs };
}

function exchange({ conversations, bytesIn, bytesOut, unanswered, refused }: Exchange) {
  return { conversations, bytes_in: bytesIn, bytes_out: bytesOut, unanswered, refused };
}

function seen({ firstSeenMs, lastSeenMs }: { readonly firstSeenMs: number; readonly lastSeenMs: number }) {
  return { first_seen: new Date(firstSeenMs).toISOString(), last_seen: new Date(lastSeenMs).toISOString() };
}
