/** Spools and batches for tests of loading. Not here: anything a running FlowLens uses. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFlowBatch, startFlow, writeIpv4, type FlowBatch } from "@flowlens/flow";
import { afterEach } from "vitest";

/** Answers a fresh directory each time; all are removed after each test. */
export function temporaryDirectories(): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
  });
  return () => {
    const directory = mkdtempSync(join(tmpdir(), "flowlens-loading-"));
    made.push(directory);
    return directory;
  };
}

export const countedBatch = (rows: number, first: number): FlowBatch => {
  const batch = createFlowBatch(rows);
  fillCounted(batch, first);
  return batch;
};

/** Fills the batch with rows whose `bytes` count on from `first`, so that each can be told from all others. */
export function fillCounted(batch: FlowBatch, first: number): void {
  batch.length = 0;
  for (let i = 0; i < batch.capacity; i++) {
    const row = startFlow(batch);
    writeIpv4(batch.exporter, row * 16, 0xc0000201);
    writeIpv4(batch.srcAddr, row * 16, 0x0a000000 + ((first + i) % 50_000));
    writeIpv4(batch.dstAddr, row * 16, 0x0a100000 + (i % 5000));
    batch.srcPort[row] = 32_768 + (i % 28_000);
    batch.dstPort[row] = 443;
    batch.ipProtocol[row] = 6;
    batch.timeStart[row] = Date.UTC(2026, 10, 23, 12) + (i % 60_000);
    batch.timeEnd[row] = batch.timeStart[row] + (i % 5000);
    batch.packets[row] = 1;
    batch.bytes[row] = first + i;
    batch.length++;
  }
}
