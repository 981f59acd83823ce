import { parseAddressRange } from "@flowlens/flow";
import type { AssetService, RefreshSummary } from "#assets";
import type { FlowStore } from "#flow-store";
import type { MetadataStore, Network } from "#metadata-store";
import { createOneAtATime } from "./one-at-a-time.ts";

/** Where fewer of an import's conversations than this have an internal address, those addresses are strays. */
const STRAY_SHARE = 0.01;
/** An import without internal addresses is about the hosts that have at least so much of its conversations. */
const BUSY_SHARE = 0.01;

/** What has been described of a network, kept in the metadata store so that a restart goes on where it was. */
interface DescribedNote {
  readonly upToImport: number;
  readonly upToFold: number;
  /** Hosts that are listed although they are not internal. */
  readonly alsoHosts: readonly string[];
}

export interface DescriberDependencies {
  readonly metadata: Pick<MetadataStore, "imports" | "networks" | "settings">;
  readonly queries: Pick<FlowStore["queries"], "importHosts" | "newestFolds">;
  readonly assets: AssetService;
}

/** Describes the hosts of networks after folds, one network at a time, and remembers how far it has come. */
export interface Describer {
  /** All hosts of a network after imports, unless they have been described since. `folded`: something was, just now. */
  afterImports(
    network: Network,
    options: { readonly folded: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<void>;
  /** Networks with folds that have not been described. */
  waiting(): Promise<Network[]>;
  /** The hosts of a network that changed since they were described. */
  changed(network: Network, signal: AbortSignal): Promise<RefreshSummary>;
}

export function createDescriber({ metadata, queries, assets }: DescriberDependencies): Describer {
  // Two looks at one network at a time would settle types on what the other has not written yet.
  const oneAtATime = createOneAtATime();

  async function noteOf(networkId: number): Promise<DescribedNote> {
    const note = (await metadata.settings.get(noteKey(networkId))) as Partial<DescribedNote> | undefined;
    return { upToImport: 0, upToFold: 0, alsoHosts: [], ...note };
  }

  async function describeImports(network: Network, folded: boolean, signal: AbortSignal | undefined) {
    // What was imported and folded before a kill may not have been described: the note tells.
    const described = await noteOf(network.id);
    const imports = await metadata.imports.list({ networkId: network.id, limit: 10_000 });
    const upToImport = Math.max(described.upToImport, ...imports.map(({ id }) => id));
    if (!folded && upToImport === described.upToImport) return;
    const alsoHosts = new Set(described.alsoHosts);
    for (const { id } of imports.filter((one) => one.id > described.upToImport)) {
      for (const host of await hostsWithoutInternal(network, id)) alsoHosts.add(host);
    }
    // Read before: what is folded meanwhile may not be in the description.
    const upToFold = (await queries.newestFolds()).get(network.id) ?? described.upToFold;
    const note: DescribedNote = { upToImport, upToFold, alsoHosts: [...alsoHosts] };
    await assets.refresh(network, { alsoHosts: note.alsoHosts, signal });
    await metadata.settings.set(noteKey(network.id), note);
  }

  /** The hosts that an import is about when it holds no internal address; none when it does. */
  async function hostsWithoutInternal(network: Network, importId: number): Promise<readonly string[]> {
    const internalRanges = network.internalRanges.flatMap((text) => parseAddressRange(text) ?? []);
    const hosts = await queries.importHosts({ importId, internalRanges, minShare: BUSY_SHARE });
    return hosts.internalShare < STRAY_SHARE ? hosts.busiest : [];
  }

  return {
    afterImports: (network, { folded, signal }) => oneAtATime(() => describeImports(network, folded, signal)),
    async waiting() {
      const folds = await queries.newestFolds();
      const networks = await metadata.networks.list();
      const waiting: Network[] = [];
      for (const network of networks) {
        const newest = folds.get(network.id) ?? 0;
        if (newest > 0 && newest > (await noteOf(network.id)).upToFold) waiting.push(network);
      }
      return waiting;
    },
    changed: (network, signal) =>
      oneAtATime(async () => {
        signal.throwIfAborted();
        const note = await noteOf(network.id);
        const { upToFold, ...summary } = await assets.refreshChanged(network, {
          afterFold: note.upToFold,
          alsoHosts: note.alsoHosts,
          signal,
        });
        if (upToFold > note.upToFold)
          await metadata.settings.set(noteKey(network.id), { ...note, upToFold } satisfies DescribedNote);
        return summary;
      }),
  };
}

function noteKey(networkId: number): string {
  return `assets.described.${networkId}`;
}
