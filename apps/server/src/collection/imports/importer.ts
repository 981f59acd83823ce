import type { FlowBatch } from "@flowlens/flow";
import type { FileImport, MetadataStore, Network } from "#metadata-store";
import type { Logger } from "#telemetry";
import { CollectionError } from "../errors.ts";
import type { CaptureContent } from "../files/capture-decoder.ts";
import { examineFile, type ExaminedFile } from "../files/flow-file.ts";
import { readFlowFile } from "../files/read-flow-file.ts";

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
    const receivedAtMs = Date.now();
    const { sha256, ...read } = await readFlowFile(file.path, {
      kind: file,
      signal: options.signal,
      onBatch: (batch, number) =>
        flows.insertFlows(batch, {
          networkId: options.network.id,
          importId: begun.id,
          token: `${file.sha256}:${number}`,
          receivedAtMs,
        }),
      onProgress: (progress) => options.onProgress?.({ step: "importing", ...progress }),
    });
    if (sha256 !== file.sha256) {
      throw new CollectionError(
        "FILE_CHANGED",
        `${file.path}: it changed while it was being read; import it again.`,
        {
          context: { file: file.path },
        },
      );
    }
    const finished = await metadata.imports.finish(begun.id, {
      ...read,
      sha256,
      format: file.format,
      bytes: file.contentBytes,
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
      const beginning = await metadata.imports.begin({
        networkId: options.network.id,
        path: name,
        sha256: file.sha256,
      });
      if (beginning.outcome === "already_imported")
        return { outcome: "already_imported", import: beginning.import };
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
          ? new CollectionError("IMPORT_CANCELLED", `${name}: the import was stopped and undone.`, {
              cause: error,
            })
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
