import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { withClickHouse, withEngines } from "./testing.ts";

describe("engines for tests", () => {
  const engines = withEngines();

  it("gives a ClickHouse that stores and answers", async () => {
    const { url, username, password } = engines.clickhouse;
    const ask = async (query: string) => {
      const response = await fetch(url, {
        method: "POST",
        body: query,
        headers: { "X-ClickHouse-User": username, "X-ClickHouse-Key": password },
      });
      return { ok: response.ok, text: (await response.text()).trim() };
    };
    expect(await ask("CREATE DATABASE one")).toEqual({ ok: true, text: "" });
    expect(await ask("CREATE TABLE one.numbers (n UInt64) ENGINE = MergeTree ORDER BY n")).toEqual({
      ok: true,
      text: "",
    });
    expect(await ask("INSERT INTO one.numbers SELECT number FROM numbers(1000)")).toEqual({
      ok: true,
      text: "",
    });
    expect(await ask("SELECT sum(n), timezone() FROM one.numbers")).toEqual({
      ok: true,
      text: "499500\tUTC",
    });
  });

  it("gives a PostgreSQL that stores and answers in UTF-8, the C locale, with checksums", async () => {
    const client = new Client({ ...engines.postgres });
    await client.connect();
    try {
      const { rows } = await client.query(
        "SELECT current_setting('server_encoding') AS encoding, current_setting('data_checksums') AS checksums, current_setting('timezone') AS zone, (SELECT datcollate FROM pg_database WHERE datname = current_database()) AS collation",
      );
      expect(rows).toEqual([{ encoding: "UTF8", checksums: "on", zone: "UTC", collation: "C" }]);
    } finally {
      await client.end();
    }
  });
});

describe("ClickHouse alone", () => {
  const clickhouse = withClickHouse();

  it("answers with an address that can be spread", () => {
    expect(Object.keys({ ...clickhouse }).toSorted()).toEqual(["password", "url", "username"]);
  });
});
