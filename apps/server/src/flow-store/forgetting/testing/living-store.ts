/** The flow store's parts at work together, as its door puts them together, for tests. */
import type { StoreClient } from "../../client/store-client.ts";
import { createFold } from "../../fold/create-fold.ts";
import { batchOf, type StoreUnderTest, type TestRecord } from "../../fold/testing/store-under-test.ts";
import { createFlowInserter } from "../../insert/flow-inserter.ts";
import { loadNumbers, type StoreNumbers } from "../../numbers.ts";
import { createRollup, type Rollup, type RollupSettings } from "../../rollup/rollup.ts";
import { createForgetting, type Forgetting } from "../forgetting.ts";

export interface LivingStore {
  readonly numbers: StoreNumbers;
  readonly forgetting: Forgetting;
  insert(records: readonly TestRecord[], options?: InsertOptions): Promise<void>;
  /** Answers how many slices were folded. */
  fold(nowMs?: number): Promise<number>;
  readonly rollup: Rollup;
}

interface InsertOptions {
  readonly networkId?: number;
  readonly importId?: number;
  /** A new one unless given. */
  readonly token?: string;
  readonly receivedAtMs?: number;
}

const NOON_MS = Date.UTC(2026, 0, 5, 12);
let tokens = 0;

/** As after a start: what is remembered is what the database holds. */
export async function bringToLife(
  { client: plain }: StoreUnderTest,
  wrap: (client: StoreClient) => StoreClient = (same) => same,
  rollupSettings: RollupSettings = {},
): Promise<LivingStore> {
  const numbers = await loadNumbers(plain);
  const client = wrap(plain);
  const rollup = createRollup({ client, numbers }, rollupSettings);
  const forgetting = await createForgetting({ client, numbers, rollup });
  const { timesForgotten } = forgetting;
  const inserter = createFlowInserter({ client: plain, numbers, timesForgotten, giveUpAfterMs: 1000 });
  const fold = createFold({ client, numbers, settledBatch: inserter.settledBatch });
  return {
    numbers,
    forgetting,
    async insert(
      records,
      { networkId = 1, importId = 0, token = `token ${++tokens}`, receivedAtMs = NOON_MS } = {},
    ) {
      await inserter.insertFlows(batchOf(records), { networkId, importId, token, receivedAtMs });
    },
    async fold(nowMs = NOON_MS) {
      await forgetting.settle();
      return (await fold({ nowMs })).slices;
    },
    rollup,
  };
}

/** Both directions of a conversation of 4,500 bytes in the first minute of the window, so many windows after 10:00. */
export function conversation(window: number, client = 1): TestRecord[] {
  const startMs = Date.UTC(2026, 0, 5, 10, 5 * window) + 1000 * client;
  const up = { from: `10.0.0.${client}`, fromPort: 50_000 + client, to: "10.0.1.1", toPort: 443 };
  const down = { from: up.to, fromPort: up.toPort, to: up.from, toPort: up.fromPort };
  return [
    { ...up, startMs, endMs: startMs + 1000, packets: 5, bytes: 500, flags: 0x02 },
    { ...down, startMs: startMs + 1, endMs: startMs + 1000, packets: 4, bytes: 4000, flags: 0x12 },
  ];
}

export interface Death {
  /** Name of the statement at which the process dies. */
  readonly at: string;
  /** Whether the store has it by then. */
  readonly when: "before" | "after";
}

/** A client of a process that dies at that statement: nothing comes through afterwards. */
export function mortal({ at, when }: Death): (client: StoreClient) => StoreClient {
  return (client) => {
    let isDead = false;
    const die = (): never => {
      isDead = true;
      throw new Error("the power went out");
    };
    return {
      ...client,
      rows: async (question) => (isDead ? die() : client.rows(question)),
      row: async (question) => (isDead ? die() : client.row(question)),
      async command(statement) {
        if (isDead || (statement.name === at && when === "before")) die();
        const done = await client.command(statement);
        return statement.name === at ? die() : done;
      },
    };
  };
}

/** Before and after each of the statements. */
export function deathsAt(...names: readonly string[]): Death[] {
  const all = names.flatMap((at) => [
    { at, when: "before" as const },
    { at, when: "after" as const },
  ]);
  // Each death takes seconds: the short run dies once at each statement, before and after by turns.
  return process.env.FLOWLENS_LONG === undefined
    ? all.filter((_death, i) => i % 4 === 0 || i % 4 === 3)
    : all;
}
