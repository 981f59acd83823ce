import { createFlowBatch, startFlow, type FlowBatch } from "@flowlens/flow";

const MINUTE_MS = 60_000;
const CHUNK_RECORDS = 512;

/** Records of one exporter by the minute in which it sends them. */
export interface ExportQueue {
  /** A fresh row for a record that is sent at `atMs`: its index in the batch returned. Fill it at once. */
  row(atMs: number): { readonly batch: FlowBatch; readonly row: number };
  /** What is sent in the minute that begins at `minuteMs`; it is gone from the queue then. */
  take(minuteMs: number): readonly FlowBatch[];
  /** Everything later than any minute taken, in order. */
  rest(): readonly FlowBatch[];
}

export function createExportQueue(): ExportQueue {
  const minutes = new Map<number, FlowBatch[]>();
  let taken = -Infinity;

  return {
    row(atMs) {
      // A record is late rather than lost when its minute has been taken.
      const minute = Math.max(Math.floor(atMs / MINUTE_MS), taken + 1);
      let chunks = minutes.get(minute);
      if (chunks === undefined) minutes.set(minute, (chunks = []));
      let batch = chunks.at(-1);
      if (batch === undefined || batch.length === batch.capacity) {
        batch = createFlowBatch(CHUNK_RECORDS);
        chunks.push(batch);
      }
      const row = startFlow(batch);
      batch.length++;
      return { batch, row };
    },
    take(minuteMs) {
      taken = Math.floor(minuteMs / MINUTE_MS);
      const chunks = minutes.get(taken) ?? [];
      minutes.delete(taken);
      return chunks;
    },
    rest() {
      const left = [...minutes].toSorted(([a], [b]) => a - b).flatMap(([, chunks]) => chunks);
      minutes.clear();
      return left;
    },
  };
}
