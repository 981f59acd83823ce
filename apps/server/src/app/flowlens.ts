import { createAssetService, type AssetService } from "#assets";
import { createImporter, type Importer, type ImportOutcome, type ImportOptions } from "#collection";
import { createEngines, type Engines } from "#engines";
import { createFlowStore, type FlowStore, type FoldProgress } from "#flow-store";
import { createMetadataStore, type MetadataStore, type Network } from "#metadata-store";
import type { Logger, Metrics } from "#telemetry";
import { createDescriber, type Describer } from "./describer.ts";
import { createOneAtATime } from "./one-at-a-time.ts";
import type { Settings } from "./settings.ts";

export interface SettleOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onFoldProgress?: ((progress: FoldProgress) => void) | undefined;
}

/** A FlowLens on one data directory: its parts, and what takes several of them. */
export interface FlowLens {
  /** Brings everything up and finishes what a killed predecessor left. @throws a coded error; nothing is left running then */
  start(): Promise<void>;
  /** In reverse; within 5 s. */
  stop(): Promise<void>;
  readonly engines: Engines;
  readonly metadata: MetadataStore;
  readonly flows: FlowStore;
  readonly importer: Importer;
  readonly assets: AssetService;
  readonly describer: Describer;
  /** Takes one file in; one at a time, in the order asked. */
  importFile(path: string, options: ImportOptions): Promise<ImportOutcome>;
  /** Folds what is new and describes the network's hosts again, unless nothing happened since it was last done. */
  settle(network: Network, options?: SettleOptions): Promise<void>;
  /** Whether a file is being taken into the network just now. */
  isImporting(network: Network): boolean;
}

/** Builds every part by hand; inert until `start`. */
export function createFlowLens(
  settings: Settings,
  { logger, metrics }: { readonly logger: Logger; readonly metrics?: Metrics },
): FlowLens {
  const { values, dataDirectory } = settings;
  const engines = createEngines({ ...values.engines, dataDirectory }, { logger });
  const metadata = createMetadataStore(values.metadataStore, {
    connection: () => engines.addresses().postgres,
    logger,
  });
  const flows = createFlowStore(values.flowStore, {
    connection: () => engines.addresses().clickhouse,
    logger,
    ...(metrics === undefined ? {} : { metrics }),
  });
  const importer = createImporter({ metadata, flows, logger });
  const assets = createAssetService(values.assets, { metadata, traffic: flows.queries, logger });

  const describer = createDescriber({ metadata, queries: flows.queries, assets });
  const oneAtATime = createOneAtATime();
  /** How many imports are under way, by network. */
  const importing = new Map<number, number>();

  async function whileImporting<Result>(network: Network, work: () => Promise<Result>): Promise<Result> {
    importing.set(network.id, (importing.get(network.id) ?? 0) + 1);
    try {
      return await work();
    } finally {
      importing.set(network.id, importing.get(network.id)! - 1);
    }
  }

  return {
    engines,
    metadata,
    flows,
    importer,
    assets,
    describer,
    async start() {
      try {
        await engines.start();
        await metadata.start();
        await flows.start();
        await importer.undoStale();
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop,
    importFile: (path, importOptions) =>
      oneAtATime(() => whileImporting(importOptions.network, () => importer.importFile(path, importOptions))),
    settle: (network, settleOptions = {}) => oneAtATime(() => settleNow(network, settleOptions)),
    isImporting: (network) => (importing.get(network.id) ?? 0) > 0,
  };

  async function stop(): Promise<void> {
    await flows.stop();
    await metadata.stop();
    await engines.stop();
  }

  async function settleNow(network: Network, { signal, onFoldProgress }: SettleOptions): Promise<void> {
    const folded = await flows.fold({
      nowMs: Date.now(),
      ...(signal ? { signal } : {}),
      ...(onFoldProgress ? { onProgress: onFoldProgress } : {}),
    });
    await describer.afterImports(network, { folded: folded.slices > 0, signal });
  }
}
