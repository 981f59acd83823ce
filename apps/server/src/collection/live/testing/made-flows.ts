import { ADDRESS_BYTES, createFlowBatch, nextFlow, parseAddressInto, type FlowBatch } from "@flowlens/flow";

/** Rows that differ from each other: row n goes from 10.1.x.y to 10.2.0.1 and carries n + 1 bytes. */
export function madeFlows(rows: number, startMs: number): FlowBatch {
  const batch = createFlowBatch(rows);
  const sink = {
    batch,
    emit() {
      throw new Error("the batch was made large enough");
    },
  };
  for (let n = 0; n < rows; n++) {
    const row = nextFlow(sink);
    parseAddressInto(`10.1.${(n >> 8) & 255}.${n & 255}`, batch.srcAddr, row * ADDRESS_BYTES);
    parseAddressInto("10.2.0.1", batch.dstAddr, row * ADDRESS_BYTES);
    batch.srcPort[row] = 1024 + (n % 60_000);
    batch.dstPort[row] = 443;
    batch.ipProtocol[row] = 6;
    batch.bytes[row] = n + 1;
    batch.packets[row] = 1;
    batch.timeStart[row] = startMs;
    batch.timeEnd[row] = startMs + 100;
    batch.length++;
  }
  return batch;
}
