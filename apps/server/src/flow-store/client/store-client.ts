import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import {
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseSettings,
} from "@clickhouse/client";
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
  /** To find it in system.processes. The server refuses an id that is still running, so a retry needs a new one. */
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
  /** `INSERT INTO … FORMAT Native` with `body` as its block. Never retried here: only the caller knows the token. */
  insert(statement: Statement & { readonly body: Uint8Array }): Promise<void>;
  /** Closes the connections; the next question opens new ones. */
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
 * A client of one ClickHouse database over HTTP. Makes no connection yet. `connection` is asked before every
 * request, since an engine that was restarted may answer at another port.
 * Failures are `FlowStoreError`s that name the question.
 */
export function createStoreClient(
  connection: () => StoreConnection,
  options: StoreClientOptions = {},
): StoreClient {
  const attempts = options.attempts ?? 5;
  let open: { readonly to: StoreConnection; readonly client: ClickHouseClient } | undefined;

  function reach(): ClickHouseClient {
    const to = connection();
    if (open !== undefined && sameConnection(open.to, to)) return open.client;
    void open?.client.close();
    const client = createClient({
      url: to.url,
      username: to.username,
      password: to.password,
      database: to.database,
      application: "flowlens",
      request_timeout: options.requestTimeoutMs ?? 300_000,
      max_open_connections: options.connections ?? 10,
      use_multipart_params_auto: true,
      clickhouse_settings: SETTINGS,
      log: { level: ClickHouseLogLevel.OFF },
    });
    open = { to, client };
    return client;
  }

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

  /** Reads nothing but; so the server may stop it when nobody waits for the answer any more. */
  const reading = (question: Question) =>
    asked({
      ...question,
      settings: { readonly: "2", cancel_http_readonly_queries_on_client_close: 1, ...question.settings },
    });
  const asked = (question: Question) => ({
    ...(question.params === undefined ? {} : { query_params: { ...question.params } }),
    ...(question.signal === undefined ? {} : { abort_signal: question.signal }),
    clickhouse_settings: { log_comment: question.name, ...question.settings },
  });

  async function rows<Row>(question: Question): Promise<Row[]> {
    return trying(question.name, attempts, async () => {
      const result = await reach().query({
        query: question.sql,
        format: "JSONEachRow",
        ...reading(question),
      });
      return result.json<Row>();
    });
  }

  async function command(statement: Statement): Promise<StatementSummary> {
    return trying(statement.name, statement.idempotent === true ? attempts : 1, async () => {
      const given = asked(statement);
      const result = await reach().command({
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
    get database() {
      return connection().database;
    },
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
        reach().query({ query: question.sql, format: "JSONCompactEachRow", ...reading(question) }),
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
    async insert(statement) {
      const given = asked(statement);
      try {
        const answer = await reach().exec({
          query: statement.sql,
          values: Readable.from([statement.body], { objectMode: false }),
          ...(statement.queryId === undefined ? {} : { query_id: statement.queryId }),
          ...given,
          clickhouse_settings: { wait_end_of_query: 1, ...given.clickhouse_settings },
        });
        for await (const _ of answer.stream) {
          // An INSERT has nothing to say; the socket is free once that is read.
        }
      } catch (cause) {
        throw classifyError(statement.name, cause);
      }
    },
    async close() {
      const closing = open;
      open = undefined;
      await closing?.client.close();
    },
  };
}

function sameConnection(a: StoreConnection, b: StoreConnection): boolean {
  return (
    a.url === b.url && a.username === b.username && a.password === b.password && a.database === b.database
  );
}
