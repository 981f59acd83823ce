import { createHash } from "node:crypto";
import { join } from "node:path";

export const CLICKHOUSE_USER = "flowlens";

export type ClickHouseFilesOptions = {
  /** Folder of the engine: holds config.xml, users.xml, data/ and log/. */
  readonly directory: string;
  readonly password: string;
  /** Limit of what all queries and merges may allocate together. */
  readonly memoryBytes: number;
};

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * The server's configuration. Pool sizes are left alone: what libchdb brings (2 merge threads, 2 schedule threads) already fits small
 * machines. Cache sizes are limits, not allocations, and their defaults (5 GiB each) would let a small machine swap.
 */
export function clickHouseConfig({ directory, memoryBytes }: ClickHouseFilesOptions): string {
  const mebibyte = 1024 * 1024;
  const cacheBytes = Math.max(16 * mebibyte, Math.min(128 * mebibyte, Math.floor(memoryBytes / 16)));
  const path = (...parts: string[]) => escapeXml(join(directory, ...parts));
  return `<clickhouse>
  <users_config>${path("users.xml")}</users_config>
  <path>${path("data")}/</path>
  <tmp_path>${path("data", "tmp")}/</tmp_path>
  <user_files_path>${path("data", "user_files")}/</user_files_path>
  <format_schema_path>${path("data", "format_schemas")}/</format_schema_path>
  <timezone>UTC</timezone>
  <logger>
    <log>${path("log", "clickhouse.log")}</log>
    <size>8M</size>
    <count>2</count>
  </logger>
  <max_server_memory_usage>${memoryBytes}</max_server_memory_usage>
  <mark_cache_size>${cacheBytes}</mark_cache_size>
  <primary_index_cache_size>${cacheBytes}</primary_index_cache_size>
  <index_mark_cache_size>${cacheBytes}</index_mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <compiled_expression_cache_size>${16 * mebibyte}</compiled_expression_cache_size>
  <mlock_executable>false</mlock_executable>
  <send_crash_reports><enabled>false</enabled></send_crash_reports>
</clickhouse>
`;
}

/**
 * The users. The start-up query runs as \`default\`, which also answers over HTTP without a password: it may only open the listening
 * port, so it can neither read nor write. Everything else needs \`flowlens\` and its password.
 */
export function clickHouseUsers({ password }: ClickHouseFilesOptions): string {
  const hash = createHash("sha256").update(password).digest("hex");
  const everywhereLocal =
    "<networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>";
  return `<clickhouse>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <users>
    <default><password></password>${everywhereLocal}<grants><query>GRANT SYSTEM LISTEN ON *.*</query></grants></default>
    <${CLICKHOUSE_USER}><password_sha256_hex>${hash}</password_sha256_hex>${everywhereLocal}</${CLICKHOUSE_USER}>
  </users>
</clickhouse>
`;
}
