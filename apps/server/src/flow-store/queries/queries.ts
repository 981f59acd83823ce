import type { StoreClient } from "../client/store-client.ts";
import { aggregates, type Aggregates, type AggregatesQuestion } from "./aggregates.ts";
import { changedHosts, newestFolds, type ChangedHosts, type ChangedHostsQuestion } from "./changed-hosts.ts";
import { hostCounts, type CountedHost, type HostCountsQuestion } from "./host-counts/host-counts.ts";
import { importHosts, type ImportHosts, type ImportHostsQuestion } from "./import-hosts.ts";
import { hostSpans, type HostSpan } from "./host-spans.ts";
import { importSpan, networkSpan, networkTotals, type NetworkTotals, type TrafficSpan } from "./network.ts";
import {
  hourlyActivity,
  peers,
  services,
  type HostHour,
  type HostList,
  type HostPeer,
  type HostQuestion,
  type HostService,
} from "./one-host.ts";
import { records, type Records, type RecordsFilter, type RecordsPage } from "./records.ts";
import type { WindowRange } from "./current-aggregates.ts";
import { topServices, topTalkers } from "./top.ts";
import type { NetworkService, TopServicesQuestion, TopTalker, TopTalkersQuestion } from "./top.ts";
import { trafficOverTime, type TrafficPoint, type TrafficQuestion } from "./traffic.ts";

/** Questions about the aggregates and raw rows that count. */
export interface Queries {
  /** See `hostCounts`: a few thousand hosts at a time, in no order. */
  hostCounts(question: HostCountsQuestion): AsyncGenerator<CountedHost[], void, void>;
  /** Whose traffic an import holds. */
  importHosts(question: ImportHostsQuestion): Promise<ImportHosts>;
  /** When each host of the network was first and last seen. */
  hostSpans(networkId: number): Promise<Map<string, HostSpan>>;
  /** Hosts with traffic in folds newer than a mark, and when that was. */
  changedHosts(question: ChangedHostsQuestion): Promise<ChangedHosts>;
  /** The newest fold of each network, by the network's id. */
  newestFolds(): Promise<Map<number, number>>;
  /** What a host served, used and tried; whom with; in which hours. */
  services(question: HostQuestion): Promise<HostList<HostService>>;
  peers(question: HostQuestion): Promise<HostList<HostPeer>>;
  hourlyActivity(question: HostQuestion & { readonly timeZone: string }): Promise<HostList<HostHour>>;
  /** The 5-minute aggregates of a host, a page at a time. */
  aggregates(question: AggregatesQuestion): Promise<Aggregates>;
  /** Of a network or a host, step by step. */
  trafficOverTime(question: TrafficQuestion): Promise<readonly TrafficPoint[]>;
  topTalkers(question: TopTalkersQuestion): Promise<HostList<TopTalker>>;
  topServices(question: TopServicesQuestion): Promise<HostList<NetworkService>>;
  /** The raw records behind an answer, a page at a time. */
  records(filter: RecordsFilter, page?: RecordsPage): Promise<Records>;
  networkTotals(range: WindowRange): Promise<NetworkTotals>;
  /** From first to last packet; undefined where there is none. */
  networkSpan(networkId: number): Promise<TrafficSpan | undefined>;
  importSpan(importId: number): Promise<TrafficSpan | undefined>;
}

export function createQueries(client: () => StoreClient): Queries {
  return {
    async *hostCounts(question) {
      yield* hostCounts(client(), question);
    },
    importHosts: async (question) => importHosts(client(), question),
    hostSpans: async (networkId) => hostSpans(client(), networkId),
    changedHosts: async (question) => changedHosts(client(), question),
    newestFolds: async () => newestFolds(client()),
    services: async (question) => services(client(), question),
    peers: async (question) => peers(client(), question),
    hourlyActivity: async (question) => hourlyActivity(client(), question),
    aggregates: async (question) => aggregates(client(), question),
    trafficOverTime: async (question) => trafficOverTime(client(), question),
    topTalkers: async (question) => topTalkers(client(), question),
    topServices: async (question) => topServices(client(), question),
    records: async (filter, page) => records(client(), filter, page),
    networkTotals: async (range) => networkTotals(client(), range),
    networkSpan: async (networkId) => networkSpan(client(), networkId),
    importSpan: async (importId) => importSpan(client(), importId),
  };
}
