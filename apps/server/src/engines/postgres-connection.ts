import { connect } from "node:net";
import { Client, DatabaseError } from "pg";
import type { PostgresAddress } from "./engine-types.ts";

/** Logs in and out again, and asks for an answer in between. Rejects with PostgreSQL's own error. */
export async function connectPostgres(address: PostgresAddress, timeoutMs: number): Promise<void> {
  const client = new Client({
    ...address,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: "flowlens engines",
  });
  // A connection that breaks after the answer is no news here.
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("SELECT 1");
  } finally {
    await client.end().catch(() => {});
  }
}

/** Whether an error is PostgreSQL's refusal. That it is starting, stopping or full (classes 57 and 53) passes by itself and is none. */
export function isPostgresAnswer(error: unknown): boolean {
  return error instanceof DatabaseError && error.code !== undefined && !/^(57|53)/.test(error.code);
}

/** The request for TLS (PostgreSQL protocol, SSLRequest): answered before any login, and leaving after it is not logged. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Resolves when a PostgreSQL answers at all; rejects on refusal or silence. */
export function probePostgres(host: string, port: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    socket.once("connect", () => socket.write(SSL_REQUEST));
    socket.once("data", () => {
      resolve();
      socket.destroy();
    });
    socket.once("error", reject);
    socket.once("close", () => {
      clearTimeout(timer);
      reject(new Error("the connection was closed without an answer"));
    });
  });
}
