import { createAssetService, type AssetService } from "#assets";
import { createImporter, type Importer, type ImportOutcome, type ImportOptions } from "#collection";
import { createEngines, type Engines } from "#engines";
import { createFlowStore, type FlowStore, type FoldProgress } from "#flow-store";
import { createMetadataStore, type MetadataStore, type Network } from "#metadata-store";
import type { Logger } from "#telemetry";
import type { AppOptions } from "./app-options.ts";

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
  /** Takes one file in; one at a time, in the order asked. */
  importFile(path: string, options: ImportOptions): Promise<ImportOutcome>;
  /** Folds what is new and describes the network's hosts again, unless nothing happened since it was last done. */
  settle(network: Network, options?: SettleOptions): Promise<void>;
}

/** Builds every part by hand; inert until `start`. */
export function createFlowLens(options: AppOptions, { logger }: { readonly logger: Logger }): FlowLens {
  const engines = createEngines({ ...options.engines, dataDirectory: options.dataDirectory }, { logger });
  const metadata = createMetadataStore(options.metadataStore, { connection: () => engines.addresses().postgres, logger });
  const flows = createFlowStore(options.flowStore, { connection: () => engines.addresses().clickhouse, logger });
  const importer = createImporter({ metadata, flows, logger });
  const assets = createAssetService(options.assets, { metadata, traffic: flows.queries, logger });

  let lastWork: Promise<unknown> = Promise.resolve();
  function oneAtATime<Result>(work: () => Promise<Result>): Promise<Result> {
    const run = lastWork.then(work);
    lastWork = run.catch(() => undefined);
    return run;
  }

  return {
    engines,
    metadata,
    flows,
    importer,
    assets,
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
    importFile: (path, importOptions) => oneAtATime(() => importer.importFile(path, importOptions)),
    settle: (network, settleOptions = {}) => oneAtATime(() => settleNow(network, settleOptions)),
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
    // What was imported and folded before a kill may not have been described: the note below tells.
    const [newest] = await metadata.imports.list({ networkId: network.id, limit: 1 });
    const note = `assets.described_up_to_import.${network.id}`;
    const described = await metadata.settings.get(note);
    if (folded.slices === 0 && described === (newest?.id ?? 0)) return;
    await assets.refresh(network, { signal });
    await metadata.settings.set(note, newest?.id ?? 0);
  }
}
