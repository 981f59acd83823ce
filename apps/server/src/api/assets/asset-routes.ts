import { AssetDetail, AssetList, AssetListQuery } from "@flowlens/contract";
import { Type } from "typebox";
import type { Server } from "../server/server.ts";
import type { AssetReader } from "./asset-reader.ts";

const AssetPath = Type.Object(
  { id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) },
  { additionalProperties: false },
);

export function addAssetRoutes(server: Server, reader: AssetReader): void {
  server.get(
    "/assets",
    {
      config: { access: "open" },
      schema: {
        operationId: "listAssets",
        summary: "Hosts, filtered and sorted, page by page",
        tags: ["assets"],
        querystring: AssetListQuery,
        response: { 200: AssetList },
      },
    },
    (request) => reader.list(request.query),
  );
  server.get(
    "/assets/:id",
    {
      config: { access: "open" },
      schema: {
        operationId: "getAsset",
        summary: "One host with what stands behind its type",
        tags: ["assets"],
        params: AssetPath,
        querystring: Type.Object({}, { additionalProperties: false }),
        response: { 200: AssetDetail },
      },
    },
    (request) => reader.get(request.params.id),
  );
}
