import { createFlowBatch, type FlowBatch, type FlowSink } from "@flowlens/flow";

/** Rows of one network on their way to the spool. */
export interface NetworkBatch {
  readonly networkId: number;
  readonly sink: FlowSink;
}

export interface NetworkBatches {
  of(networkId: number): NetworkBatch;
  /** Hands on what is left of every network. */
  flush(): void;
}

/** A batch goes to the spool when it has grown to this. */
const ROWS_PER_BATCH = 8_192;

/** A batch a network, made when it is first needed. `store` must have taken the rows when it returns. */
export function createNetworkBatches(store: (batch: FlowBatch, networkId: number) => void): NetworkBatches {
  const batches = new Map<number, NetworkBatch>();
  return {
    of(networkId) {
      let found = batches.get(networkId);
      if (found === undefined) {
        const batch = createFlowBatch(ROWS_PER_BATCH);
        found = { networkId, sink: { batch, emit: () => store(batch, networkId) } };
        batches.set(networkId, found);
      }
      return found;
    },
    flush() {
      for (const { networkId, sink } of batches.values()) {
        if (sink.batch.length === 0) continue;
        store(sink.batch, networkId);
        sink.batch.length = 0;
      }
    },
  };
}
