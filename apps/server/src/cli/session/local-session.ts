import type { AssetListItem, AssetListQuery } from "@flowlens/contract";
import { createAssetReader, toImportReport, toExporterList, toRefusalReport, type AssetReader } from "#api";
import { createFlowLens, type Settings } from "#app";
import { restingExporter } from "#collection";
import { createLogger } from "#telemetry";
import type { Session } from "./session.ts";

/** A FlowLens in this process, on the data directory of the settings; its engines stop with it. */
export async function openLocalSession(settings: Settings): Promise<Session> {
  // A command prints for people: only what went wrong is worth a log line beside that.
  const logger = createLogger({ level: "error", format: "text", destination: "stderr" });
  const flowLens = createFlowLens(settings, { logger });
  await flowLens.start();
  const reader = createAssetReader(flowLens.metadata);
  return {
    async importFile(path, { network: name, strict, content, signal, onProgress }) {
      const about = { file: path, network: name };
      try {
        const network = await flowLens.metadata.networks.ensure(name);
        return toImportReport(
          await flowLens.importFile(path, { network, strict, content, signal, onProgress }),
          about,
        );
      } catch (error) {
        const refusal = toRefusalReport(error, about);
        if (refusal === undefined) throw error;
        return refusal;
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
    assets: (query) => allPages(reader, query),
    asset: (id) => reader.get(id),
    async exporters() {
      const stored = await flowLens.metadata.exporters.list();
      const nowMs = Date.now();
      return toExporterList(
        stored.map((one) => restingExporter(one, nowMs)),
        { sockets: [], refusedSenders: [] },
      );
    },
    close: () => flowLens.stop(),
  };
}

async function* allPages(
  reader: AssetReader,
  query: Omit<AssetListQuery, "cursor">,
): AsyncGenerator<AssetListItem> {
  let cursor: string | undefined;
  do {
    const page = await reader.list(cursor === undefined ? query : { ...query, cursor });
    yield* page.assets;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}
