import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLogger, silentLogger, type LoggerOptions } from "./logger.ts";

function capture(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    level: "debug",
    ...options,
    destination: { write: (line) => void lines.push(line) },
  });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? "null") as Record<string, unknown> };
}

describe("the log", () => {
  it("writes one object a line: when, how grave, what, and the fields", () => {
    const { logger, last } = capture();
    logger.warn({ exporter: "10.0.0.1", gaps: 3 }, "records were lost");
    expect(last()).toEqual({
      time: expect.stringMatching(/^20\d\d-\d\d-\d\dT.*Z$/) as string,
      level: "warn",
      exporter: "10.0.0.1",
      gaps: 3,
      msg: "records were lost",
    });
    logger.child({ room: "engines" }).info("up");
    expect(last()).toMatchObject({ room: "engines", level: "info", msg: "up" });
  });

  it("drops what is below its level", () => {
    const { logger, lines } = capture({ level: "warn" });
    logger.info("nothing to see");
    logger.error("something");
    expect(lines).toHaveLength(1);
    const silent = capture({ level: "silent" });
    silent.logger.fatal("unheard");
    silentLogger.child({}).fatal({}, "unheard");
    expect(silent.lines).toEqual([]);
  });

  it("hides secrets by the name of their field, at any depth", () => {
    const { logger, lines } = capture();
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).map((text) => `geheim${text}`),
        fc.constantFrom(
          "password",
          "clickhousePassword",
          "apiKey",
          "api_key",
          "Authorization",
          "session_token",
          "Set-Cookie",
        ),
        fc.integer({ min: 0, max: 4 }),
        (secret, field, depth) => {
          lines.length = 0;
          let fields: Record<string, unknown> = { [field]: secret, kept: 1 };
          for (let i = 0; i < depth; i++) fields = { inner: fields };
          logger.info(fields, "a line");
          expect(lines[0]).not.toContain("geheim");
          expect(lines[0]).toContain(`"kept":1`);
          expect(() => JSON.parse(lines[0] ?? "") as unknown).not.toThrow();
        },
      ),
    );
  });

  it("hides the password of a URL wherever it stands, and nothing else of it", () => {
    const { logger, lines } = capture();
    logger.error(
      { err: new Error("connect to postgres://ann:geheim@host:5432/db failed") },
      "see http://ann:geheim@host/ too",
    );
    expect(lines[0]).not.toContain("geheim");
    expect(lines[0]).toContain("postgres://ann:[hidden]@host:5432/db");
    logger.info("listening on http://127.0.0.1:8000/ as ann@example");
    expect(lines[1]).toContain("listening on http://127.0.0.1:8000/ as ann@example");
  });

  it("can speak to people", () => {
    const { logger, lines } = capture({ format: "text" });
    logger.warn({ exporter: "10.0.0.1", reason: "two words", n: 3, password: "geheim" }, "it was lost");
    expect(lines[0]).toMatch(
      /^20\S+Z WARN {2}it was lost exporter=10\.0\.0\.1 reason="two words" n=3 password=\[hidden\]\n$/,
    );
  });

  it("loses no line when the process ends at once, and leaves stdout alone when told", () => {
    const url = JSON.stringify(new URL("./logger.ts", import.meta.url).href);
    const script = `import { createLogger } from ${url};
      createLogger({ level: "info", destination: "stderr" }).info("last words"); process.exit(0);`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
    });
    expect(stdout).toBe("");
    expect(stderr).toContain(`"msg":"last words"`);
  });
});
