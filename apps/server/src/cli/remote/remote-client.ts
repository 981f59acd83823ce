import { AssetDetail, AssetList, ExporterList, HealthReady } from "@flowlens/contract";
import type { AssetListQuery, ImportReport, ImportStep } from "@flowlens/contract";
import type { CaptureContent } from "#collection";
import { createRemoteCalls } from "./remote-calls.ts";
import { importRemotely } from "./remote-import.ts";

export interface RemoteClientOptions {
  /** `http://127.0.0.1:8000`, as `findService` tells it. */
  readonly url: string;
  /** Needed for what changes something. */
  readonly token?: string | undefined;
}

export interface RemoteProgress {
  readonly step: "uploading" | ImportStep;
  /** Of the file as it lies on disk: sent so far, then read so far. */
  readonly fileBytes: number;
  readonly ofBytes: number;
  readonly records: number;
}

export interface RemoteImportOptions {
  /** Default: `default`. */
  readonly network?: string | undefined;
  /** How the import is listed; the path unless given. */
  readonly name?: string | undefined;
  readonly strict?: boolean | undefined;
  readonly content?: CaptureContent | undefined;
  /** Breaks off the upload, or has the import undone. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RemoteProgress) => void) | undefined;
}

/** A FlowLens that serves, asked over HTTP. Every function rejects with a RemoteError. */
export interface RemoteClient {
  /** Page by page, all of them; `limit` is the size of a page. */
  listAssets(query?: AssetListQuery): AsyncIterable<AssetList>;
  /** @throws RemoteError ASSET_NOT_FOUND */
  getAsset(id: number): Promise<AssetDetail>;
  listExporters(): Promise<ExporterList>;
  /** Resolves when the file's hosts can be listed, or when it was refused, with the reason in `error`. */
  importFile(path: string, options?: RemoteImportOptions): Promise<ImportReport>;
  /** @throws RemoteError NOT_READY, with the reasons */
  health(): Promise<HealthReady>;
}

export function createRemoteClient(options: RemoteClientOptions): RemoteClient {
  const calls = createRemoteCalls(options);
  return {
    async *listAssets(query = {}) {
      let cursor = query.cursor;
      do {
        const page = await calls.get(AssetList, "/api/v1/assets", { ...query, cursor });
        yield page;
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
    },
    getAsset: (id) => calls.get(AssetDetail, `/api/v1/assets/${id}`),
    listExporters: () => calls.get(ExporterList, "/api/v1/exporters"),
    importFile: (path, importOptions = {}) => importRemotely(calls, path, importOptions),
    health: () => calls.get(HealthReady, "/health/ready"),
  };
}
