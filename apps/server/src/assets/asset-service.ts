import { parseAddressRange, rangeContains, parseAddress, type AddressRange } from "@flowlens/flow";
import { LISTED_HOSTS_MAX, type CountedHost, type Queries } from "#flow-store";
import type { MetadataStore, Network } from "#metadata-store";
import type { Logger } from "#telemetry";
import type { AssetsConfig } from "./config.ts";
import { observeHost } from "./observe-host.ts";
import { refreshPasses, type Pass, type PassOptions } from "./refresh-passes.ts";

/** Hosts written to the metadata store in one transaction, or asked of it at once. */
const RECORDED_AT_ONCE = 5_000;

/** What this room needs of the flow store. */
export type HostTraffic = Pick<Queries, "hostSpans" | "hostCounts" | "changedHosts">;

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
  /** Hosts to describe whatever their traffic, as internal ones: those of imports without internal addresses. */
  readonly alsoHosts?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

export interface RefreshChangedOptions extends RefreshOptions {
  /** Up to this fold everything has been described; 0: nothing has. */
  readonly afterFold: number;
}

export interface RefreshChangedSummary extends RefreshSummary {
  /** Up to this fold everything is described now. */
  readonly upToFold: number;
}

export interface AssetService {
  /**
   * Describes and classifies every host of the network anew, each as of its newest traffic, so that a host seen
   * only on the first day of a week's capture has its vector too. What a person confirmed stays.
   */
  refresh(network: Network, options?: RefreshOptions): Promise<RefreshSummary>;
  /**
   * Describes the hosts that have something new in folds after `afterFold`, each with a look-back that ends with its
   * newest traffic. The others are not touched: who fell silent keeps the last description.
   */
  refreshChanged(network: Network, options: RefreshChangedOptions): Promise<RefreshChangedSummary>;
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

  /** What is known of hosts before they are described. */
  interface Known {
    /** ms since 1970; of hosts that have no entry the counts tell. */
    readonly firstMs: ReadonlyMap<string, number>;
    readonly newestMs: ReadonlyMap<string, number>;
  }

  interface Describing extends RefreshOptions {
    readonly reach: PassOptions["reach"];
    /** Count only the hosts that are described, not the whole network. */
    readonly oneByOne: boolean;
    /** With `oneByOne`: external servers that are listed whatever they served, and how many may be new. */
    readonly keptExternal?: readonly string[];
    readonly externalHostsMax?: number;
  }

  async function describe(network: Network, known: Known, options: Describing): Promise<RefreshSummary> {
    const { alsoHosts = [], signal, reach, oneByOne, keptExternal = [], externalHostsMax } = options;
    // They stand for the inside of a network that has no internal address.
    const isNamed = new Set(alsoHosts);
    const summary = { hosts: 0, created: 0, typeChanges: 0 };
    for (const pass of refreshPasses(known.newestMs, { lookBackHours: config.lookBackHours, reach })) {
      signal?.throwIfAborted();
      let waiting: CountedHost[] = [];
      const flush = async (): Promise<void> => {
        for (let from = 0; from < waiting.length; from += RECORDED_AT_ONCE) {
          const recorded = await record(network, waiting.slice(from, from + RECORDED_AT_ONCE), pass, known);
          summary.created += recorded.created;
          summary.typeChanges += recorded.typeChanges;
        }
        summary.hosts += waiting.length;
        waiting = [];
      };
      const ofPass = (hosts: readonly string[]): string[] => hosts.filter((host) => pass.hosts.has(host));
      const counted = traffic.hostCounts({
        networkId: network.id,
        ...pass.period,
        timeZone: network.timeZone,
        internalRanges: rangesOf(network),
        hosts: "all",
        ...(oneByOne
          ? { among: [...pass.hosts], alsoHosts: ofPass([...alsoHosts, ...keptExternal]) }
          : { alsoHosts }),
        externalHostsMax: externalHostsMax ?? config.externalHostsMax,
        ...(signal ? { signal } : {}),
      });
      for await (const some of counted) {
        // A host whose newest traffic lay in another look-back is described as of then.
        for (const host of some) {
          if (!pass.hosts.has(host.address)) continue;
          waiting.push(isNamed.has(host.address) ? { ...host, isInternal: true } : host);
        }
        if (waiting.length >= RECORDED_AT_ONCE) await flush();
      }
      await flush();
    }
    return summary;
  }

  // oxlint-disable-next-line eslint/max-params -- what is recorded, where, as of when, and what was known of it
  async function record(network: Network, hosts: readonly CountedHost[], { period }: Pass, known: Known) {
    const standings = await metadata.assets.standings(
      network.id,
      hosts.map((host) => host.address),
    );
    const observations = hosts.map((host) =>
      observeHost(host, {
        period,
        firstSeenMs: Math.min(
          known.firstMs.get(host.address) ?? host.counts.firstSeenMs,
          host.counts.firstSeenMs,
        ),
        thresholds,
        standing: standings.get(host.address),
      }),
    );
    return metadata.assets.record(network.id, observations);
  }

  function say(network: Network, summary: RefreshSummary, startedMs: number): void {
    const ms = Math.round(performance.now() - startedMs);
    // Live hosts are described every few seconds; that alone is no news.
    const isNews = summary.created + summary.typeChanges > 0;
    logger[isNews ? "info" : "debug"]({ network: network.name, ...summary, ms }, "hosts were described");
  }

  return {
    async refresh(network, options = {}) {
      const startedMs = performance.now();
      const spans = await traffic.hostSpans(network.id);
      const known = {
        firstMs: new Map([...spans].map(([address, span]) => [address, span.firstMs])),
        newestMs: new Map([...spans].map(([address, span]) => [address, span.lastMs])),
      };
      const summary = await describe(network, known, { ...options, reach: "look_back", oneByOne: false });
      say(network, summary, startedMs);
      return summary;
    },

    async refreshChanged(network, { afterFold, alsoHosts = [], signal }) {
      const startedMs = performance.now();
      const asked = { networkId: network.id, afterFold };
      const { upToFold, hosts } = await traffic.changedHosts(signal ? { ...asked, signal } : asked);
      const ranges = rangesOf(network);
      const isInternal = (host: string): boolean => {
        const address = parseAddress(host);
        return address !== undefined && ranges.some((range) => rangeContains(range, address));
      };
      const firstMs = new Map<string, number>();
      const newestMs = new Map<string, number>();
      const keptExternal: string[] = [];
      const addresses = [...hosts.keys()];
      for (let from = 0; from < addresses.length; from += RECORDED_AT_ONCE) {
        const some = addresses.slice(from, from + RECORDED_AT_ONCE);
        const standings = await metadata.assets.standings(network.id, some);
        for (const address of some) {
          const changed = hosts.get(address)!;
          const standing = standings.get(address);
          // Late traffic does not make a host older than it was; who was only tried is as old as it was.
          const newest = Math.max(changed.lastMs ?? 0, standing?.lastSeen?.getTime() ?? 0);
          if (newest === 0) continue;
          firstMs.set(address, changed.firstMs);
          newestMs.set(address, newest);
          if (standing !== undefined && !isInternal(address)) keptExternal.push(address);
        }
      }
      const listed = await metadata.assets.count(network.id);
      // A network without internal hosts lists its busiest ones, which only a look at all of it can tell.
      const hasInside = listed.internal > 0 || [...newestMs.keys()].some(isInternal);
      const oneByOne = hasInside && newestMs.size <= LISTED_HOSTS_MAX;
      const summary = await describe(
        network,
        { firstMs, newestMs },
        {
          alsoHosts,
          signal,
          reach: "hour",
          oneByOne,
          ...(oneByOne
            ? { keptExternal, externalHostsMax: Math.max(0, config.externalHostsMax - listed.external) }
            : {}),
        },
      );
      if (newestMs.size > 0) say(network, summary, startedMs);
      return { ...summary, upToFold };
    },
  };
}

function rangesOf(network: Network): AddressRange[] {
  return network.internalRanges.flatMap((text) => parseAddressRange(text) ?? []);
}
