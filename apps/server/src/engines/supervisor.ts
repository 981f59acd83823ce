import { setTimeout as sleep } from "node:timers/promises";
import { bringUp, killChild, type RunningChild, type SupervisedProgram } from "./bring-up.ts";
import type { EngineDependencies } from "./engine-dependencies.ts";
import { EngineError } from "./engine-error.ts";
import type { EngineTimings } from "./engine-timings.ts";
import type { EngineState } from "./engine-types.ts";

export type Supervisor = {
  /** Answers the port. */
  start(): Promise<number>;
  stop(): Promise<void>;
  state(): EngineState;
  /** The last one, also while the engine is down; `null` before the first start. */
  port(): number | null;
  pid(): number | null;
  restarts(): number;
  lastHeartbeatAt(): Date | null;
  lastError(): string | null;
};

/** Keeps one child process alive on one port: heartbeat, restart with back-off, clean stop. */
export function createSupervisor(
  program: SupervisedProgram,
  timings: EngineTimings,
  { logger, onEvent = () => {} }: EngineDependencies,
): Supervisor {
  const { engine, title } = program;
  let state: EngineState = "stopped";
  let port: number | null = null;
  let running: RunningChild | null = null;
  let restarts = 0;
  let quickFailures = 0;
  let lastHeartbeatAt: Date | null = null;
  let lastError: string | null = null;
  let starting: Promise<unknown> = Promise.resolve();
  let watching: Promise<void> = Promise.resolve();
  let halt = new AbortController();

  async function launch(): Promise<RunningChild> {
    const target = await bringUp(program, { wantedPort: port, timings, signal: halt.signal, logger });
    port = target.port;
    lastHeartbeatAt = new Date();
    return target;
  }

  function pause(ms: number, signal = halt.signal): Promise<void> {
    return sleep(ms, undefined, { signal }).catch(() => {});
  }

  /**
   * Answers why the child is down, or `null` when we were told to stop. A kill needs one more unanswered try after the limit has
   * passed, so a pause of our own (a busy event loop, a suspended machine) kills nobody.
   */
  async function beat(target: RunningChild): Promise<string | null> {
    let silentSince: number | null = null;
    const wake = AbortSignal.any([halt.signal, target.endSignal]);
    while (!halt.signal.aborted) {
      const pauseMs = silentSince === null ? timings.heartbeatIntervalMs : timings.heartbeatIntervalMs / 4;
      await pause(pauseMs, wake);
      const how = target.hasEnded();
      if (how !== null) return how;
      if (halt.signal.aborted) return null;
      const begunAt = performance.now();
      const isOverdue = silentSince !== null && begunAt - silentSince >= timings.silenceLimitMs;
      try {
        await program.heartbeat(target.port, Math.max(1_000, timings.heartbeatIntervalMs));
        lastHeartbeatAt = new Date();
        silentSince = null;
        if (state === "silent") state = "running";
      } catch {
        silentSince ??= begunAt;
        if (state === "running") state = "silent";
        if (!isOverdue || target.hasEnded() !== null) continue;
        await killChild(target);
        return `no sign of life for ${Math.round((performance.now() - silentSince) / 1000)} s, killed`;
      }
    }
    return null;
  }

  async function watch(first: RunningChild): Promise<void> {
    let current = first;
    for (;;) {
      const reason = await beat(current);
      if (reason === null) return;
      running = null;
      const downSince = performance.now();
      const said = current.lines.text();
      lastError = said === "" ? reason : `${reason}. It said: ${said}`;
      logger.warn({ engine, reason, lastLines: said }, `${title} went down, starting it again`);
      state = "restarting";
      onEvent({ type: "down", engine, reason });
      const livedMs = downSince - current.startedAt;
      quickFailures = livedMs >= timings.settledAfterMs ? 1 : quickFailures + 1;
      const portBefore = port;
      const again = await restart();
      if (again === null) return;
      current = again;
      running = again;
      state = "running";
      const downMs = Math.round(performance.now() - downSince);
      logger.info({ engine, port, downMs, restarts }, `${title} is up again`);
      onEvent({ type: "up", engine, addressChanged: portBefore !== port, downMs });
    }
  }

  /** Answers the new child; `null` when we were told to stop, or gave up. */
  async function restart(): Promise<RunningChild | null> {
    while (quickFailures <= timings.maxQuickFailures) {
      await pause(Math.min(timings.maxBackOffMs, timings.firstBackOffMs * 2 ** (quickFailures - 1)));
      if (halt.signal.aborted) return null;
      restarts += 1;
      try {
        return await launch();
      } catch (error) {
        if (halt.signal.aborted) return null;
        quickFailures += 1;
        lastError = error instanceof Error ? error.message : String(error);
        logger.warn({ engine, failures: quickFailures }, lastError);
      }
    }
    giveUp();
    return null;
  }

  function giveUp(): void {
    const error = new EngineError(
      "ENGINE_FAILED",
      `${title} failed ${quickFailures} times in a row, so FlowLens stopped trying. Check free disk space and memory, then start FlowLens again. The last failure: ${lastError ?? "nothing was said"}`,
      { context: { engine, failures: quickFailures, lastError } },
    );
    state = "failed";
    logger.error({ engine, failures: quickFailures }, error.message);
    onEvent({ type: "failed", engine, error });
  }

  return {
    async start() {
      if (port !== null && running !== null) return port;
      state = "starting";
      halt = new AbortController();
      quickFailures = 0;
      const attempt = launch();
      starting = attempt.catch(() => {});
      try {
        running = await attempt;
      } catch (error) {
        state = "stopped";
        lastError = error instanceof Error ? error.message : String(error);
        throw error;
      }
      state = "running";
      watching = watch(running);
      return running.port;
    },
    async stop() {
      halt.abort();
      await starting;
      await watching;
      const target = running;
      running = null;
      if (target !== null) {
        state = "stopping";
        program.requestStop(target.child);
        const timer = setTimeout(() => void killChild(target), timings.stopLimitMs);
        await target.ended;
        clearTimeout(timer);
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
