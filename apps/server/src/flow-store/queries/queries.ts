import type { StoreClient } from "../client/store-client.ts";
import { hostCounts, type CountedHost, type HostCountsQuestion } from "./host-counts/host-counts.ts";
import { importHosts, type ImportHosts, type ImportHostsQuestion } from "./import-hosts.ts";
import { newestTraffic } from "./newest-traffic.ts";

/** Questions about the aggregates and raw rows that count. */
export interface Queries {
  /** See `hostCounts`: a few thousand hosts at a time, in no order. */
  hostCounts(question: HostCountsQuestion): AsyncGenerator<CountedHost[], void, void>;
  /** Whose traffic an import holds. */
  importHosts(question: ImportHostsQuestion): Promise<ImportHosts>;
  /** The newest traffic of every host of the network, ms since 1970. */
  newestTraffic(networkId: number): Promise<Map<string, number>>;
}

export function createQueries(client: () => StoreClient): Queries {
  return {
    hostCounts: (question) => hostCounts(client(), question),
    importHosts: (question) => importHosts(client(), question),
    newestTraffic: (networkId) => newestTraffic(client(), networkId),
  };
}
