/**
 * A program for tests that kill it. `write DIRECTORY FIRST`: appends rows that count on from FIRST as fast as it can and says
 * after each sync, a line each, below which number all are on disk. `load DIRECTORY RELEASES CONNECTION`: loads what is
 * there into the flow store and kills itself when it has deleted RELEASES segments, between the next insert and its deletion.
 */
import { createFlowBatch } from "@flowlens/flow";
import { createFlowStore, type StoreConnection } from "#flow-store";
import { createSpoolReader, createSpoolWriter } from "#spool";
import { silentLogger } from "#telemetry";
import { createSpoolLoader } from "./spool-loader.ts";
import { fillCounted } from "./testing-spool.ts";

const [mode = "", directory = "", number = "", connectionText = ""] = process.argv.slice(2);

async function write(first: number): Promise<void> {
  const writer = createSpoolWriter({ directory, segmentBytes: 500_000, sealAfterMs: 50, syncEveryMs: 20 });
  const batches = [1, 30, 700, 2500].map((rows) => createFlowBatch(rows));
  for (let next = first, i = 0; ; i++) {
    const batch = batches[i % batches.length];
    fillCounted(batch, next);
    const outcome = writer.append(batch, { networkId: 1 + (i % 3), receivedAtMs: Date.now() });
    if (outcome === "full") throw new Error("the spool refused");
    next += batch.length;
    if (i % 8 !== 7) continue;
    await writer.sync();
    process.stdout.write(`${next}\n`);
  }
}

async function load(releases: number, connection: StoreConnection): Promise<void> {
  const store = createFlowStore(
    { database: connection.database, insertGiveUpAfterMs: 10_000, foldRowsPerChunk: 1_000_000 },
    { connection: () => connection, logger: silentLogger },
  );
  await store.start();
  const reader = createSpoolReader({ directory });
  await reader.recover();
  let left = releases;
  const spool = {
    ...reader,
    async release(segment: Parameters<typeof reader.release>[0]): Promise<void> {
      if (left-- <= 0) process.kill(process.pid, "SIGKILL");
      await reader.release(segment);
    },
  };
  createSpoolLoader({ spool, flows: store, logger: silentLogger }).start();
}

if (mode === "write") await write(Number(number));
else await load(Number(number), JSON.parse(connectionText) as StoreConnection);
