import { describe, expect, it } from "vitest";
import { parseClickHouseUrl, parsePostgresUrl } from "./server-url.ts";

describe("the URL of a ClickHouse server", () => {
  it("is taken apart into address, user, password and database", () => {
    expect(parseClickHouseUrl("http://ann:p%40ss@ch.example:8123/traffic")).toEqual({
      url: "http://ch.example:8123",
      username: "ann",
      password: "p@ss",
      database: "traffic",
    });
    expect(parseClickHouseUrl("https://ch.example")).toEqual({
      url: "https://ch.example",
      username: "default",
      password: "",
    });
    expect(parseClickHouseUrl("http://[::1]:8123/")).toMatchObject({ url: "http://[::1]:8123" });
  });

  it("gives way to a password beside it", () => {
    expect(parseClickHouseUrl("http://ann:old@h:1", "new").password).toBe("new");
  });

  it("is refused when it cannot mean one, without repeating what may be secret", () => {
    for (const text of [
      "ch.example",
      "clickhouse://ann:geheim@h:9000",
      "http://ann:geheim@h/a/b",
      "http://h/?password=geheim",
      "",
    ]) {
      const refused = () => parseClickHouseUrl(text);
      expect(refused, text).toThrow(/^FLOWLENS_CLICKHOUSE_URL .*It looks like http:/);
      expect(refused, text).not.toThrow("geheim");
    }
  });
});

describe("the URL of a PostgreSQL server", () => {
  it("is taken apart as libpq does", () => {
    expect(parsePostgresUrl("postgres://ann:p%40ss@pg.example:6432/inventory")).toEqual({
      host: "pg.example",
      port: 6432,
      user: "ann",
      password: "p@ss",
      database: "inventory",
      ssl: false,
    });
    expect(parsePostgresUrl("postgresql://ann@pg.example")).toMatchObject({
      port: 5432,
      database: "ann",
      password: "",
    });
    expect(parsePostgresUrl("postgres://ann@h/db?sslmode=no-verify").ssl).toEqual({
      rejectUnauthorized: false,
    });
    expect(parsePostgresUrl("postgres://ann@h/db?host=/run/postgresql").host).toBe("/run/postgresql");
  });

  it("gives way to a password beside it", () => {
    expect(parsePostgresUrl("postgres://ann:old@h/db", "new").password).toBe("new");
  });

  it("is refused when it cannot mean one, without repeating what may be secret", () => {
    for (const text of ["pg.example", "mysql://ann:geheim@h/db", "http://ann:geheim@h", ""]) {
      const refused = () => parsePostgresUrl(text);
      expect(refused, text).toThrow(/^FLOWLENS_POSTGRES_URL .*It looks like postgres:/);
      expect(refused, text).not.toThrow("geheim");
    }
  });
});
