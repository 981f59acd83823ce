import { describe, expect, it } from "vitest";
import { FLOW_COLUMNS, COLUMN_WIDTH_BYTES } from "./columns.ts";
import { createFlowBatch, flushFlows, nextFlow } from "./flow-batch.ts";

const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

describe("flow batches", () => {
  it("have one array per column of the catalogue, wide enough for its type", () => {
    const batch = createFlowBatch(3);
    const columns = Object.keys(batch).filter((key) => key !== "capacity" && key !== "length");
    expect(columns).toEqual(FLOW_COLUMNS.map((column) => camel(column.name)));
    for (const column of FLOW_COLUMNS) {
      const values = batch[camel(column.name) as "bytes"];
      expect(values.byteLength, column.name).toBe(3 * COLUMN_WIDTH_BYTES[column.type]);
    }
  });

  it("are emitted when full and flushed when not empty, and a reused row carries nothing over", () => {
    const emitted: number[][] = [];
    const batch = createFlowBatch(2);
    const sink = { batch, emit: () => emitted.push([...batch.srcPort.subarray(0, batch.length)]) };
    for (const port of [1, 2, 3]) {
      const row = nextFlow(sink);
      expect(batch.srcPort[row]).toBe(0);
      batch.srcPort[row] = port;
      batch.length++;
    }
    flushFlows(sink);
    flushFlows(sink);
    expect(emitted).toEqual([[1, 2], [3]]);
  });
});
