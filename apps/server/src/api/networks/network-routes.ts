import { NetworkList } from "@flowlens/contract";
import type { MetadataStore } from "#metadata-store";
import { Type } from "typebox";
import type { Server } from "../server/server.ts";

export function addNetworkRoutes(server: Server, metadata: Pick<MetadataStore, "networks">): void {
  server.get(
    "/networks",
    {
      config: { access: "open" },
      schema: {
        operationId: "listNetworks",
        summary: "Address spaces, with their internal ranges and time zones",
        tags: ["networks"],
        querystring: Type.Object({}, { additionalProperties: false }),
        response: { 200: NetworkList },
      },
    },
    async () => {
      const networks = await metadata.networks.list();
      return {
        networks: networks.map(({ id, name, internalRanges, timeZone, createdAt }) => ({
          id,
          name,
          internal_ranges: [...internalRanges],
          time_zone: timeZone,
          created_at: createdAt.toISOString(),
        })),
      };
    },
  );
}
