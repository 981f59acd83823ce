import type { ClickHouseSettings } from "@clickhouse/client";
import type { Question, StoreClient } from "./store-client.ts";

/** How much one question may take before it is given up. */
export interface QuestionLimits {
  /** Of working time in the store. */
  readonly limitMs: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

/** The same client for questions that strangers ask: each is given up at the limit with FLOW_STORE_TIMEOUT. */
export function boundedClient(client: StoreClient, { limitMs, signal }: QuestionLimits): StoreClient {
  const settings: ClickHouseSettings = {
    max_execution_time: limitMs / 1000,
    timeout_overflow_mode: "throw",
    // 0: do not guess from the first seconds how long the rest will take.
    timeout_before_checking_execution_speed: 0,
  };
  const bounded = <Asked extends Question>(question: Asked): Asked => ({
    ...question,
    settings: { ...question.settings, ...settings },
    ...(signal === undefined ? {} : { signal }),
  });
  return {
    get database() {
      return client.database;
    },
    rows: (question) => client.rows(bounded(question)),
    row: (question) => client.row(bounded(question)),
    stream: (question) => client.stream(bounded(question)),
    command: (statement) => client.command(bounded(statement)),
    insert: (statement) => client.insert(statement),
    close: () => client.close(),
  };
}
