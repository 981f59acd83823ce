import type { AssetListItem, AssetListQuery, ImportReport } from "@flowlens/contract";
import { createFlowLens, type FlowLens, type Settings } from "#app";
import { assetListItem, assetListRequest } from "./asset-json.ts";
import { CollectionError, type ImportOutcome } from "#collection";
import { createLogger } from "#telemetry";
import type { ImportRequest, Session } from "./session.ts";

/** A FlowLens in this process, on the data directory of the settings; its engines stop with it. */
export async function openLocalSession(settings: Settings): Promise<Session> {
  // A command prints for people: only what went wrong is worth a log line beside that.
  const logger = createLogger({ level: "error", format: "text", destination: "stderr" });
  const flowLens = createFlowLens(settings, { logger });
  await flowLens.start();
  return {
    async importFile(path, request) {
      try {
        return reportOf(path, request.network, await importInto(flowLens, path, request));
      } catch (error) {
        if (!(error instanceof CollectionError) || error.code === "IMPORT_CANCELLED") throw error;
        return refusalOf(path, request.network, error);
      }
    },
    async describe(name, { signal, onProgress }) {
      const network = await flowLens.metadata.networks.ensure(name);
      onProgress({ step: "folding", fileBytes: 0, records: 0 });
      await flowLens.settle(network, {
        signal,
        onFoldProgress: ({ rowsDone }) => onProgress({ step: "folding", fileBytes: 0, records: rowsDone }),
      });
    },
    assets: (query) => listAll(flowLens, query),
    close: () => flowLens.stop(),
  };
}

async function importInto(flowLens: FlowLens, path: string, request: ImportRequest): Promise<ImportOutcome> {
  const network = await flowLens.metadata.networks.ensure(request.network);
  return flowLens.importFile(path, {
    network,
    strict: request.strict,
    content: request.content,
    signal: request.signal,
    onProgress: request.onProgress,
  });
}

function reportOf(file: string, network: string, { outcome, import: taken }: ImportOutcome): ImportReport {
  const incomplete =
    taken.breakOffset === null ? null : { offset: taken.breakOffset, reason: taken.breakReason ?? "the file breaks off" };
  return {
    file,
    network,
    outcome: outcome === "imported" && incomplete !== null ? "incomplete" : outcome,
    import_id: taken.id,
    format: taken.format,
    records: taken.records,
    bytes: taken.bytes,
    incomplete,
  };
}

function refusalOf(file: string, network: string, error: CollectionError): ImportReport {
  const { code, message } = error;
  const nothing = { import_id: null, format: null, records: null, bytes: null, incomplete: null };
  return { file, network, outcome: "refused", ...nothing, error: { code, message } };
}

async function* listAll(flowLens: FlowLens, query: Omit<AssetListQuery, "cursor">): AsyncGenerator<AssetListItem> {
  const names = new Map((await flowLens.metadata.networks.list()).map(({ id, name }) => [id, name]));
  const request = await assetListRequest(flowLens.metadata, query);
  let cursor: string | undefined;
  do {
    const page = await flowLens.metadata.assets.list(cursor === undefined ? request : { ...request, cursor });
    for (const asset of page.assets) yield assetListItem(asset, names.get(asset.networkId) ?? "");
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
