import { createHash } from "node:crypto";
import type { FileEnd } from "@flowlens/codec";
import { createFlowBatch, type FlowBatch, type FlowSink } from "@flowlens/flow";
import { readContent } from "./file-content.ts";
import { createDecoder, endOf, examineFile, type FlowFileKind } from "./flow-file.ts";

/** Records of one batch: enough that an insert is cheap, few enough that a batch stays under 10 MB. */
const BATCH_RECORDS = 50_000;

export interface ReadFlowFileOptions {
  /** What the file is; examined where not given. */
  readonly kind?: FlowFileKind | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Takes the records out of the batch before it returns its promise: the batch is filled again at once. Awaited
   * before the next piece of the file is read. Batches are numbered from 0; the same file gives the same ones.
   */
  readonly onBatch: (batch: FlowBatch, number: number) => Promise<void>;
  readonly onProgress?:
    | ((progress: { readonly fileBytes: number; readonly records: number }) => void)
    | undefined;
}

export interface ReadFlowFile {
  /** Of the decompressed content, hexadecimal. */
  readonly sha256: string;
  readonly records: number;
  readonly end: FileEnd;
  readonly counters: Readonly<Record<string, number>>;
  /** By the flows' own time; absent when there was no record. */
  readonly firstRecordAt?: Date;
  readonly lastRecordAt?: Date;
}

/** Decodes a file from end to end into batches. @throws as `examineFile`, and what `onBatch` rejects with */
export async function readFlowFile(path: string, options: ReadFlowFileOptions): Promise<ReadFlowFile> {
  const kind = options.kind ?? (await examineFile(path, { signal: options.signal }));
  const batch = createFlowBatch(BATCH_RECORDS);
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
      pending.push(options.onBatch(batch, batches++));
    },
  };
  const settle = async (): Promise<void> => {
    const waiting = pending;
    pending = [];
    const ends = await Promise.allSettled(waiting);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  };
  const decoder = createDecoder(kind, { sink });
  let fileBytes = 0;
  try {
    const content = await readContent(
      path,
      async (chunk) => {
        hash.update(chunk);
        decoder.push(chunk);
        options.onProgress?.({ fileBytes, records });
        await settle();
      },
      { signal: options.signal, onFileBytes: (bytes) => (fileBytes = bytes) },
    );
    const end = endOf(decoder, content.brokenOff, content.contentBytes);
    await settle();
    return {
      sha256: hash.digest("hex"),
      records,
      end,
      counters: { ...decoder.counters },
      ...(records > 0 ? { firstRecordAt: new Date(firstMs), lastRecordAt: new Date(lastMs) } : {}),
    };
  } finally {
    // Nothing is under way any more when this ends, whichever way: the caller may undo what was taken.
    await Promise.allSettled(pending);
  }
}
