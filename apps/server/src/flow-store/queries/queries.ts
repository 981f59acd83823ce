import type { StoreClient } from "../client/store-client.ts";
import { hostCounts, type CountedHost, type HostCountsQuestion } from "./host-counts/host-counts.ts";
import { importHosts, type ImportHosts, type ImportHostsQuestion } from "./import-hosts.ts";
import { hostSpans, type HostSpan } from "./host-spans.ts";

/** Questions about the aggregates and raw rows that count. */
export interface Queries {
  /** See `hostCounts`: a few thousand hosts at a time, in no order. */
  hostCounts(question: HostCountsQuestion): AsyncGenerator<CountedHost[], void, void>;
  /** Whose traffic an import holds. */
  importHosts(question: ImportHostsQuestion): Promise<ImportHosts>;
  /** When each host of the network was first and last seen. */
  hostSpans(networkId: number): Promise<Map<string, HostSpan>>;
}

export function createQueries(client: () => StoreClient): Queries {
  return {
    hostCounts: (question) => hostCounts(client(), question),
    importHosts: (question) => importHosts(client(), question),
    hostSpans: (networkId) => hostSpans(client(), networkId),
  };
}
