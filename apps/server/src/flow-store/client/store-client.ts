import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { ClickHouseLogLevel, createClient, type ClickHouseSettings } from "@clickhouse/client";
import { FlowStoreError } from "../errors.ts";
import { classifyError, isPassing } from "./classify-error.ts";

export interface StoreConnection {
  /** `http://127.0.0.1:8123`, or https. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

export interface StoreClientOptions {
  /** A request without an answer for so long is given up. Default 300,000. */
  readonly requestTimeoutMs?: number;
  /** Tries of a request that may be repeated, the first included. Default 5, over about 3 s. */
  readonly attempts?: number;
  /** Open HTTP connections, at most. Default 10. */
  readonly connections?: number;
}

/** Something asked of the store. The name goes into errors, metrics and the server's query log. */
export interface Question {
  readonly name: string;
  readonly sql: string;
  /** Values of the `{name:Type}` places in the SQL. */
  readonly params?: Readonly<Record<string, unknown>>;
  readonly settings?: ClickHouseSettings;
  readonly signal?: AbortSignal;
}

export interface Statement extends Question {
  /** Running it twice does the same as once: it may be retried after a lost connection. Default false. */
  readonly idempotent?: boolean;
  /** So that `isRunning` can ask about it later. Must be new each time. */
  readonly queryId?: string;
}

export interface StatementSummary {
  readonly readRows: number;
  readonly writtenRows: number;
}

export interface StoreClient {
  readonly database: string;
  /** All rows of a small answer as objects by column name; 64-bit integers are strings. Retried. */
  rows<Row>(question: Question): Promise<Row[]>;
  /** The only row of an answer that always has one. Retried. */
  row<Row>(question: Question): Promise<Row>;
  /** Rows as arrays in the order of the SELECT list, in pieces as they arrive. Retried until the first piece. */
  stream(question: Question): AsyncGenerator<unknown[][], void, void>;
  /** A statement without rows: DDL, INSERT … SELECT, DELETE. */
  command(statement: Statement): Promise<StatementSummary>;
  /** `INSERT INTO … FORMAT RowBinary`: `sql` without the FORMAT, `body` its bytes. Retried when idempotent. */
  insertRowBinary(statement: Statement & { readonly body: Uint8Array }): Promise<void>;
  close(): Promise<void>;
}

/** Settings of every request. */
const SETTINGS: ClickHouseSettings = {
  // Numbers above 2^53 would be rounded by JSON.parse before anyone can see it.
  output_format_json_quote_64bit_integers: 1,
  // A failure in the middle of an answer is then told by a marker, never as something that looks like rows.
  http_write_exception_in_output_format: 0,
  date_time_input_format: "basic",
};

/**
 * A client of one ClickHouse database over HTTP. Makes no connection yet.
 * Failures are `FlowStoreError`s that name the question.
 */
export function createStoreClient(connection: StoreConnection, options: StoreClientOptions = {}): StoreClient {
  const attempts = options.attempts ?? 5;
  const client = createClient({
    url: connection.url,
    username: connection.username,
    password: connection.password,
    database: connection.database,
    application: "flowlens",
    request_timeout: options.requestTimeoutMs ?? 300_000,
    max_open_connections: options.connections ?? 10,
    use_multipart_params_auto: true,
    clickhouse_settings: SETTINGS,
    log: { level: ClickHouseLogLevel.OFF },
  });

  async function trying<Result>(name: string, limit: number, act: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await act();
      } catch (cause) {
        const error = classifyError(name, cause);
        if (attempt >= limit || !isPassing(error)) throw error;
        await sleep(100 * 2 ** attempt * (0.75 + Math.random() / 2));
      }
    }
  }

  const asked = (question: Question) => ({
    ...(question.params === undefined ? {} : { query_params: { ...question.params } }),
    ...(question.signal === undefined ? {} : { abort_signal: question.signal }),
    clickhouse_settings: { log_comment: question.name, ...question.settings },
  });

  async function rows<Row>(question: Question): Promise<Row[]> {
    return trying(question.name, attempts, async () => {
      const result = await client.query({ query: question.sql, format: "JSONEachRow", ...asked(question) });
      return result.json<Row>();
    });
  }

  async function command(statement: Statement): Promise<StatementSummary> {
    return trying(statement.name, statement.idempotent === true ? attempts : 1, async () => {
      const given = asked(statement);
      const result = await client.command({
        query: statement.sql,
        ...(statement.queryId === undefined ? {} : { query_id: statement.queryId }),
        ...given,
        // The answer's status then says how the statement ended, not how it began.
        clickhouse_settings: { wait_end_of_query: 1, ...given.clickhouse_settings },
      });
      return {
        readRows: Number(result.summary?.read_rows ?? 0),
        writtenRows: Number(result.summary?.written_rows ?? 0),
      };
    });
  }

  return {
    database: connection.database,
    rows,
    async row<Row>(question: Question): Promise<Row> {
      const answer = await rows<Row>(question);
      if (answer.length === 1) return answer[0];
      throw new FlowStoreError(
        "FLOW_STORE_QUESTION_FAILED",
        `The flow store answered "${question.name}" with ${answer.length} rows where one was expected. This is a fault of FlowLens.`,
        { context: { question: question.name } },
      );
    },
    async *stream(question) {
      const result = await trying(question.name, attempts, () =>
        client.query({ query: question.sql, format: "JSONCompactEachRow", ...asked(question) }),
      );
      try {
        for await (const piece of result.stream<unknown[]>()) yield piece.map((row) => row.json<unknown[]>());
      } catch (cause) {
        throw classifyError(question.name, cause);
      } finally {
        result.close();
      }
    },
    command,
    async insertRowBinary(statement) {
      await trying(statement.name, statement.idempotent === true ? attempts : 1, async () => {
        const given = asked(statement);
        const answer = await client.exec({
          query: `${statement.sql} FORMAT RowBinary`,
          values: Readable.from([statement.body], { objectMode: false }),
          ...(statement.queryId === undefined ? {} : { query_id: statement.queryId }),
          ...given,
          clickhouse_settings: { wait_end_of_query: 1, ...given.clickhouse_settings },
        });
        for await (const _ of answer.stream) {
          // An INSERT has nothing to say; the socket is free once that is read.
        }
      });
    },
    close: () => client.close(),
  };
}
