import { Client } from "pg";
import { EngineError } from "./engine-error.ts";
import type { ClickHouseAddress, PostgresAddress } from "./engine-types.ts";

/**
 * A ClickHouse address from a URL like `http://user:password@host:8123/database`. A password given beside the URL wins.
 * @throws EngineError ENGINE_URL_INVALID; its message never repeats the URL, which may hold a password
 */
export function parseClickHouseUrl(text: string, password?: string): ClickHouseAddress {
  const example = "http://user:password@host:8123/flowlens";
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid("FLOWLENS_CLICKHOUSE_URL", "is not a URL", example);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw invalid(
      "FLOWLENS_CLICKHOUSE_URL",
      `begins with ${url.protocol}// but FlowLens speaks HTTP to ClickHouse`,
      example,
    );
  }
  if (url.search !== "" || url.hash !== "")
    throw invalid("FLOWLENS_CLICKHOUSE_URL", "has a part behind ? or #", example);
  const [database, ...rest] = url.pathname.split("/").filter((part) => part !== "");
  if (rest.length > 0)
    throw invalid("FLOWLENS_CLICKHOUSE_URL", "has more than a database name in its path", example);
  return {
    url: url.origin,
    username: decodeURIComponent(url.username) || "default",
    password: password ?? decodeURIComponent(url.password),
    ...(database === undefined ? {} : { database: decodeURIComponent(database) }),
  };
}

/**
 * A PostgreSQL address from a URL like `postgres://user:password@host:5432/database?sslmode=require`, read as libpq does, with its
 * PG… environment variables for what the URL leaves out. A password given beside the URL wins.
 * @throws EngineError ENGINE_URL_INVALID; its message never repeats the URL
 */
export function parsePostgresUrl(text: string, password?: string): PostgresAddress {
  const example = "postgres://user:password@host:5432/flowlens";
  if (!/^postgres(ql)?:\/\//.test(text))
    throw invalid("FLOWLENS_POSTGRES_URL", "does not begin with postgres://", example);
  let client: Client;
  try {
    client = new Client({ connectionString: text });
  } catch {
    throw invalid("FLOWLENS_POSTGRES_URL", "cannot be read", example);
  }
  const ssl = client.ssl as PostgresAddress["ssl"] | undefined;
  return {
    host: client.host,
    port: client.port,
    user: client.user ?? "postgres",
    password: password ?? client.password ?? "",
    database: client.database ?? client.user ?? "postgres",
    ssl: ssl ?? false,
  };
}

function invalid(setting: string, what: string, example: string): EngineError {
  return new EngineError("ENGINE_URL_INVALID", `${setting} ${what}. It looks like ${example}.`, {
    context: { setting },
  });
}
