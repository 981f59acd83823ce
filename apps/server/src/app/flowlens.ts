import { parseAddressRange } from "@flowlens/flow";
import { createAssetService, type AssetService } from "#assets";
import { createImporter, type Importer, type ImportOutcome, type ImportOptions } from "#collection";
import { createEngines, type Engines } from "#engines";
import { createFlowStore, type FlowStore, type FoldProgress } from "#flow-store";
import { createMetadataStore, type MetadataStore, type Network } from "#metadata-store";
import type { Logger, Metrics } from "#telemetry";
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
  /** Takes one file in; one at a time, in the order asked. */
  importFile(path: string, options: ImportOptions): Promise<ImportOutcome>;
  /** Folds what is new and describes the network's hosts again, unless nothing happened since it was last done. */
  settle(network: Network, options?: SettleOptions): Promise<void>;
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
    // What was imported and folded before a kill may not have been described: the note tells.
    const described = await noteOf(metadata, network);
    const imports = await metadata.imports.list({ networkId: network.id, limit: 10_000 });
    const newest = Math.max(described.upToImport, ...imports.map(({ id }) => id));
    if (folded.slices === 0 && newest === described.upToImport) return;
    const alsoHosts = new Set(described.alsoHosts);
    for (const { id } of imports.filter((one) => one.id > described.upToImport)) {
      for (const host of await hostsWithoutInternal(flows, network, id)) alsoHosts.add(host);
    }
    const note: DescribedNote = { upToImport: newest, alsoHosts: [...alsoHosts] };
    await assets.refresh(network, { alsoHosts: note.alsoHosts, signal });
    await metadata.settings.set(noteKey(network), note);
  }
}

/** Where fewer of an import's conversations than this have an internal address, those addresses are strays. */
const STRAY_SHARE = 0.01;
/** An import without internal addresses is about the hosts that have at least so much of its conversations. */
const BUSY_SHARE = 0.01;

/** The hosts that an import is about when it holds no internal address; none when it does. */
async function hostsWithoutInternal(
  flows: FlowStore,
  network: Network,
  importId: number,
): Promise<readonly string[]> {
  const internalRanges = network.internalRanges.flatMap((text) => parseAddressRange(text) ?? []);
  const hosts = await flows.queries.importHosts({ importId, internalRanges, minShare: BUSY_SHARE });
  return hosts.internalShare < STRAY_SHARE ? hosts.busiest : [];
}

/** Up to which import the network's hosts have been described, and which are listed although they are not internal. */
interface DescribedNote {
  readonly upToImport: number;
  readonly alsoHosts: readonly string[];
}

function noteKey(network: Network): string {
  return `assets.described.${network.id}`;
}

async function noteOf(metadata: MetadataStore, network: Network): Promise<DescribedNote> {
  const note = (await metadata.settings.get(noteKey(network))) as DescribedNote | undefined;
  return note ?? { upToImport: 0, alsoHosts: [] };
}
