import type { Service } from "#engines";
import { createRemoteClient } from "../remote/remote-client.ts";
import type { Session } from "./session.ts";

/** The `serve` that holds the data directory, asked over HTTP. */
export function openRemoteSession(service: Service): Session {
  const client = createRemoteClient(service);
  return {
    importFile: (path, { network, strict, content, signal, onProgress }) =>
      client.importFile(path, {
        network,
        strict,
        content,
        signal,
        onProgress: ({ step, fileBytes, records }) => onProgress({ step, fileBytes, records }),
      }),
    // The server has described the network when it says that a file is imported.
    describe: async () => undefined,
    async *assets(query) {
      for await (const page of client.listAssets(query)) yield* page.assets;
    },
    asset: (id) => client.getAsset(id),
    exporters: () => client.listExporters(),
    close: async () => undefined,
  };
}
