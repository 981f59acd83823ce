import { parseServedPort, type AssetListQuery } from "@flowlens/contract";
import { parseAddressRange } from "@flowlens/flow";
import type { AssetFilter, AssetListRequest } from "#metadata-store";
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
  const from = moment(query, "last_seen_from");
  const to = moment(query, "last_seen_to");
  if (from !== undefined && to !== undefined && from > to) {
    throw invalidParameter("last_seen_from", "lies after last_seen_to");
  }
  const filter = {
    networkId,
    types: query.type,
    methods: query.method,
    minConfidence,
    maxConfidence,
    servedPort: servedPort(query),
    addressRange: addressRange(query),
    search: query.search,
    locked: query.locked,
    confirmed: query.confirmed,
    lastSeenFrom: from,
    lastSeenTo: to,
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

function addressRange({ address }: AssetListQuery): string | undefined {
  if (address === undefined || parseAddressRange(address) !== undefined) return address;
  throw invalidParameter(
    "address",
    `must be an address or a range like 10.1.2.3, 10.0.0.0/8 or fd00::/8, not "${address}"`,
  );
}

/** Nothing was seen before 1970; PostgreSQL has years that a Date has not, and the other way round. */
function moment(query: AssetListQuery, name: "last_seen_from" | "last_seen_to"): Date | undefined {
  const text = query[name];
  if (text === undefined) return undefined;
  const date = new Date(text);
  if (date.getTime() >= 0) return date;
  throw invalidParameter(name, `must be a time since 1970 such as 2026-03-01T12:00:00Z, not "${text}"`);
}
