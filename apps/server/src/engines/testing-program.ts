/**
 * A program for tests that need a FlowLens process of its own, to kill it or to run it as another user: starts both engines in the
 * directory given as its argument, says on stdout what happened as one line of JSON, and stops when its stdin ends.
 */
import { silentLogger } from "#telemetry";
import { EngineError } from "./engine-error.ts";
import { createEngines } from "./engines.ts";

const [dataDirectory = ""] = process.argv.slice(2);
const engines = createEngines({ dataDirectory, clickhouseMemoryBytes: 1024 ** 3 }, { logger: silentLogger });
try {
  const addresses = await engines.start();
  const pids = engines.status().map((status) => status.pid);
  process.stdout.write(`${JSON.stringify({ addresses, pids })}\n`);
  process.stdin.on("end", () => void engines.stop().then(() => process.exit(0))).resume();
} catch (error) {
  const code = error instanceof EngineError ? error.code : "UNKNOWN";
  process.stdout.write(
    `${JSON.stringify({ code, message: error instanceof Error ? error.message : String(error) })}\n`,
  );
  process.exitCode = 1;
}
