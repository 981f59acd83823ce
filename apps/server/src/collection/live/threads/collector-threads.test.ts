import { silentLogger } from "#telemetry";
import { SPOOL_CONFIG } from "#spool";
import { Value } from "typebox/value";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { planEndpoints } from "../endpoints.ts";
import type { FromDecoder, FromReceiver } from "../messages.ts";
import { shareCounters } from "../shared-counters.ts";
import { ONE_PORT } from "../testing/live-test.ts";
import { createCollectorThreads } from "./collector-threads.ts";
import type { SpawnThread } from "./spawn-thread.ts";

interface FakeThread {
  readonly name: string;
  readonly posted: { readonly type: string }[];
  readonly setup: unknown;
  say(message: FromDecoder | FromReceiver): void;
  die(error?: Error): void;
}

/** Threads that do what the test says; decoders get ready and receivers bound by themselves while `healthy` holds. */
function fakeThreads() {
  const threads: FakeThread[] = [];
  const state = { healthy: true };
  const spawn = ((_module: URL, name: string, setup: unknown) => {
    const posted: { readonly type: string }[] = [];
    let onMessage: (message: never) => void = () => undefined;
    let onExit: (error: Error | undefined) => void = () => undefined;
    let dead = false;
    const thread: FakeThread = {
      name,
      posted,
      setup,
      say: (message) => onMessage(message as never),
      die(error) {
        if (dead) return;
        dead = true;
        onExit(error);
      },
    };
    threads.push(thread);
    queueMicrotask(() => {
      if (!state.healthy) thread.die(new Error("it cannot start"));
      else if (name === "decoder") thread.say({ type: "ready" });
      else {
        thread.say({ type: "bound", bound: [{ endpoint: 0, port: 2055, receiveBufferBytes: 1 }] });
      }
    });
    return {
      post: (message: { readonly type: string }) => {
        posted.push(message);
        if (message.type === "finish") thread.say({ type: "finished" });
      },
      onMessage: (listener: (message: never) => void) => void (onMessage = listener),
      onExit: (listener: (error: Error | undefined) => void) => void (onExit = listener),
      terminate: async () => thread.die(),
    };
  }) as unknown as SpawnThread;
  return { threads, state, spawn, named: (name: string) => threads.filter((one) => one.name === name) };
}

function collectorThreads(receivers = 2) {
  const fake = fakeThreads();
  const shape = { receivers, endpoints: 1 };
  const counters = shareCounters(shape);
  const deaths: string[] = [];
  const threads = createCollectorThreads({
    endpoints: planEndpoints(ONE_PORT),
    receivers,
    receiverSetup: {
      receiveBufferBytes: 1,
      queueBytes: 1,
      allowed: [],
      shape,
      counters: counters.memory,
    },
    decoderSetup: () => ({
      spool: Value.Create(SPOOL_CONFIG),
      spoolDirectory: "",
      templatesFile: "",
      maxExporters: 1,
      defaultNetworkId: 1,
      exporters: [],
      shape,
      counters: counters.memory,
    }),
    counters,
    logger: silentLogger,
    spawn: fake.spawn,
    onReport: () => undefined,
    onRefused: () => undefined,
    onDecoderDeath: async () => void deaths.push("decoder"),
  });
  /** Time passes, and every thread that the test does not hold up has come round meanwhile. */
  const pass = async (ms: number, { hung }: { readonly hung?: "decoder" } = {}) => {
    for (let at = 0; at < ms; at += 500) {
      await vi.advanceTimersByTimeAsync(500);
      for (const one of counters.receivers) one.heartbeatMs = Date.now();
      if (hung === undefined) counters.decoder.heartbeatMs = Date.now();
    }
  };
  return { ...fake, process: threads, counters, deaths, pass };
}

describe("the threads of the collector", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("are connected with each other, the later receivers on the ports of the first", async () => {
    const test = collectorThreads(3);
    await test.process.start();
    expect(test.named("decoder")[0].posted.map(({ type }) => type)).toEqual([
      "receiver",
      "receiver",
      "receiver",
    ]);
    const setups = test.threads.filter(({ name }) => name.startsWith("receiver")).map(({ setup }) => setup);
    expect(setups).toMatchObject([
      { index: 0, reusePort: true, endpoints: [{ port: 0 }] },
      { index: 1, reusePort: true, endpoints: [{ port: 2055 }] },
      { index: 2, reusePort: true, endpoints: [{ port: 2055 }] },
    ]);
    await test.process.stop();
  });

  it("that hang are ended and started anew; a decoder only after the spool was brought in order", async () => {
    const test = collectorThreads();
    await test.process.start();
    await test.pass(60_000);
    expect(test.process.restarts).toBe(0);
    await test.pass(20_000, { hung: "decoder" });
    expect(test.process.restarts).toBe(1);
    expect(test.deaths).toEqual(["decoder"]);
    expect(test.named("decoder")).toHaveLength(2);
    expect(test.named("decoder")[1].posted.map(({ type }) => type)).toEqual(["receiver", "receiver"]);
    // Both receivers got a way to the new one.
    expect(test.named("receiver 0")[0].posted.map(({ type }) => type)).toEqual(["decoder", "decoder"]);
    await test.process.stop();
  });

  it("are judged by nobody who slept himself", async () => {
    const test = collectorThreads();
    await test.process.start();
    await test.pass(5_000);
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(1_000);
    for (const one of test.counters.receivers) one.heartbeatMs = Date.now();
    test.counters.decoder.heartbeatMs = Date.now();
    await test.pass(5_000);
    expect(test.process.restarts).toBe(0);
    await test.process.stop();
  });

  it("that cannot be started anew are tried ever more seldom, until they can", async () => {
    const test = collectorThreads();
    await test.process.start();
    test.state.healthy = false;
    test.named("receiver 1")[0].die(new Error("killed"));
    await test.pass(60_000);
    const tries = test.named("receiver 1").length;
    expect(tries).toBeGreaterThan(5);
    expect(tries).toBeLessThan(15);
    test.state.healthy = true;
    await test.pass(31_000);
    expect(test.named("receiver 1")).toHaveLength(tries + 1);
    expect(test.process.restarts).toBe(tries);
    await test.process.stop();
  });

  it("stop also while one of them is being started anew", async () => {
    const test = collectorThreads();
    await test.process.start();
    test.state.healthy = false;
    test.named("decoder")[0].die(new Error("killed"));
    await test.pass(10_000);
    await test.process.stop();
    const { length } = test.threads;
    await test.pass(60_000);
    expect(test.threads).toHaveLength(length);
  });

  it("leave nothing running when one of them cannot be started at first", async () => {
    const test = collectorThreads();
    test.state.healthy = false;
    await expect(test.process.start()).rejects.toThrow("it cannot start");
    await test.pass(60_000);
    expect(test.threads).toHaveLength(1);
  });
});
