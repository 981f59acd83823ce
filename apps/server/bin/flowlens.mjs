#!/usr/bin/env node
// The flowlens command. Plain JavaScript that any Node can read: where the Node at hand is older than the program
// needs, it starts itself again with the one that npm brought.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 24;

if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) await run();
else await runWithNewerNode();

async function run() {
  process.stdout.on("error", onClosedPipe);
  process.stderr.on("error", onClosedPipe);
  const { main } = await import("../src/cli/index.ts");
  process.exitCode = await main(process.argv.slice(2));
}

/**
 * `flowlens decode FILE | head` closes the pipe early: that is no error, but nobody waits for the rest either.
 * @param {NodeJS.ErrnoException} error
 */
function onClosedPipe(error) {
  if (error.code !== "EPIPE") throw error;
  // A command that has something to put away listens for the order to stop; it then ends by itself.
  if (!process.emit("SIGTERM", "SIGTERM")) process.exit(0);
}

async function runWithNewerNode() {
  const node = newerNode();
  if (node === undefined) {
    const root = fileURLToPath(new URL("../../../", import.meta.url));
    process.stderr.write(
      `flowlens needs Node.js ${OLDEST_NODE} or newer and was started with ${process.versions.node}: ` +
        `run \`npm ci\` in ${root}, which brings the right one, and start it again.\n`,
    );
    process.exitCode = 1;
    return;
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      // Ctrl-C reaches both processes by itself; sent on, the child would take it for the second one.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  process.exitCode = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGKILL"]));
  });
}

/** The program of the `node` package, if it is installed. */
function newerNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve("node/package.json");
    const node = join(dirname(manifest), "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}
