import type { Metrics } from "#telemetry";
import { FlowStoreError } from "../errors.ts";
import type { StoreClient } from "./store-client.ts";

const SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10, 60];

/** The same client; how long each question took and what became of it is counted under its name. */
export function measuredClient(client: StoreClient, metrics: Metrics): StoreClient {
  const seconds = metrics.histogram<"question">({
    name: "flowlens_flow_store_question_seconds",
    help: "Time until the flow store had answered a question, retries included.",
    labels: ["question"],
    buckets: SECONDS,
  });
  const failures = metrics.counter<"question" | "code">({
    name: "flowlens_flow_store_question_failures_total",
    help: "Questions that the flow store did not answer, by what was wrong.",
    labels: ["question", "code"],
  });

  function fail(question: string, error: unknown): void {
    failures.add(1, { question, code: error instanceof FlowStoreError ? error.code : "unknown" });
  }

  async function timed<Result>(question: string, ask: () => Promise<Result>): Promise<Result> {
    const begun = performance.now();
    try {
      return await ask();
    } catch (error) {
      fail(question, error);
      throw error;
    } finally {
      seconds.observe((performance.now() - begun) / 1000, { question });
    }
  }

  return {
    get database() {
      return client.database;
    },
    rows: (question) => timed(question.name, () => client.rows(question)),
    row: (question) => timed(question.name, () => client.row(question)),
    command: (statement) => timed(statement.name, () => client.command(statement)),
    insert: (statement) => timed(statement.name, () => client.insert(statement)),
    async *stream(question) {
      const pieces = client.stream(question);
      // Only the waiting is the store's; what the caller does between two pieces is not.
      let waitedMs = 0;
      try {
        for (;;) {
          const begun = performance.now();
          const { value, done } = await pieces.next().finally(() => (waitedMs += performance.now() - begun));
          if (done === true) return;
          yield value;
        }
      } catch (error) {
        fail(question.name, error);
        throw error;
      } finally {
        seconds.observe(waitedMs / 1000, { question: question.name });
        await pieces.return();
      }
    },
    close: () => client.close(),
  };
}
