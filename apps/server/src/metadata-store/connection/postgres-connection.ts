/** Where PostgreSQL answers, and as whom. */
export interface PostgresConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly ssl: boolean | Readonly<Record<string, unknown>>;
}

/** What every connection is opened with. */
export function clientOptions(
  connection: PostgresConnection,
  timeouts: { readonly statementMs: number; readonly connectMs: number },
) {
  return {
    host: connection.host,
    port: connection.port,
    user: connection.user,
    password: connection.password,
    database: connection.database,
    ssl: connection.ssl,
    application_name: "flowlens",
    keepAlive: true,
    connectionTimeoutMillis: timeouts.connectMs,
    statement_timeout: timeouts.statementMs,
    // A transaction whose process hangs would hold its locks for ever.
    idle_in_transaction_session_timeout: timeouts.statementMs,
    // Compiling a query costs more than any query here, and so does starting workers for one: the other cores are for
    // the collector. Times are exchanged as UTC.
    options: "-c jit=off -c max_parallel_workers_per_gather=0 -c TimeZone=UTC -c DateStyle=ISO",
  };
}
