import type {
  AssetDetail,
  AssetListItem,
  AssetListQuery,
  ExporterList,
  ImportReport,
  ImportStep,
} from "@flowlens/contract";
import type { Settings } from "#app";
import type { CaptureContent } from "#collection";
import { setTimeout as sleep } from "node:timers/promises";
import { findService, lockHolder } from "#engines";
import { openLocalSession } from "./local-session.ts";
import { openRemoteSession } from "./remote-session.ts";

export interface ImportRequest {
  readonly network: string;
  readonly strict: boolean;
  readonly content?: CaptureContent | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: {
    readonly step: ImportStep | "uploading";
    readonly fileBytes: number;
    readonly records: number;
  }) => void;
}

/** What commands ask of a FlowLens, whether it runs in this process or in a `serve` that holds the data directory. */
export interface Session {
  /** Takes one file in. Never rejects for the file's sake: a refusal is a report. */
  importFile(path: string, request: ImportRequest): Promise<ImportReport>;
  /** Has the network's hosts described as of what was imported. */
  describe(network: string, request: Pick<ImportRequest, "signal" | "onProgress">): Promise<void>;
  /** All pages of a list, one after the other. */
  assets(query: Omit<AssetListQuery, "cursor">): AsyncIterable<AssetListItem>;
  /** One host with what stands behind its type. */
  asset(id: number): Promise<AssetDetail>;
  /** Exporters with their health; without a collector at work here, as they are kept. */
  exporters(): Promise<ExporterList>;
  close(): Promise<void>;
}

/** A `serve` that is starting tells where it answers within this time; another command is soon done. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 200;

/**
 * The `serve` that holds the data directory, if one does; else a FlowLens in this process.
 * @throws EngineError ENGINE_LOCKED when another command holds the directory and does not end
 */
export async function openSession(settings: Settings): Promise<Session> {
  const { dataDirectory } = settings;
  const waitUntil = performance.now() + PATIENCE_MS;
  while (lockHolder(dataDirectory) !== null && performance.now() < waitUntil) {
    const service = findService(dataDirectory);
    if (service !== null) return openRemoteSession(service);
    await sleep(LOOK_EVERY_MS);
  }
  return openLocalSession(settings);
}
