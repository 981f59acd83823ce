import { AssetTypeList } from "@flowlens/contract";
import type { MetadataStore } from "#metadata-store";
import { Type } from "typebox";
import type { Server } from "../server/server.ts";

export function addTypeRoutes(server: Server, metadata: Pick<MetadataStore, "assetTypes">): void {
  server.get(
    "/types",
    {
      config: { access: "open", example: "" },
      schema: {
        operationId: "listAssetTypes",
        summary: "What an asset can be: the core types, those that were added, and unknown",
        tags: ["assets"],
        querystring: Type.Object({}, { additionalProperties: false }),
        response: { 200: AssetTypeList },
      },
    },
    async () => ({
      types: (await metadata.assetTypes.list()).map(({ name, label, description, builtIn }) => ({
        name,
        label,
        description,
        parent: null,
        built_in: builtIn,
      })),
    }),
  );
}
