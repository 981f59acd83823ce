import {
  AssetDetail,
  AssetExplanation,
  AssetFeatures,
  AssetHistory,
  AssetHistoryQuery,
  AssetList,
  AssetListQuery,
  AssetPath,
  AssetSummary,
  AssetSummaryQuery,
} from "@flowlens/contract";
import { Type } from "typebox";
import type { Server } from "../server/server.ts";
import type { AssetReader } from "./asset-reader.ts";

const NOTHING = Type.Object({}, { additionalProperties: false });
const ONE = { access: "open", problems: ["ASSET_NOT_FOUND"], example: "" } as const;

export function addAssetRoutes(server: Server, reader: AssetReader): void {
  server.get(
    "/assets",
    {
      config: {
        access: "open",
        problems: ["NETWORK_NOT_FOUND", "CURSOR_INVALID"],
        example: "?type=database&type=storage&min_confidence=0.7&sort=last_seen&order=desc",
      },
      schema: {
        operationId: "listAssets",
        summary: "Hosts, filtered and sorted, page by page",
        description:
          "All that is given must hold; several values of one name: any of them. A page's next_cursor names its last row, so rows that come or go between two pages neither repeat nor hide others; it is good for the sort it was made in.",
        tags: ["assets"],
        querystring: AssetListQuery,
        response: { 200: AssetList },
      },
    },
    (request) => reader.list(request.query),
  );
  server.get(
    "/assets/summary",
    {
      config: { access: "open", problems: ["NETWORK_NOT_FOUND"], example: "?network=default" },
      schema: {
        operationId: "getAssetSummary",
        summary: "How many assets of each type there are, how many are decided, confirmed, new, changed",
        description: "Of one network, or of all when none is named.",
        tags: ["assets"],
        querystring: AssetSummaryQuery,
        response: { 200: AssetSummary },
      },
    },
    (request) => reader.summary(request.query),
  );
  server.get(
    "/assets/:id",
    {
      config: ONE,
      schema: {
        operationId: "getAsset",
        summary: "One host with what stands behind its type",
        tags: ["assets"],
        params: AssetPath,
        querystring: NOTHING,
        response: { 200: AssetDetail },
      },
    },
    (request) => reader.get(request.params.id),
  );
  server.get(
    "/assets/:id/features",
    {
      config: ONE,
      schema: {
        operationId: "getAssetFeatures",
        summary: "The host's feature vector: names, values, and the values in words",
        tags: ["assets"],
        params: AssetPath,
        querystring: NOTHING,
        response: { 200: AssetFeatures },
      },
    },
    (request) => reader.features(request.params.id),
  );
  server.get(
    "/assets/:id/explanation",
    {
      config: ONE,
      schema: {
        operationId: "getAssetExplanation",
        summary: "Why the host is what it is taken for, and what the engine says beside it",
        tags: ["assets"],
        params: AssetPath,
        querystring: NOTHING,
        response: { 200: AssetExplanation },
      },
    },
    (request) => reader.explanation(request.params.id),
  );
  server.get(
    "/assets/:id/history",
    {
      config: { access: "open", problems: ["ASSET_NOT_FOUND", "CURSOR_INVALID"], example: "?limit=20" },
      schema: {
        operationId: "listAssetHistory",
        summary: "Every change of the host's type with what it rested on, newest first, page by page",
        tags: ["assets"],
        params: AssetPath,
        querystring: AssetHistoryQuery,
        response: { 200: AssetHistory },
      },
    },
    (request) => reader.history(request.params.id, request.query),
  );
}
