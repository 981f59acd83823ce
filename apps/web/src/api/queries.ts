import type {
  AssetActivity,
  AssetDetail,
  AssetList,
  AssetPeers,
  AssetServices,
  AssetSummary,
  ExporterList,
  HealthLive,
  NetworkList,
  Traffic,
} from "@flowlens/contract";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { getJson, type Query } from "./get-json.ts";

/** What changes while one looks at it is asked for again after so long; a hidden page asks nothing. */
const LIVE_MS = 3_000;
const CALM_MS = 15_000;
const PAGE_ROWS = 200;

export function networksQuery() {
  return queryOptions({
    queryKey: ["networks"],
    queryFn: ({ signal }) => getJson<NetworkList>("/networks", { signal }),
    refetchInterval: CALM_MS,
  });
}

export function exportersQuery() {
  return queryOptions({
    queryKey: ["exporters"],
    queryFn: ({ signal }) => getJson<ExporterList>("/exporters", { signal }),
    refetchInterval: LIVE_MS,
  });
}

export function assetQuery(id: number) {
  return queryOptions({
    queryKey: ["assets", id],
    queryFn: ({ signal }) => getJson<AssetDetail>(`/assets/${id}`, { signal }),
    refetchInterval: CALM_MS,
  });
}

/** Page by page; the first one also says how many there are in all. */
export function assetPagesQuery(query: Query) {
  return infiniteQueryOptions({
    queryKey: ["assets", "pages", query],
    queryFn: ({ signal, pageParam }) =>
      getJson<AssetList>("/assets", {
        query: {
          ...query,
          limit: PAGE_ROWS,
          ...(pageParam === null ? { with_total: true } : { cursor: pageParam }),
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    // All pages are asked for anew, one after the other: only while they are few.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= 2 ? CALM_MS : false),
  });
}

/** How many there are of what, in one network or in all. */
export function assetSummaryQuery(network: string | undefined) {
  return queryOptions({
    queryKey: ["assets", "summary", network],
    queryFn: ({ signal }) => getJson<AssetSummary>("/assets/summary", { query: { network }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: LIVE_MS,
  });
}

export function newestAssetsQuery(network: string | undefined, limit: number) {
  return queryOptions({
    queryKey: ["assets", "newest", network, limit],
    queryFn: ({ signal }) =>
      getJson<AssetList>("/assets", { query: { network, sort: "first_seen", order: "desc", limit }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: CALM_MS,
  });
}

export interface TrafficAsked {
  readonly network?: string | undefined;
  readonly host?: string;
  readonly from?: string;
  readonly to?: string;
}

export function trafficQuery(asked: TrafficAsked) {
  return queryOptions({
    queryKey: ["traffic", asked],
    queryFn: ({ signal }) => getJson<Traffic>("/flows/traffic", { query: { ...asked }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: CALM_MS,
  });
}

/** What is asked of one asset's traffic; without a period, that of its last description. */
export interface AssetTrafficAsked {
  readonly id: number;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
}

export function assetServicesQuery({ id, ...query }: AssetTrafficAsked) {
  return queryOptions({
    queryKey: ["assets", id, "services", query],
    queryFn: ({ signal }) => getJson<AssetServices>(`/assets/${id}/services`, { query, signal }),
    refetchInterval: CALM_MS,
  });
}

export function assetPeersQuery({ id, ...query }: AssetTrafficAsked) {
  return queryOptions({
    queryKey: ["assets", id, "peers", query],
    queryFn: ({ signal }) => getJson<AssetPeers>(`/assets/${id}/peers`, { query, signal }),
    refetchInterval: CALM_MS,
  });
}

export function assetActivityQuery({ id, ...query }: AssetTrafficAsked) {
  return queryOptions({
    queryKey: ["assets", id, "activity", query],
    queryFn: ({ signal }) => getJson<AssetActivity>(`/assets/${id}/activity`, { query, signal }),
    refetchInterval: CALM_MS,
  });
}

export function versionQuery() {
  return queryOptions({
    queryKey: ["version"],
    queryFn: ({ signal }) => getJson<HealthLive>("/health/live", { signal }),
    staleTime: Infinity,
  });
}
