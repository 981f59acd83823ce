import { parseAddressRange, type AddressRange } from "@flowlens/flow";
import type { CountedHost, Queries } from "#flow-store";
import type { AssetObservation, MetadataStore, Network } from "#metadata-store";
import type { Logger } from "#telemetry";
import type { AssetsConfig } from "./config.ts";
import { observeHost, type LookBack } from "./observe-host.ts";

const HOUR_MS = 3_600_000;
const WINDOW_MS = 300_000;
/** Hosts written to the metadata store in one transaction. */
const RECORDED_AT_ONCE = 5_000;

/** What this room needs of the flow store. */
export type HostTraffic = Pick<Queries, "hostSpans" | "hostCounts">;

export interface AssetServiceDependencies {
  readonly metadata: Pick<MetadataStore, "assets">;
  readonly traffic: HostTraffic;
  readonly logger: Logger;
}

export interface RefreshSummary {
  readonly hosts: number;
  readonly created: number;
  readonly typeChanges: number;
}

export interface RefreshOptions {
  /** Hosts to describe whatever their traffic: those of imports without internal addresses. */
  readonly alsoHosts?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

export interface AssetService {
  /**
   * Describes and classifies every host of the network anew, each as of its newest traffic, so that a host seen
   * only on the first day of a week's capture has its vector too. What a person confirmed stays.
   */
  refresh(network: Network, options?: RefreshOptions): Promise<RefreshSummary>;
}

export function createAssetService(
  config: AssetsConfig,
  dependencies: AssetServiceDependencies,
): AssetService {
  const { metadata, traffic, logger } = dependencies;
  const thresholds = {
    minConfidence: config.heuristicMinConfidence,
    minConversations: config.heuristicMinConversations,
  };

  async function record(network: Network, hosts: readonly CountedHost[], { period, spans }: Looking) {
    const standings = await metadata.assets.standings(
      network.id,
      hosts.map((host) => host.address),
    );
    const observations: AssetObservation[] = hosts.map((host) =>
      observeHost(host, {
        period,
        firstSeenMs: spans.get(host.address)?.firstMs ?? host.counts.firstSeenMs,
        thresholds,
        standing: standings.get(host.address),
      }),
    );
    return metadata.assets.record(network.id, observations);
  }

  return {
    async refresh(network, { alsoHosts = [], signal } = {}) {
      const startedMs = performance.now();
      // They stand for the inside of a network that has no internal address.
      const isNamed = new Set(alsoHosts);
      const internalRanges = network.internalRanges.flatMap(rangeOf);
      const spans = await traffic.hostSpans(network.id);
      const waiting = new Map([...spans].map(([address, { lastMs }]) => [address, lastMs]));
      const summary = { hosts: 0, created: 0, typeChanges: 0 };
      while (waiting.size > 0) {
        signal?.throwIfAborted();
        const period = periodEnding(Math.max(...waiting.values()), config.lookBackHours);
        let hosts: CountedHost[] = [];
        const flush = async (): Promise<void> => {
          for (let from = 0; from < hosts.length; from += RECORDED_AT_ONCE) {
            const recorded = await record(network, hosts.slice(from, from + RECORDED_AT_ONCE), {
              period,
              spans,
            });
            summary.created += recorded.created;
            summary.typeChanges += recorded.typeChanges;
          }
          summary.hosts += hosts.length;
          hosts = [];
        };
        const question = {
          networkId: network.id,
          ...period,
          timeZone: network.timeZone,
          internalRanges,
          hosts: "all" as const,
          alsoHosts,
        };
        for await (const some of traffic.hostCounts(signal ? { ...question, signal } : question)) {
          // A host whose newest traffic lay in a later look-back has been described as of then.
          for (const host of some) {
            if (!waiting.has(host.address)) continue;
            hosts.push(isNamed.has(host.address) ? { ...host, isInternal: true } : host);
          }
          if (hosts.length >= RECORDED_AT_ONCE) await flush();
        }
        if (hosts.length > 0) await flush();
        for (const [address, newestMs] of waiting) if (newestMs >= period.fromMs) waiting.delete(address);
      }
      logger.info(
        { network: network.name, ...summary, ms: Math.round(performance.now() - startedMs) },
        "hosts were described",
      );
      return summary;
    },
  };
}

interface Looking {
  readonly period: LookBack;
  readonly spans: ReadonlyMap<string, { readonly firstMs: number }>;
}

/** A look-back that ends with the 5-minute window of `newestMs`. */
function periodEnding(newestMs: number, hours: number): LookBack {
  const toMs = (Math.floor(newestMs / WINDOW_MS) + 1) * WINDOW_MS;
  return { fromMs: toMs - hours * HOUR_MS, toMs };
}

function rangeOf(text: string): AddressRange[] {
  const range = parseAddressRange(text);
  return range === undefined ? [] : [range];
}
