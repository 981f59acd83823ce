import type { LiveExporter } from "#collection";
import type { AssetSummary } from "#metadata-store";
import type { SimulatedExporter, SentTotals, Simulation } from "#simulation";

/** Hosts of one true type, and what FlowLens makes of them. */
export interface TypeStanding {
  readonly type: string;
  readonly made: number;
  /** Listed as assets. */
  readonly found: number;
  /** With a type other than unknown. */
  readonly decided: number;
  readonly right: number;
  /** Mean of the decided ones; null where there are none. */
  readonly confidence: number | null;
}

export interface ExporterStanding {
  readonly name: string;
  readonly address: string;
  readonly protocol: string;
  readonly samplingRate: number;
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
}

export interface HostTotals {
  readonly made: number;
  readonly found: number;
  readonly decided: number;
  readonly right: number;
}

/** Counts the truth against the assets, by true type in the order of the first host of each. */
export function typeStandings(
  hosts: Simulation["hosts"],
  assets: ReadonlyMap<string, AssetSummary>,
): TypeStanding[] {
  return [...Map.groupBy(hosts, ({ type }) => type)].map(([type, made]) => {
    const found = made.flatMap(({ address }) => assets.get(address) ?? []);
    const decided = found.filter(({ assetType }) => assetType !== "unknown");
    return {
      type,
      made: made.length,
      found: found.length,
      decided: decided.length,
      right: decided.filter(({ assetType }) => assetType === type).length,
      confidence:
        decided.length === 0
          ? null
          : decided.reduce((sum, { confidence }) => sum + confidence, 0) / decided.length,
    };
  });
}

export function totalsOf(types: readonly TypeStanding[]): HostTotals {
  const sum = (of: (one: TypeStanding) => number): number => types.reduce((all, one) => all + of(one), 0);
  return {
    made: sum(({ made }) => made),
    found: sum(({ found }) => found),
    decided: sum(({ decided }) => decided),
    right: sum(({ right }) => right),
  };
}

/** What each exporter sent, and what the collector says it got. Exporters that share an address share what was received. */
export function exporterStandings(
  sent: readonly (SimulatedExporter & SentTotals)[],
  received: readonly LiveExporter[],
): ExporterStanding[] {
  const byAddress = new Map(received.map((one) => [one.address, one]));
  return sent.map(({ name, address, protocol, samplingRate, records }) => {
    const ofAddress = sent
      .filter((one) => one.address === address)
      .reduce((sum, one) => sum + one.records, 0);
    const live = byAddress.get(address);
    const got = live === undefined ? 0 : live.records - live.recordsDropped;
    const share = ofAddress === 0 ? 0 : Math.round((got * records) / ofAddress);
    const count = ofAddress === records ? got : share;
    return {
      name,
      address,
      protocol,
      samplingRate,
      sent: records,
      received: count,
      lost: Math.max(0, records - count),
    };
  });
}
