import { describe, expect, test } from "vitest";
import { addressesIn, complete, missingFrom, platformOf } from "./complete-lock.mjs";

const LOCK = {
  packages: {
    "": {},
    "apps/server": { optionalDependencies: { "@chdb/lib-linux-arm64-gnu": "26.7.3-stable.1" } },
    "node_modules/oxlint": {
      version: "1.94.0",
      dev: true,
      optionalDependencies: {
        "@oxlint/binding-linux-x64-gnu": "1.94.0",
        "@oxlint/binding-win32-x64-msvc": "1.94.0",
      },
    },
    "node_modules/@oxlint/binding-linux-x64-gnu": { version: "1.94.0", integrity: "sha512-a", dev: true },
    "node_modules/esbuild": { version: "0.28.2", optionalDependencies: { "@esbuild/linux-x64": "0.28.2" } },
    "node_modules/@esbuild/linux-x64": { version: "0.28.2" },
    "node_modules/tsx": { version: "4.0.0", optionalDependencies: { "@esbuild/linux-x64": "0.25.0" } },
  },
};

describe("completing the lock", () => {
  test("adds every optional dependency that has no entry, with the platform its name gives", () => {
    const { lock, added } = complete(LOCK);
    expect(added).toBe(3);
    expect(lock.packages["node_modules/@chdb/lib-linux-arm64-gnu"]).toEqual({
      version: "26.7.3-stable.1",
      cpu: ["arm64"],
      libc: ["glibc"],
      optional: true,
      os: ["linux"],
    });
    expect(lock.packages["node_modules/@oxlint/binding-win32-x64-msvc"]).toEqual({
      version: "1.94.0",
      cpu: ["x64"],
      dev: true,
      optional: true,
      os: ["win32"],
    });
  });

  test("puts an entry below its dependent where another version holds the upper place", () => {
    expect(missingFrom(LOCK)).toContainEqual({
      location: "node_modules/tsx/node_modules/@esbuild/linux-x64",
      name: "@esbuild/linux-x64",
      version: "0.25.0",
      dev: false,
    });
  });

  test("leaves nothing to complete and what was there as it was", () => {
    const { lock } = complete(LOCK);
    expect(missingFrom(lock)).toEqual([]);
    expect(lock.packages).toMatchObject(LOCK.packages);
    expect(complete(lock)).toEqual({ lock, added: 0 });
  });

  test("takes out download addresses, and keeps the links to workspaces", () => {
    const addressed = {
      packages: {
        "node_modules/pg": {
          version: "8.23.1",
          resolved: "https://example.org/pg-8.23.1.tgz",
          integrity: "sha512-b",
        },
        "node_modules/@flowlens/flow": { resolved: "packages/flow", link: true },
      },
    };
    expect(addressesIn(addressed)).toEqual(["node_modules/pg"]);
    const { lock } = complete(addressed);
    expect(addressesIn(lock)).toEqual([]);
    expect(lock.packages["node_modules/@flowlens/flow"]).toEqual({ resolved: "packages/flow", link: true });
  });

  test.each([
    ["@oxfmt/binding-linux-x64-musl", { os: ["linux"], cpu: ["x64"], libc: ["musl"] }],
    ["@oxfmt/binding-linux-arm-gnueabihf", { os: ["linux"], cpu: ["arm"] }],
    ["@oxlint-tsgolint/darwin-arm64", { os: ["darwin"], cpu: ["arm64"] }],
    ["lightningcss-win32-ia32-msvc", { os: ["win32"], cpu: ["ia32"] }],
    ["@oxc-parser/binding-wasm32-wasi", { cpu: ["wasm32"] }],
  ])("reads the platform of %s from its name", (name, platform) => {
    expect(platformOf(name)).toEqual(platform);
  });

  test("refuses to guess the platform of a name that names none", () => {
    expect(() => platformOf("fsevents")).toThrow("the platform of fsevents cannot be read from its name");
  });
});
