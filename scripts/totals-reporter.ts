// Ends a test run with its time and one line that people and CI read alike: `12 passed, 0 failed, 1 skipped`.
import type { Reporter, TestModule } from "vitest/node";

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Counts what vitest ran. A file that could not be loaded, a hook that failed outside of a test and an error
 * that nobody caught count as one failure each, so that no run reads as green without being it.
 */
export function countTests(modules: readonly TestModule[], unhandledErrors: number): Totals {
  let passed = 0;
  let failed = unhandledErrors;
  let skipped = 0;
  for (const module of modules) {
    const failedBefore = failed;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") passed++;
      else if (state === "failed") failed++;
      else skipped++;
    }
    if (module.state() === "failed" && failed === failedBefore) failed++;
  }
  return { passed, failed, skipped };
}

/** Makes the reporter; it stands last in the list of reporters. */
export function totalsReporter(): Reporter {
  let startedAt = performance.now();
  let closing = "";
  // Printed on the way out, so that nothing can come after it, not even a complaint about what tests left behind.
  process.once("exit", () => process.stdout.write(closing));
  return {
    onTestRunStart() {
      startedAt = performance.now();
    },
    onTestRunEnd(modules, unhandledErrors) {
      const { passed, failed, skipped } = countTests(modules, unhandledErrors.length);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      closing = `The tests took ${seconds} s.\n${passed} passed, ${failed} failed, ${skipped} skipped\n`;
    },
  };
}
