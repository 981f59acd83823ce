// One run of vitest for all tests that `npm test` promises: unit, property, contract and one end-to-end test.
import { defineConfig } from "vitest/config";
import { totalsReporter } from "./scripts/totals-reporter.ts";

const SECOND = 1000;

export default defineConfig({
  test: {
    // Engines are started by several files at once; more workers than the two cores of a small CI machine only
    // make each other slow enough to run into time-outs.
    maxWorkers: 2,
    pool: "forks",
    reporters: ["default", totalsReporter()],
    slowTestThreshold: 5 * SECOND,
    teardownTimeout: 20 * SECOND,
    projects: [
      project("packages", ["packages/*/src/**/*.test.ts", "test/*/src/**/*.test.ts"], 30 * SECOND),
      project("web", ["apps/web/src/**/*.test.ts"], 30 * SECOND),
      project("scripts", ["scripts/**/*.test.ts"], 30 * SECOND),
      // These start ClickHouse and PostgreSQL.
      project("server", ["apps/server/**/*.test.ts"], 60 * SECOND),
      project("end-to-end", ["test/*.test.ts", "test/e2e/**/*.test.ts"], 180 * SECOND),
    ],
  },
});

function project(name: string, include: string[], timeoutMs: number) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      globalSetup: ["./scripts/test-surroundings.ts"],
    },
  };
}
