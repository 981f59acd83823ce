import { parseServedPort, type AssetListQuery } from "@flowlens/contract";
import type { AssetFilter, AssetListRequest } from "#metadata-store";
import { addressOrRange } from "../parameters/host-address.ts";
import { readMoment } from "../parameters/moment.ts";
import { invalidParameter } from "../parameters/read-parameters.ts";

/** What the query asks of the metadata store. @throws RequestError PARAMETER_INVALID for values that cannot go together */
export function toAssetListRequest(query: AssetListQuery, networkId: number | undefined): AssetListRequest {
  return {
    filter: toFilter(query, networkId),
    order: { by: query.sort ?? "address", direction: query.order ?? "asc" },
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    ...(query.limit === undefined ? {} : { limit: query.limit }),
    withTotal: query.with_total ?? false,
  };
}

function toFilter(query: AssetListQuery, networkId: number | undefined): AssetFilter {
  const { min_confidence: minConfidence, max_confidence: maxConfidence } = query;
  if (minConfidence !== undefined && maxConfidence !== undefined && minConfidence > maxConfidence) {
    throw invalidParameter(
      "min_confidence",
      `is ${minConfidence}, above max_confidence, which is ${maxConfidence}`,
    );
  }
  const firstSeen = range(query, "first_seen_from", "first_seen_to");
  const lastSeen = range(query, "last_seen_from", "last_seen_to");
  const filter = {
    networkId,
    types: query.type,
    methods: query.method,
    minConfidence,
    maxConfidence,
    servedPort: servedPort(query),
    addressRange: query.address === undefined ? undefined : addressOrRange("address", query.address),
    search: query.search,
    internal: query.internal,
    locked: query.locked,
    confirmed: query.confirmed,
    firstSeenFrom: firstSeen.from,
    firstSeenTo: firstSeen.to,
    lastSeenFrom: lastSeen.from,
    lastSeenTo: lastSeen.to,
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as AssetFilter;
}

function servedPort({ served_port: text }: AssetListQuery): AssetFilter["servedPort"] {
  if (text === undefined) return undefined;
  const port = parseServedPort(text);
  if (port === undefined)
    throw invalidParameter("served_port", `must be a port of 1 to 65535, not "${text}"`);
  return port;
}

type MomentName = Extract<keyof AssetListQuery, `${string}_seen_${"from" | "to"}`>;

function range(
  query: Pick<AssetListQuery, MomentName>,
  fromName: MomentName,
  toName: MomentName,
): { readonly from: Date | undefined; readonly to: Date | undefined } {
  const from = readMoment(query, fromName);
  const to = readMoment(query, toName);
  if (from !== undefined && to !== undefined && from > to) {
    throw invalidParameter(fromName, `lies after ${toName}`);
  }
  return { from, to };
}
