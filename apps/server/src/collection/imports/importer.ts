import { createHash } from "node:crypto";
import type { FileEnd } from "@flowlens/codec";
import { createFlowBatch, type FlowBatch, type FlowSink } from "@flowlens/flow";
import type { FileImport, MetadataStore, Network } from "#metadata-store";
import type { Logger } from "#telemetry";
import { CollectionError } from "../errors.ts";
import type { CaptureContent } from "../files/capture-decoder.ts";
import { readContent } from "../files/file-content.ts";
import { createDecoder, endOf, examineFile, type ExaminedFile } from "../files/flow-file.ts";

/** Records of one insert: enough that an insert is cheap, few enough that a batch stays under 10 MB. */
const BATCH_RECORDS = 50_000;

export interface ImporterDependencies {
  readonly metadata: Pick<MetadataStore, "imports">;
  readonly flows: FlowRows;
  readonly logger: Logger;
}

/** What the importer needs of the flow store. */
export interface FlowRows {
  insertFlows(
    batch: FlowBatch,
    target: { networkId: number; importId: number; token: string; receivedAtMs: number },
  ): Promise<void>;
  /** Removes every row of the import and has what was folded of them folded again; does nothing where there are none. */
  forgetImport(importId: number): Promise<void>;
}

export interface ImportProgress {
  readonly step: "examining" | "importing";
  /** Read so far, of the file as it lies on disk. */
  readonly fileBytes: number;
  readonly records: number;
}

export interface ImportOptions {
  readonly network: Network;
  /** How the import is listed; the path unless given (an uploaded file lies under another name). */
  readonly name?: string | undefined;
  /** What a capture's packets are; told by looking where not given. */
  readonly content?: CaptureContent | undefined;
  /** Refuse a file that breaks off, instead of importing it to its last whole record. */
  readonly strict?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

export interface ImportOutcome {
  /** `already_imported`: the same content is there, nothing was changed. */
  readonly outcome: "imported" | "already_imported";
  readonly import: FileImport;
}

export interface Importer {
  /**
   * Takes one file in. It is there wholly when this resolves; when it rejects, nothing of it is.
   *
   * @throws CollectionError when the file is refused; FlowStoreError or MetadataStoreError when a store fails
   */
  importFile(path: string, options: ImportOptions): Promise<ImportOutcome>;
  /** Undoes imports whose process died; answers how many. */
  undoStale(): Promise<number>;
}

export function createImporter({ metadata, flows, logger }: ImporterDependencies): Importer {
  async function undo(importId: number): Promise<void> {
    await flows.forgetImport(importId);
    await metadata.imports.forget(importId);
  }

  async function take(file: ExaminedFile, options: ImportOptions, begun: FileImport): Promise<ImportOutcome> {
    const taken = await insertFile(file, flows, { ...options, importId: begun.id });
    const finished = await metadata.imports.finish(begun.id, {
      sha256: file.sha256,
      format: file.format,
      bytes: file.contentBytes,
      ...taken,
    });
    if (finished.outcome === "finished") return { outcome: "imported", import: finished.import };
    await undo(begun.id);
    return { outcome: "already_imported", import: finished.import };
  }

  return {
    async importFile(path, options) {
      const file = await examineFile(path, {
        content: options.content,
        signal: options.signal,
        onFileBytes: (fileBytes) => options.onProgress?.({ step: "examining", fileBytes, records: 0 }),
      });
      const name = options.name ?? path;
      if (options.strict === true && !file.end.complete) {
        throw new CollectionError(
          "FILE_INCOMPLETE",
          `${name}: ${file.end.reason}, after byte ${file.end.offset}; --strict refuses it.`,
          { context: { file: name, offset: file.end.offset } },
        );
      }
      const beginning = await metadata.imports.begin({ networkId: options.network.id, path: name, sha256: file.sha256 });
      if (beginning.outcome === "already_imported") return { outcome: "already_imported", import: beginning.import };
      if (beginning.outcome === "running") {
        throw new CollectionError(
          "IMPORT_BUSY",
          `${name}: process ${beginning.import.ownerPid} is importing the same content into ${options.network.name} at this moment.`,
          { context: { file: name } },
        );
      }
      try {
        return await take(file, options, beginning.import);
      } catch (error) {
        await undoAfter(error, beginning.import.id);
        throw options.signal?.aborted === true
          ? new CollectionError("IMPORT_CANCELLED", `${name}: the import was stopped and undone.`, { cause: error })
          : error;
      }
    },

    async undoStale() {
      const stale = await metadata.imports.claimStale();
      for (const { id, path } of stale) {
        logger.warn({ import: id, path }, "undoing an import whose process died");
        await undo(id);
      }
      return stale.length;
    },
  };

  /** The import failed: takes back what it stored. What cannot be taken back now is, by `undoStale`, after this process. */
  async function undoAfter(error: unknown, importId: number): Promise<void> {
    try {
      await metadata.imports.fail(importId, error instanceof Error ? error.message : String(error));
      await undo(importId);
    } catch (cause) {
      logger.error({ import: importId, err: cause }, "an import that failed could not be undone yet");
    }
  }
}

interface InsertedFile {
  readonly records: number;
  readonly end: FileEnd;
  readonly counters: Readonly<Record<string, number>>;
  readonly firstRecordAt?: Date;
  readonly lastRecordAt?: Date;
}

/** Decodes the file and stores its rows, batch by batch, at most one insert under way. */
async function insertFile(
  file: ExaminedFile,
  flows: FlowRows,
  options: ImportOptions & { readonly importId: number },
): Promise<InsertedFile> {
  const batch = createFlowBatch(BATCH_RECORDS);
  const receivedAtMs = Date.now();
  const hash = createHash("sha256");
  let pending: Promise<void>[] = [];
  let batches = 0;
  let records = 0;
  let firstMs = Infinity;
  let lastMs = -Infinity;
  const sink: FlowSink = {
    batch,
    emit: () => {
      records += batch.length;
      for (let row = 0; row < batch.length; row++) {
        firstMs = Math.min(firstMs, batch.timeStart[row]);
        lastMs = Math.max(lastMs, batch.timeEnd[row]);
      }
      pending.push(
        flows.insertFlows(batch, {
          networkId: options.network.id,
          importId: options.importId,
          token: `${file.sha256}:${batches++}`,
          receivedAtMs,
        }),
      );
    },
  };
  const settle = async (): Promise<void> => {
    const waiting = pending;
    pending = [];
    const ends = await Promise.allSettled(waiting);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  };
  const decoder = createDecoder(file, { sink });
  let fileBytes = 0;
  let settled = false;
  try {
    const content = await readContent(
      file.path,
      async (chunk) => {
        hash.update(chunk);
        decoder.push(chunk);
        options.onProgress?.({ step: "importing", fileBytes, records });
        await settle();
      },
      { signal: options.signal, onFileBytes: (bytes) => (fileBytes = bytes) },
    );
    const end = endOf(decoder, content.brokenOff, content.contentBytes);
    await settle();
    settled = true;
    if (hash.digest("hex") !== file.sha256) {
      throw new CollectionError("FILE_CHANGED", `${file.path}: it changed while it was being read; import it again.`, {
        context: { file: file.path },
      });
    }
    return {
      records,
      end,
      counters: { ...decoder.counters },
      ...(records > 0 ? { firstRecordAt: new Date(firstMs), lastRecordAt: new Date(lastMs) } : {}),
    };
  } finally {
    // Rows of an insert that is still under way would come back after the import was undone.
    if (!settled) await Promise.allSettled(pending);
  }
}

