import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const BIN = fileURLToPath(new URL("../../apps/server/bin/flowlens.mjs", import.meta.url));

/** Several tests run at once, and perhaps beside a collector of the machine's own. */
const FREE_PORTS = {
  FLOWLENS_COLLECTOR_NETFLOW_PORT: "0",
  FLOWLENS_COLLECTOR_IPFIX_PORT: "0",
  FLOWLENS_COLLECTOR_SFLOW_PORT: "0",
};

export interface Finished {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly finished: Promise<Finished>;
  readonly stderr: () => string;
  readonly stdout: () => string;
  kill(signal: NodeJS.Signals): void;
}

export interface RunOptions {
  readonly data: string;
  /** Run as this user and group; only root can. */
  readonly uid?: number;
  /** Variables besides those of the test itself. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the flowlens command as a user would, on a data directory of the test's own. */
export function startFlowLens(args: readonly string[], options: RunOptions): Running {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { ...process.env, ...FREE_PORTS, FLOWLENS_DATA: options.data, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return {
    finished: new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, stdout, stderr }));
    }),
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => void child.kill(signal),
  };
}

export function flowLens(args: readonly string[], options: RunOptions): Promise<Finished> {
  return startFlowLens(args, options).finished;
}

/** A folder of the test file's own, removed afterwards. */
export function testFolder(): {
  path(name: string): string;
  write(name: string, content: Uint8Array | string): string;
} {
  const folder = mkdtempSync(join(tmpdir(), "flowlens-e2e-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const path = (name: string): string => join(folder, name);
  return {
    path,
    write(name, content) {
      writeFileSync(path(name), content);
      return path(name);
    },
  };
}
