import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "#telemetry";
import { EngineError } from "./engine-error.ts";
import { identify, isRunning, type ProcessIdentity } from "./process-identity.ts";
import { killTree } from "./process-tree.ts";

/** Remembers the child in a file, so that the next start can find it when we were killed. */
export function recordChild(path: string, pid: number | null): void {
  const identity = pid === null ? null : identify(pid);
  if (identity === null) rmSync(path, { force: true });
  else writeFileSync(path, JSON.stringify(identity), { mode: 0o600 });
}

/** The recorded child, if it still runs. A file that cannot be read is no child: it was cut off by a crash. */
export function recordedChild(path: string): ProcessIdentity | null {
  try {
    const { pid, started } = JSON.parse(readFileSync(path, "utf8")) as Partial<ProcessIdentity>;
    if (typeof pid !== "number" || typeof started !== "string") return null;
    return isRunning({ pid, started }) ? { pid, started } : null;
  } catch {
    return null;
  }
}

export type OrphanOptions = {
  readonly title: string;
  /** Asks it to end by itself; not given when it does so unasked. */
  readonly askToStop?: (pid: number) => void;
  readonly patienceMs: number;
};

/** Ends a process that a killed FlowLens left behind: it gets `patienceMs` to end cleanly, then SIGKILL. */
export async function endOrphan(
  orphan: ProcessIdentity,
  { title, askToStop, patienceMs }: OrphanOptions,
  logger: Logger,
): Promise<void> {
  logger.warn({ pid: orphan.pid }, `${title} of a FlowLens that was killed still runs, stopping it`);
  askToStop?.(orphan.pid);
  if (await isGone(orphan, patienceMs)) return;
  killTree(orphan.pid);
  if (await isGone(orphan, 10_000)) return;
  throw new EngineError(
    "ENGINE_START_FAILED",
    `${title} of an earlier FlowLens still runs as process ${orphan.pid} and does not end, perhaps because it waits for a disk. End that process, or restart the machine, then start FlowLens again.`,
    { context: { pid: orphan.pid } },
  );
}

async function isGone(identity: ProcessIdentity, limitMs: number): Promise<boolean> {
  const begunAt = performance.now();
  while (isRunning(identity)) {
    if (performance.now() - begunAt > limitMs) return false;
    await sleep(50);
  }
  return true;
}
