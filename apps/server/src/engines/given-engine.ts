import { setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "./engine-error.ts";
import type { EngineDependencies } from "./engine-dependencies.ts";
import type { Engine, EngineName, EngineState } from "./engine-types.ts";
import { DEFAULT_TIMINGS, type EngineTimings } from "./engine-timings.ts";

/** A server that somebody else runs. */
export type GivenServer<Address> = {
  readonly engine: EngineName;
  /** As people call it. */
  readonly title: string;
  readonly address: Address;
  readonly host: string;
  readonly port: number;
  /** Logs in; rejects with the server's own words. */
  readonly login: (timeoutMs: number) => Promise<void>;
  /** Whether a rejection of `login` is an answer, which waiting does not change, and not silence. */
  readonly isRefusal: (error: unknown) => boolean;
  readonly heartbeat: (timeoutMs: number) => Promise<void>;
};

/** Watches a server that we can neither start nor restart. Inert until `start`. */
export function createGivenEngine<Address>(
  server: GivenServer<Address>,
  givenTimings: Partial<EngineTimings>,
  { logger, onEvent = () => {} }: EngineDependencies,
): Engine<Address> {
  const timings = { ...DEFAULT_TIMINGS, ...givenTimings };
  const { engine, title, host, port } = server;
  let state: EngineState = "stopped";
  let lastHeartbeatAt: Date | null = null;
  let lastError: string | null = null;
  let halt = new AbortController();
  let watching: Promise<void> = Promise.resolve();

  async function firstLogin(): Promise<void> {
    const begunAt = performance.now();
    let told = false;
    for (;;) {
      try {
        await server.login(timings.heartbeatIntervalMs * 2);
        return;
      } catch (cause) {
        lastError = cause instanceof Error ? cause.message : String(cause);
        const refused = server.isRefusal(cause);
        if (refused || halt.signal.aborted || performance.now() - begunAt >= timings.givenStartLimitMs) {
          throw unreachable(refused, cause);
        }
        if (!told)
          logger.warn(
            { engine, host, port, reason: lastError },
            `${title} does not answer yet, waiting for it`,
          );
        told = true;
        await sleep(Math.min(1_000, timings.heartbeatIntervalMs), undefined, { signal: halt.signal }).catch(
          () => {},
        );
      }
    }
  }

  function unreachable(refused: boolean, cause: unknown): EngineError {
    const setting = `FLOWLENS_${engine.toUpperCase()}_URL`;
    const message = refused
      ? `${title} at ${host}:${port} refused the login: ${lastError}. Check user, password and database in ${setting} and ${setting.replace("URL", "PASSWORD")}.`
      : `${title} at ${host}:${port} does not answer: ${lastError}. Check that the server runs and that ${setting} names it.`;
    return new EngineError("ENGINE_UNREACHABLE", message, { context: { engine, host, port }, cause });
  }

  async function watch(): Promise<void> {
    let silentSince: number | null = null;
    let isDown = false;
    while (!halt.signal.aborted) {
      await sleep(timings.heartbeatIntervalMs, undefined, { signal: halt.signal }).catch(() => {});
      if (halt.signal.aborted) return;
      const begunAt = performance.now();
      try {
        await server.heartbeat(Math.max(1_000, timings.heartbeatIntervalMs));
        lastHeartbeatAt = new Date();
        state = "running";
        if (isDown && silentSince !== null) {
          const downMs = Math.round(begunAt - silentSince);
          logger.info({ engine, host, port, downMs }, `${title} answers again`);
          onEvent({ type: "up", engine, addressChanged: false, downMs });
        }
        silentSince = null;
        isDown = false;
      } catch (error) {
        silentSince ??= begunAt;
        state = "silent";
        lastError = error instanceof Error ? error.message : String(error);
        if (isDown || begunAt - silentSince < timings.silenceLimitMs) continue;
        isDown = true;
        logger.warn({ engine, host, port, reason: lastError }, `${title} does not answer any more`);
        onEvent({ type: "down", engine, reason: lastError });
      }
    }
  }

  return {
    async start() {
      if (state !== "stopped") return server.address;
      state = "starting";
      halt = new AbortController();
      try {
        await firstLogin();
      } catch (error) {
        state = "stopped";
        throw error;
      }
      state = "running";
      lastHeartbeatAt = new Date();
      watching = watch();
      return server.address;
    },
    async stop() {
      halt.abort();
      await watching;
      state = "stopped";
    },
    address: () => server.address,
    status: () => ({
      engine,
      mode: "url",
      state,
      host,
      port,
      pid: null,
      restarts: 0,
      lastHeartbeatAt,
      rssBytes: null,
      lastError,
    }),
  };
}
