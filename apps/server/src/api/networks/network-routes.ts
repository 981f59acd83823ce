import { NetworkDetail, NetworkList, NetworkPath, type Network as NetworkJson } from "@flowlens/contract";
import type { MetadataStore, Network } from "#metadata-store";
import { Type } from "typebox";
import type { AskTraffic } from "../flows/traffic-questions.ts";
import type { Server } from "../server/server.ts";
import { requireNetwork } from "./require-network.ts";

export interface NetworkRouteDependencies {
  readonly metadata: Pick<MetadataStore, "assets" | "networks">;
  readonly ask: AskTraffic;
}

const NOTHING = Type.Object({}, { additionalProperties: false });

export function addNetworkRoutes(server: Server, { metadata, ask }: NetworkRouteDependencies): void {
  server.get(
    "/networks",
    {
      config: { access: "open", example: "" },
      schema: {
        operationId: "listNetworks",
        summary: "Address spaces, with their internal ranges and time zones",
        tags: ["networks"],
        querystring: NOTHING,
        response: { 200: NetworkList },
      },
    },
    async () => ({ networks: (await metadata.networks.list()).map(toNetwork) }),
  );
  server.get(
    "/networks/:name",
    {
      config: { access: "open", problems: ["NETWORK_NOT_FOUND", "QUESTION_TOO_LARGE"], example: "" },
      schema: {
        operationId: "getNetwork",
        summary: "One address space: its ranges, its time zone, how many assets it has, when its traffic was",
        tags: ["networks"],
        params: NetworkPath,
        querystring: NOTHING,
        response: { 200: NetworkDetail },
      },
    },
    async (request, reply) => {
      const network = requireNetwork(await metadata.networks.list(), request.params.name, "path");
      const assets = await metadata.assets.count(network.id);
      const span = await ask(reply, (queries) => queries.networkSpan(network.id));
      return {
        ...toNetwork(network),
        assets: { internal: assets.internal, external: assets.external },
        first_traffic: span === undefined ? null : new Date(span.firstMs).toISOString(),
        last_traffic: span === undefined ? null : new Date(span.lastMs).toISOString(),
      };
    },
  );
}

function toNetwork({ id, name, internalRanges, timeZone, createdAt }: Network): NetworkJson {
  return {
    id,
    name,
    internal_ranges: [...internalRanges],
    time_zone: timeZone,
    created_at: createdAt.toISOString(),
  };
}
