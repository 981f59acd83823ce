import { getTableColumns } from "drizzle-orm";
import { assets } from "../schema/assets.ts";
import type { AssetSummary, ServedEndpoint } from "./asset.ts";

const {
  searchText: _searchText,
  notes: _notes,
  challengerType: _type,
  challengerRuns: _runs,
  ...SUMMARY
} = getTableColumns(assets);

/** The columns of `assets` that make an AssetSummary. */
export const SUMMARY_COLUMNS = SUMMARY;

export type SummaryRow = Pick<typeof assets.$inferSelect, keyof typeof SUMMARY_COLUMNS>;

/** A served endpoint as one number: what the index on `served_endpoints` holds. */
export function endpointNumber(protocol: number, port: number): number {
  return protocol * 65_536 + port;
}

export function toSummary(row: SummaryRow): AssetSummary {
  const {
    engineType,
    engineConfidence,
    engineMethod,
    runnerUp,
    runnerUpConfidence,
    role,
    roleConfidence,
    modelVersion,
    featureVersion: _featureVersion,
    servedEndpoints,
    servedClients,
    ...same
  } = row;
  return {
    ...same,
    servedEndpoints: servedEndpoints.map((endpoint, index) => toEndpoint(endpoint, servedClients[index])),
    engine:
      engineType === null || engineMethod === null || engineMethod === "manual"
        ? null
        : {
            type: engineType,
            confidence: engineConfidence ?? 0,
            method: engineMethod,
            runnerUp: runnerUp === null ? null : { type: runnerUp, confidence: runnerUpConfidence ?? 0 },
            role: role === null ? null : { type: role, confidence: roleConfidence ?? 0 },
            modelVersion,
          },
  };
}

function toEndpoint(endpoint: number, clients: number): ServedEndpoint {
  return { protocol: endpoint >>> 16, port: endpoint & 0xffff, clients };
}
