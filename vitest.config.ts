// Three suites, each with a script and a time of its own in .ci/run: `npm test` (unit, property, contract and one
// end-to-end test), `npm run test:e2e` (whole commands, a real browser), `npm run test:faults` (kills, full disks).
import { defineConfig } from "vitest/config";
import { totalsReporter } from "./scripts/totals-reporter.ts";

const SECOND = 1000;
const E2E = "apps/server/**/*.e2e.test.ts";
const FAULTS = "apps/server/**/*.faults.test.ts";

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
      project("server", ["apps/server/**/*.test.ts", `!${E2E}`, `!${FAULTS}`], 60 * SECOND),
      project("whole", ["test/e2e/serve.test.ts"], 180 * SECOND),
      project("e2e", ["test/e2e/**/*.test.ts", "!test/e2e/serve.test.ts", E2E], 180 * SECOND),
      project("faults", [FAULTS], 180 * SECOND),
    ],
  },
});

/** @param include globs; those after `!` are left out */
function project(name: string, include: string[], timeoutMs: number) {
  return {
    extends: true as const,
    test: {
      name,
      include: include.filter((glob) => !glob.startsWith("!")),
      exclude: [
        "**/node_modules/**",
        ...include.flatMap((glob) => (glob.startsWith("!") ? [glob.slice(1)] : [])),
      ],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      globalSetup: ["./scripts/test-surroundings.ts"],
    },
  };
}
