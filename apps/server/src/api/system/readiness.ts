import type { HealthCheck } from "@flowlens/contract";
import { setTimeout as sleep } from "node:timers/promises";
import type { HealthSource } from "../dependencies.ts";

const LIMIT_MS = 2_000;

/** Asks every source whether it works. Those who ask at the same time share one answer. */
export function createReadiness(
  sources: readonly HealthSource[],
  limitMs = LIMIT_MS,
): () => Promise<HealthCheck[]> {
  let asking: Promise<HealthCheck[]> | undefined;
  return () => {
    asking ??= Promise.all(sources.map((source) => ask(source, limitMs))).finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

async function ask({ name, check }: HealthSource, limitMs: number): Promise<HealthCheck> {
  const answered = new AbortController();
  try {
    await Promise.race([check(), silence(limitMs, answered.signal)]);
    return { name, ready: true, reason: null };
  } catch (error) {
    return { name, ready: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    answered.abort();
  }
}

async function silence(limitMs: number, answered: AbortSignal): Promise<void> {
  await sleep(limitMs, undefined, { signal: answered });
  throw new Error(`It did not answer within ${limitMs / 1000} s.`);
}
