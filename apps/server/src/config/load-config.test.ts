import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Type } from "typebox";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "./config-error.ts";
import type { ConfigSources } from "./config-place.ts";
import { loadConfig } from "./load-config.ts";
import { listSettings } from "./settings.ts";

const SECTIONS = {
  engines: Type.Object(
    {
      clickhouseUrl: Type.Optional(
        Type.String({ env: "FLOWLENS_CLICKHOUSE_URL", secret: true, description: "Where it is." }),
      ),
      memoryBytes: Type.Integer({ minimum: 1_000, default: 5_000 }),
    },
    { additionalProperties: false },
  ),
  api: Type.Object(
    {
      host: Type.String({ default: "127.0.0.1" }),
      secure: Type.Boolean({ default: false }),
      level: Type.Union([Type.Literal("low"), Type.Literal("high")], { default: "low" }),
      allowed: Type.Array(Type.String(), { default: ["10.0.0.0/8"] }),
      limits: Type.Object({ perMinute: Type.Number({ default: 1.5 }) }, { additionalProperties: false }),
    },
    { additionalProperties: false },
  ),
};

describe("the configuration", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "flowlens-config-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const load = (sources: Partial<ConfigSources> = {}) =>
    loadConfig(SECTIONS, { environment: {}, dataDirectory: directory, ...sources });
  const write = (content: unknown, path = join(directory, "flowlens.json")) => {
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  function problemsOf(sources: Partial<ConfigSources> = {}): string[] {
    try {
      load(sources);
    } catch (error) {
      if (error instanceof ConfigError) return error.message.split("\n");
      throw error;
    }
    return [];
  }

  it("is the defaults when nobody says anything", () => {
    const { values, dataDirectory, settings } = load();
    expect(values).toEqual({
      engines: { memoryBytes: 5_000 },
      api: {
        host: "127.0.0.1",
        secure: false,
        level: "low",
        allowed: ["10.0.0.0/8"],
        limits: { perMinute: 1.5 },
      },
    });
    expect(dataDirectory).toBe(directory);
    expect(settings.every(({ origin }) => origin.kind === "default")).toBe(true);
  });

  it("lets the file override defaults, the environment the file, flags the environment; and knows who won", () => {
    const path = write({
      engines: { memoryBytes: 6_000 },
      api: { host: "from-file", limits: { perMinute: 2 }, level: "high" },
    });
    const { values, settings } = load({
      environment: { FLOWLENS_API_HOST: "from-environment", FLOWLENS_API_LIMITS_PER_MINUTE: "3" },
      flags: { "api.host": "from-flag", "api.secure": undefined },
    });
    expect(values.engines.memoryBytes).toBe(6_000);
    expect(values.api).toEqual({
      host: "from-flag",
      secure: false,
      level: "high",
      allowed: ["10.0.0.0/8"],
      limits: { perMinute: 3 },
    });
    const origins = Object.fromEntries(settings.map((setting) => [setting.path, setting.origin]));
    expect(origins).toMatchObject({
      "engines.memoryBytes": { kind: "file", name: path },
      "api.host": { kind: "flag", name: "api.host" },
      "api.limits.perMinute": { kind: "environment", name: "FLOWLENS_API_LIMITS_PER_MINUTE" },
      "api.secure": { kind: "default" },
    });
  });

  it("reads numbers, switches, choices and lists from texts", () => {
    const { values } = load({
      environment: {
        FLOWLENS_ENGINES_MEMORY_BYTES: "1e6",
        FLOWLENS_API_SECURE: "Yes",
        FLOWLENS_API_ALLOWED: "10.0.0.0/8, fd00::/8",
      },
      flags: { "api.level": "high", "api.host": "8000", "api.limits.perMinute": ".5" },
    });
    expect(values).toEqual({
      engines: { memoryBytes: 1_000_000 },
      api: {
        host: "8000",
        secure: true,
        level: "high",
        allowed: ["10.0.0.0/8", "fd00::/8"],
        limits: { perMinute: 0.5 },
      },
    });
    expect(load({ environment: { FLOWLENS_API_ALLOWED: '["a,b"]' } }).values.api.allowed).toEqual(["a,b"]);
    expect(load({ environment: { FLOWLENS_API_HOST: "" } }).values.api.host).toBe("127.0.0.1");
  });

  it("cannot be changed, not even in its depths, nor through the defaults", () => {
    const { values } = load();
    expect(() => (values.api.limits.perMinute = 9)).toThrow(TypeError);
    expect(() => values.api.allowed.push("everything")).toThrow(TypeError);
    expect(load().values.api.allowed).toEqual(["10.0.0.0/8"]);
  });

  it("refuses what it does not know, with what was probably meant", () => {
    const path = write({ engins: {}, api: { hots: "x", limits: { perMinut: 1 }, zzzzzzzz: 1 } });
    expect(
      problemsOf({ environment: { FLOWLENS_CLICKHOSE_URL: "x", OTHER: "y" }, flags: { "api.secur": true } }),
    ).toEqual([
      `${path}: there is no setting "engins"; did you mean "engines"?`,
      `${path}: there is no setting "api.hots"; did you mean "api.host"?`,
      `${path}: there is no setting "api.limits.perMinut"; did you mean "api.limits.perMinute"?`,
      `${path}: there is no setting "api.zzzzzzzz"; there are api.host, api.secure, api.level, api.allowed, api.limits`,
      "FLOWLENS_CLICKHOSE_URL: is no setting of FlowLens; did you mean FLOWLENS_CLICKHOUSE_URL?",
      'command line: there is no setting "api.secur"; did you mean "api.secure"?',
    ]);
  });

  it("tells all that is wrong at once, where it was given, and what would be right", () => {
    const path = write({ engines: { memoryBytes: 10 }, api: { limits: 7, allowed: ["a", 1] } });
    expect(
      problemsOf({ environment: { FLOWLENS_API_SECURE: "perhaps" }, flags: { "api.level": "middle" } }),
    ).toEqual([
      `${path}: api.limits must be an object with settings in it`,
      `${path}: engines.memoryBytes must be >= 1000, not 10`,
      'FLOWLENS_API_SECURE: api.secure must be boolean, not "perhaps"',
      'command line: api.level must be one of "low", "high", not "middle"',
      `${path}: api.allowed /1 must be string, not ["a",1]`,
    ]);
    expect(problemsOf({ environment: { FLOWLENS_ENGINES_MEMORY_BYTES: "12" } })).toContain(
      "FLOWLENS_ENGINES_MEMORY_BYTES: engines.memoryBytes must be >= 1000, not 12",
    );
  });

  it("says in words what a setting of several kinds takes", () => {
    const port = Type.Union([Type.Integer({ minimum: 0, maximum: 9 }), Type.Literal("off")], { default: 1 });
    const portOf = (text: string) =>
      loadConfig(
        { a: Type.Object({ port }) },
        { environment: { FLOWLENS_A_PORT: text }, dataDirectory: directory },
      ).values.a.port;
    expect([portOf("0"), portOf("off")]).toEqual([0, "off"]);
    expect(() => portOf("10")).toThrow('a.port must be an integer from 0 to 9 or "off", not 10');
  });

  it("never shows a secret", () => {
    const { settings, values } = load({ environment: { FLOWLENS_CLICKHOUSE_URL: "http://ann:geheim@h" } });
    expect(values.engines.clickhouseUrl).toBe("http://ann:geheim@h");
    expect(settings[0]).toMatchObject({
      path: "engines.clickhouseUrl",
      value: "[hidden]",
      description: "Where it is.",
    });
    expect(JSON.stringify(settings)).not.toContain("geheim");
    write({ engines: { clickhouseUrl: ["geheim"] } });
    expect(problemsOf().join()).toContain("engines.clickhouseUrl must be string");
    expect(problemsOf().join()).not.toContain("geheim");
  });

  it("reads a secret from the file that a variable names", () => {
    const secret = write("http://ann:geheim@h\n", join(directory, "secret"));
    const environment = { FLOWLENS_CLICKHOUSE_URL_FILE: secret };
    expect(load({ environment }).values.engines.clickhouseUrl).toBe("http://ann:geheim@h");
    expect(problemsOf({ environment: { ...environment, FLOWLENS_CLICKHOUSE_URL: "x" } })).toEqual([
      "FLOWLENS_CLICKHOUSE_URL_FILE: is set beside FLOWLENS_CLICKHOUSE_URL; leave one of them out",
    ]);
    expect(problemsOf({ environment: { FLOWLENS_CLICKHOUSE_URL_FILE: `${secret}x` } }).join()).toContain(
      "the file cannot be read: ENOENT",
    );
    expect(problemsOf({ environment: { FLOWLENS_API_HOST_FILE: secret } }).join()).toContain(
      "is no setting of FlowLens",
    );
  });

  it("leaves alone what Kubernetes sets for a service that is called flowlens", () => {
    const environment = {
      FLOWLENS_SERVICE_HOST: "10.0.0.1",
      FLOWLENS_SERVICE_PORT: "80",
      FLOWLENS_SERVICE_PORT_HTTP: "80",
      FLOWLENS_PORT: "tcp://10.0.0.1:80",
      FLOWLENS_PORT_80_TCP_ADDR: "10.0.0.1",
      FLOWLENS_POSTGRES_PORT_5432_TCP_PROTO: "tcp",
    };
    expect(problemsOf({ environment })).toEqual([]);
  });

  it("says that a file is no JSON, no object, or not there though it was named", () => {
    const path = write("{\n  oops\n}");
    expect(problemsOf()[0]).toContain(`${path}: this is not valid JSON: `);
    write("[]");
    expect(problemsOf()).toEqual([`${path}: the settings must be a JSON object`]);
    expect(problemsOf({ configPath: join(directory, "nowhere.json") })[0]).toContain(
      "nowhere.json: the settings cannot be read: ENOENT",
    );
    expect(() => load({ environment: { FLOWLENS_CONFIG: join(directory, "nowhere.json") } })).toThrow(
      ConfigError,
    );
  });

  it("lets a named file say where the data are, and reads no other file then", () => {
    const elsewhere = join(directory, "elsewhere");
    mkdirSync(elsewhere);
    write({ api: { host: "not me" } }, join(elsewhere, "flowlens.json"));
    const configPath = write(
      { $schema: "x", dataDirectory: "elsewhere", api: { host: "me" } },
      join(directory, "named.json"),
    );
    const config = load({ configPath, dataDirectory: undefined });
    expect(config).toMatchObject({
      dataDirectory: elsewhere,
      dataDirectoryOrigin: { kind: "file", name: configPath },
    });
    expect(config.values.api.host).toBe("me");
    const environment = { FLOWLENS_DATA: join(directory, "third") };
    expect(load({ configPath, dataDirectory: undefined, environment }).dataDirectory).toBe(
      environment.FLOWLENS_DATA,
    );
    write({ dataDirectory: "/somewhere" });
    expect(problemsOf()).toEqual([
      `${join(directory, "flowlens.json")}: dataDirectory can only be given in a file that --config names, not in the data directory itself`,
    ]);
  });

  it("asks for what has no default, unless it may be left out", () => {
    const sections = {
      a: Type.Object({ must: Type.Integer(), may: Type.Optional(Type.Object({ inner: Type.Integer() })) }),
    };
    const sources = { environment: {}, dataDirectory: directory };
    expect(() => loadConfig(sections, sources)).toThrow(
      /^settings: a\.must must be given \(FLOWLENS_A_MUST\)$/,
    );
    expect(() => loadConfig(sections, { ...sources, flags: { "a.must": "x" } })).toThrow(
      /^command line: a\.must must be integer, not "x"$/,
    );
    expect(loadConfig(sections, { ...sources, flags: { "a.must": "1" } }).values).toEqual({ a: { must: 1 } });
    expect(loadConfig(sections, { ...sources, flags: { "a.must": 1, "a.may.inner": 2 } }).values).toEqual({
      a: { must: 1, may: { inner: 2 } },
    });
  });

  it("cannot be put together so that two settings share a variable", () => {
    const one = Type.Object({ url: Type.String({ env: "FLOWLENS_URL" }) });
    expect(() => listSettings({ one, two: one })).toThrow(
      "one.url and two.url share the variable FLOWLENS_URL",
    );
  });
});
