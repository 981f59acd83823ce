import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "#telemetry";
import { fullDiskAdvice } from "./data-directory.ts";
import { EngineError } from "./engine-error.ts";
import type { EngineTimings } from "./engine-timings.ts";
import type { EngineName } from "./engine-types.ts";
import { freePort } from "./free-port.ts";
import { createLastLines, type LastLines } from "./last-lines.ts";
import { killTree } from "./process-tree.ts";

/** What must be known about a program to start it and keep it alive. */
export type SupervisedProgram = {
  readonly engine: EngineName;
  /** As people call it. */
  readonly title: string;
  /** Where it keeps its files. */
  readonly directory: string;
  /** Starts the process, its stderr a pipe. It must lead a process group, so that a terminal's Ctrl-C does not reach it. */
  readonly launch: (port: number) => ChildProcess;
  /** Resolves when the engine at `port` accepts our password, which also proves that it is ours; rejects while it does not. */
  readonly probe: (port: number) => Promise<void>;
  /** A sign of life within `timeoutMs`, whatever the answer says; rejects on silence. */
  readonly heartbeat: (port: number, timeoutMs: number) => Promise<void>;
  readonly requestStop: (child: ChildProcess) => void;
  /** Told of each new child, so that the next FlowLens can find it if we are killed; `null` when it has ended. */
  readonly onChild: (pid: number | null) => void;
};

export type RunningChild = {
  readonly child: ChildProcess;
  readonly port: number;
  readonly lines: LastLines;
  /** How it ended, once it has. */
  readonly ended: Promise<string>;
  readonly hasEnded: () => string | null;
  /** Aborts when it ends. */
  readonly endSignal: AbortSignal;
  /** By performance.now(). */
  readonly startedAt: number;
};

export type BringUpOptions = {
  /** The port it had before, so that callers keep their address. */
  readonly wantedPort: number | null;
  readonly timings: EngineTimings;
  readonly signal: AbortSignal;
  readonly logger: Logger;
};

const PORT_TAKEN = /address already in use|could not bind|EADDRINUSE/i;
const PORT_ATTEMPTS = 5;
/** Remains of a child that was killed a moment ago: its own processes still end, or the kernel still holds its lock. */
const PASSES_BY_ITSELF =
  /pre-existing shared memory block|"postmaster\.pid" already exists|Cannot lock file/i;
const PASSING_LIMIT_MS = 10_000;
const PROBE_PAUSE_MS = 25;
/** stderr may still be read after the exit; but it never ends while a grandchild keeps it open. */
const LAST_WORDS_MS = 200;

function launch(program: SupervisedProgram, port: number): RunningChild {
  const child = program.launch(port);
  const lines = createLastLines();
  const end = new AbortController();
  let how: string | null = null;
  child.stderr?.on("data", (chunk: Buffer) => lines.push(chunk));
  const closed = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => {
      lines.push(`${error.message}\n`);
      if (child.pid === undefined) resolve("it could not be run");
    });
    child.once("exit", (code, signal) =>
      resolve(signal === null ? `exit code ${code}` : `killed by ${signal}`),
    );
  }).then(async (outcome) => {
    if (child.pid !== undefined) await Promise.race([closed, sleep(LAST_WORDS_MS)]);
    how = outcome;
    program.onChild(null);
    end.abort();
    return outcome;
  });
  program.onChild(child.pid ?? null);
  return {
    child,
    port,
    lines,
    ended,
    hasEnded: () => how,
    endSignal: end.signal,
    startedAt: performance.now(),
  };
}

/** Ends a child at once, with what it has started itself. */
export async function killChild({ child, ended }: RunningChild): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killTree(child.pid);
  await ended;
}

/** Waits until the engine answers. On failure nothing is left running. */
async function untilReady(
  program: SupervisedProgram,
  target: RunningChild,
  { timings, signal }: BringUpOptions,
): Promise<void> {
  let cause: unknown;
  while (performance.now() - target.startedAt < timings.startLimitMs && !signal.aborted) {
    const how = target.hasEnded();
    if (how !== null) throw failure(program, target, { what: `ended while starting (${how})` });
    try {
      await program.probe(target.port);
      if (target.hasEnded() === null) return;
    } catch (error) {
      cause = error;
      await sleep(PROBE_PAUSE_MS);
    }
  }
  await killChild(target);
  const what = signal.aborted
    ? "was stopped while starting"
    : `did not answer within ${timings.startLimitMs / 1000} s`;
  throw failure(program, target, { what, cause });
}

function failure(
  program: SupervisedProgram,
  { lines }: RunningChild,
  { what, cause }: { what: string; cause?: unknown },
): EngineError {
  const said = lines.text();
  const advice = fullDiskAdvice(said, program.directory);
  const message = [`${program.title} ${what}.`, advice, said === "" ? null : `It said: ${said}`]
    .filter((part) => part !== null)
    .join(" ");
  return new EngineError("ENGINE_START_FAILED", message, {
    context: { engine: program.engine, lastLines: said },
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Starts the program and waits until it answers, on the wanted port if that is still free.
 * @throws EngineError ENGINE_START_FAILED with the last lines it said; nothing is then left running
 */
export async function bringUp(program: SupervisedProgram, options: BringUpOptions): Promise<RunningChild> {
  const begunAt = performance.now();
  let port = options.wantedPort ?? (await freePort());
  for (let portAttempts = 1; ;) {
    const target = launch(program, port);
    try {
      await untilReady(program, target, options);
      return target;
    } catch (error) {
      const said = target.lines.text();
      if (options.signal.aborted) throw error;
      if (PORT_TAKEN.test(said) && portAttempts < PORT_ATTEMPTS) {
        options.logger.info({ engine: program.engine, port }, "the port was taken meanwhile, trying another");
        portAttempts += 1;
        port = await freePort();
      } else if (PASSES_BY_ITSELF.test(said) && performance.now() - begunAt < PASSING_LIMIT_MS) {
        await sleep(250);
      } else {
        throw error;
      }
    }
  }
}
