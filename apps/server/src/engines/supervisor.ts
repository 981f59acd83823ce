import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "#telemetry";
import { EngineError } from "./engine-error.ts";
import type { EngineEvent, EngineName, EngineState } from "./engine-types.ts";
import { freePort } from "./free-port.ts";
import { createLastLines, type LastLines } from "./last-lines.ts";

/** What a supervisor must know about the program it keeps alive. */
export type SupervisedProgram = {
  readonly engine: EngineName;
  /** As people call it. */
  readonly title: string;
  /** Starts the process. It must own its process group, so that a terminal's Ctrl-C does not reach it. */
  readonly launch: (port: number) => ChildProcess;
  /** Resolves when the engine at `port` accepts our password, which also proves that it is ours; rejects while it does not. */
  readonly probe: (port: number) => Promise<void>;
  /** A sign of life within `timeoutMs`, whatever the answer says; rejects on silence. */
  readonly heartbeat: (port: number, timeoutMs: number) => Promise<void>;
  readonly requestStop: (child: ChildProcess) => void;
  /** Told of each new child, so that the next FlowLens can find it if we are killed; `null` when it has ended. */
  readonly onChild: (pid: number | null) => void;
};

export type SupervisorTimings = {
  readonly startLimitMs: number;
  readonly stopLimitMs: number;
  readonly heartbeatIntervalMs: number;
  /** Silence after which the child is killed. */
  readonly silenceLimitMs: number;
  readonly firstBackOffMs: number;
  readonly maxBackOffMs: number;
  /** A child that lived longer than this was not a quick failure. */
  readonly settledAfterMs: number;
  /** So many quick failures in a row and the supervisor gives up. */
  readonly maxQuickFailures: number;
};

export const DEFAULT_TIMINGS: SupervisorTimings = {
  startLimitMs: 60_000,
  stopLimitMs: 4_500,
  heartbeatIntervalMs: 2_000,
  silenceLimitMs: 10_000,
  firstBackOffMs: 200,
  maxBackOffMs: 10_000,
  settledAfterMs: 60_000,
  maxQuickFailures: 6,
};

const PORT_TAKEN = /address already in use|could not bind|EADDRINUSE/i;
const PORT_ATTEMPTS = 5;

type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null };
type Running = { readonly child: ChildProcess; readonly lines: LastLines; readonly ended: Promise<Ended>; readonly startedAt: number };

export type Supervisor = {
  start(): Promise<number>;
  stop(): Promise<void>;
  state(): EngineState;
  port(): number | null;
  pid(): number | null;
  restarts(): number;
  lastHeartbeatAt(): Date | null;
  lastError(): string | null;
};

export type SupervisorDependencies = { readonly logger: Logger; readonly onEvent: (event: EngineEvent) => void };

/** Keeps one child process alive on one port: readiness, heartbeat, restart with back-off, clean stop. */
export function createSupervisor(program: SupervisedProgram, timings: SupervisorTimings, { logger, onEvent }: SupervisorDependencies): Supervisor {
  let state: EngineState = "stopped";
  let port: number | null = null;
  let running: Running | null = null;
  let restarts = 0;
  let quickFailures = 0;
  let lastHeartbeatAt: Date | null = null;
  let lastError: string | null = null;
  let starting: Promise<unknown> = Promise.resolve();
  let watching: Promise<void> = Promise.resolve();
  let halt = new AbortController();

  function launch(atPort: number): Running {
    const child = program.launch(atPort);
    const lines = createLastLines();
    child.stderr?.on("data", (chunk: Buffer) => lines.push(chunk));
    const ended = new Promise<Ended>((resolve) => {
      child.once("error", (error) => {
        lines.push(`${error.message}\n`);
        if (child.pid === undefined) resolve({ code: null, signal: null });
      });
      child.once("close", (code, signal) => resolve({ code, signal }));
    });
    program.onChild(child.pid ?? null);
    return { child, lines, ended, startedAt: performance.now() };
  }

  function failure(what: string, { lines }: Running, cause?: unknown): EngineError {
    const said = lines.text();
    return new EngineError("ENGINE_START_FAILED", `${program.title} ${what}.${said === "" ? "" : ` It said: ${said}`}`, {
      context: { engine: program.engine, lastLines: said },
      ...(cause === undefined ? {} : { cause }),
    });
  }

  async function kill(target: Running): Promise<void> {
    target.child.kill("SIGKILL");
    await target.ended;
    program.onChild(null);
  }

  /** Waits until the engine answers. On failure nothing is left running. */
  async function untilReady(target: Running, atPort: number): Promise<void> {
    let ended: Ended | undefined;
    void target.ended.then((how) => (ended = how));
    let cause: unknown;
    while (performance.now() - target.startedAt < timings.startLimitMs && !halt.signal.aborted) {
      if (ended !== undefined) {
        program.onChild(null);
        throw failure(`ended while starting (${describe(ended)})`, target);
      }
      try {
        await program.probe(atPort);
        if (ended === undefined) return;
      } catch (error) {
        cause = error;
        await sleep(25);
      }
    }
    await kill(target);
    throw failure(halt.signal.aborted ? "was stopped while starting" : `did not answer within ${timings.startLimitMs / 1000} s`, target, cause);
  }

  async function bringUp(wantedPort: number | null): Promise<Running> {
    for (let attempt = 1; ; attempt++) {
      const atPort = attempt === 1 && wantedPort !== null ? wantedPort : await freePort();
      const target = launch(atPort);
      try {
        await untilReady(target, atPort);
        port = atPort;
        lastHeartbeatAt = new Date();
        return target;
      } catch (error) {
        if (attempt >= PORT_ATTEMPTS || !PORT_TAKEN.test(target.lines.text()) || halt.signal.aborted) throw error;
        logger.info({ engine: program.engine, port: atPort }, "port was taken meanwhile, trying another");
      }
    }
  }

  /** Beats until the child ends (answers how) or halt. A kill needs one more unanswered try after the limit, so a pause of ours kills nobody. */
  async function beat(target: Running): Promise<string | null> {
    let ended: Ended | undefined;
    void target.ended.then((how) => (ended = how));
    let silentSince: number | null = null;
    while (!halt.signal.aborted) {
      const pauseMs = silentSince === null ? timings.heartbeatIntervalMs : timings.heartbeatIntervalMs / 4;
      await Promise.race([target.ended, sleep(pauseMs, undefined, { signal: halt.signal }).catch(() => {})]);
      if (ended !== undefined) return describe(ended);
      if (halt.signal.aborted) return null;
      const begunAt = performance.now();
      const wasOverdue = silentSince !== null && begunAt - silentSince >= timings.silenceLimitMs;
      try {
        await program.heartbeat(port as number, Math.max(1_000, timings.heartbeatIntervalMs));
        lastHeartbeatAt = new Date();
        silentSince = null;
        if (state === "silent") state = "running";
      } catch {
        silentSince ??= begunAt;
        state = state === "running" ? "silent" : state;
        if (ended === undefined && wasOverdue) {
          target.child.kill("SIGKILL");
          await target.ended;
          return `no sign of life for ${Math.round((performance.now() - silentSince) / 1000)} s, killed`;
        }
      }
    }
    return null;
  }

  async function watch(first: Running): Promise<void> {
    let current = first;
    for (;;) {
      const reason = await beat(current);
      if (reason === null || halt.signal.aborted) return;
      program.onChild(null);
      running = null;
      const downSince = performance.now();
      const said = current.lines.text();
      lastError = said === "" ? reason : `${reason}. It said: ${said}`;
      logger.warn({ engine: program.engine, reason, lastLines: said }, `${program.title} went down, starting it again`);
      state = "restarting";
      onEvent({ type: "down", engine: program.engine, reason });
      const again = await restart(performance.now() - current.startedAt);
      if (again === null) return;
      const addressChanged = again.portBefore !== port;
      current = again.target;
      running = current;
      state = "running";
      const downMs = Math.round(performance.now() - downSince);
      logger.info({ engine: program.engine, port, downMs, restarts }, `${program.title} is up again`);
      onEvent({ type: "up", engine: program.engine, addressChanged, downMs });
    }
  }

  async function restart(livedMs: number): Promise<{ target: Running; portBefore: number | null } | null> {
    const portBefore = port;
    quickFailures = livedMs >= timings.settledAfterMs ? 1 : quickFailures + 1;
    for (;;) {
      if (quickFailures > timings.maxQuickFailures) {
        const error = new EngineError(
          "ENGINE_FAILED",
          `${program.title} failed ${quickFailures} times in a row; FlowLens gave up starting it. Run flowlens doctor, check free disk space and memory, then start FlowLens again. Last: ${lastError ?? "nothing was said"}`,
          { context: { engine: program.engine, failures: quickFailures, lastError } },
        );
        state = "failed";
        logger.error({ engine: program.engine, failures: quickFailures }, error.message);
        onEvent({ type: "failed", engine: program.engine, error });
        return null;
      }
      const pauseMs = Math.min(timings.maxBackOffMs, timings.firstBackOffMs * 2 ** (quickFailures - 1));
      await sleep(pauseMs, undefined, { signal: halt.signal }).catch(() => {});
      if (halt.signal.aborted) return null;
      restarts += 1;
      try {
        return { target: await bringUp(portBefore), portBefore };
      } catch (error) {
        if (halt.signal.aborted) return null;
        quickFailures += 1;
        lastError = error instanceof Error ? error.message : String(error);
        logger.warn({ engine: program.engine, failures: quickFailures }, lastError);
      }
    }
  }

  return {
    async start() {
      if (state !== "stopped" && state !== "failed") return port as number;
      state = "starting";
      halt = new AbortController();
      quickFailures = 0;
      try {
        const attempt = bringUp(null);
        starting = attempt.catch(() => {});
        running = await attempt;
      } catch (error) {
        state = "stopped";
        lastError = error instanceof Error ? error.message : String(error);
        throw error;
      }
      state = "running";
      watching = watch(running);
      return port as number;
    },
    async stop() {
      halt.abort();
      if (state === "stopped") return;
      state = "stopping";
      await starting;
      await watching;
      const target = running;
      running = null;
      if (target !== null) {
        program.requestStop(target.child);
        const timer = setTimeout(() => target.child.kill("SIGKILL"), timings.stopLimitMs);
        await target.ended;
        clearTimeout(timer);
        program.onChild(null);
      }
      state = "stopped";
    },
    state: () => state,
    port: () => port,
    pid: () => running?.child.pid ?? null,
    restarts: () => restarts,
    lastHeartbeatAt: () => lastHeartbeatAt,
    lastError: () => lastError,
  };
}

function describe({ code, signal }: Ended): string {
  return signal !== null ? `killed by ${signal}` : `exit code ${code ?? "unknown"}`;
}
