import { spawn, type ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { silentLogger } from "#telemetry";
import { afterEach, describe, expect, it } from "vitest";
import type { SupervisedProgram } from "./bring-up.ts";
import { DEFAULT_TIMINGS } from "./engine-timings.ts";
import type { EngineEvent } from "./engine-types.ts";
import { identify, isRunning } from "./process-identity.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";
import { waitUntil } from "./testing.ts";

const TIMINGS = {
  ...DEFAULT_TIMINGS,
  startLimitMs: 3_000,
  stopLimitMs: 500,
  heartbeatIntervalMs: 50,
  silenceLimitMs: 300,
  firstBackOffMs: 10,
  maxBackOffMs: 50,
  maxQuickFailures: 3,
};

/** A program that answers on its port, and does what its script says besides. */
const ANSWERING = `
  const server = require("node:net").createServer((socket) => socket.end("here"));
  server.on("error", (error) => { console.error(error.message); process.exit(3); });
  server.listen(Number(process.argv[1]), "127.0.0.1");
  process.on("SIGTERM", () => process.exit(0));
`;

function ask(port: number): Promise<void> {
  return fetchBanner(port, 1_000);
}

async function fetchBanner(port: number, timeoutMs: number): Promise<void> {
  const { connect } = await import("node:net");
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const timer = setTimeout(() => socket.destroy(new Error("silence")), timeoutMs);
    socket.once("data", () => resolve());
    socket.once("error", reject);
    socket.once("close", () => {
      clearTimeout(timer);
      reject(new Error("closed"));
    });
  });
}

describe("the supervisor", () => {
  const supervisors: Supervisor[] = [];
  const children: ChildProcess[] = [];
  afterEach(async () => {
    await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.stop()));
    const left = children.splice(0).filter((child) => child.exitCode === null && child.signalCode === null);
    for (const child of left) child.kill("SIGKILL");
    if (left.length > 0) throw new Error("the supervisor left a process behind");
  });

  function supervise(
    script: string | ((launches: number) => string),
    program: Partial<SupervisedProgram> = {},
  ) {
    const events: EngineEvent[] = [];
    const recorded: (number | null)[] = [];
    const supervisor = createSupervisor(
      {
        engine: "clickhouse",
        title: "The program",
        directory: tmpdir(),
        launch: (port) => {
          const text = typeof script === "string" ? script : script(children.length);
          const child = spawn(process.execPath, ["-e", text, String(port)], {
            stdio: ["ignore", "ignore", "pipe"],
            detached: true,
          });
          children.push(child);
          return child;
        },
        probe: ask,
        heartbeat: fetchBanner,
        requestStop: (child) => child.kill("SIGTERM"),
        onChild: (pid) => recorded.push(pid),
        ...program,
      },
      TIMINGS,
      { logger: silentLogger, onEvent: (event) => events.push(event) },
    );
    supervisors.push(supervisor);
    return { supervisor, events, recorded };
  }

  it("starts a program and stops it", async () => {
    const { supervisor, recorded } = supervise(ANSWERING);
    const port = await supervisor.start();
    await ask(port);
    expect(supervisor.state()).toBe("running");
    const pid = supervisor.pid();
    await supervisor.stop();
    expect(supervisor.state()).toBe("stopped");
    expect(recorded).toEqual([pid, null]);
    expect(children[0]?.exitCode).toBe(0);
  });

  it("says what a program said when it ends while starting", async () => {
    const { supervisor } = supervise(
      `console.error("first"); console.error("the disk is on fire"); process.exit(7)`,
    );
    await expect(supervisor.start()).rejects.toMatchObject({
      code: "ENGINE_START_FAILED",
      message: "The program ended while starting (exit code 7). It said: first\nthe disk is on fire",
    });
    expect(supervisor.state()).toBe("stopped");
  });

  it("says what to do when a program finds the disk full", async () => {
    const { supervisor } = supervise(
      `console.error("could not write: No space left on device"); process.exit(1)`,
    );
    await expect(supervisor.start()).rejects.toThrow(/The disk that holds .* is full\. Free some space/);
  });

  it("says that a program cannot be run", async () => {
    const launch = () => spawn("/nowhere/at/all", { stdio: ["ignore", "ignore", "pipe"] });
    await expect(supervise("", { launch }).supervisor.start()).rejects.toThrow(/could not be run.*ENOENT/s);
  });

  it("ends a program that does not answer in time", async () => {
    const { supervisor } = supervise(`setInterval(() => {}, 1000)`, {
      probe: () => Promise.reject(new Error("nobody there")),
    });
    const begunAt = performance.now();
    await expect(supervisor.start()).rejects.toThrow("did not answer within 3 s");
    expect(performance.now() - begunAt).toBeLessThan(4_500);
    expect(children[0]?.signalCode).toBe("SIGKILL");
  });

  it("can be stopped while it starts", async () => {
    const { supervisor } = supervise(`setInterval(() => {}, 1000)`);
    const outcome = supervisor.start().catch((error: unknown) => error);
    await sleep(200);
    await supervisor.stop();
    expect(String(await outcome)).toContain("was stopped while starting");
  });

  it("takes another port when its port was taken meanwhile", async () => {
    const squatter = createServer();
    let taken = 0;
    const { supervisor } = supervise(ANSWERING, {
      launch: (port) => {
        if (taken === 0) {
          taken = port;
          squatter.listen(port, "127.0.0.1");
        }
        // The squatter listens before the child has started to run.
        const child = spawn(process.execPath, ["-e", ANSWERING, String(port)], {
          stdio: ["ignore", "ignore", "pipe"],
          detached: true,
        });
        children.push(child);
        return child;
      },
    });
    try {
      const port = await supervisor.start();
      expect(port).not.toBe(taken);
      expect(children).toHaveLength(2);
    } finally {
      squatter.close();
    }
  });

  it("starts a killed program again on the same port, and counts it", async () => {
    const { supervisor, events } = supervise(ANSWERING);
    const port = await supervisor.start();
    children[0]?.kill("SIGKILL");
    await waitUntil(() => supervisor.restarts() === 1 && supervisor.state() === "running");
    expect(supervisor.port()).toBe(port);
    await ask(port);
    expect(events).toEqual([
      { type: "down", engine: "clickhouse", reason: "killed by SIGKILL" },
      { type: "up", engine: "clickhouse", addressChanged: false, downMs: expect.any(Number) as number },
    ]);
  });

  it("tells of a new address when the old port is taken during a restart", async () => {
    const squatter = createServer();
    const ports: number[] = [];
    const { supervisor, events } = supervise((launches) => {
      if (launches === 1) squatter.listen(ports[0], "127.0.0.1");
      return ANSWERING;
    });
    try {
      const port = await supervisor.start();
      ports.push(port);
      children[0]?.kill("SIGKILL");
      await waitUntil(() => supervisor.state() === "running" && supervisor.restarts() > 0);
      expect(supervisor.port()).not.toBe(port);
      expect(events.at(-1)).toMatchObject({ type: "up", addressChanged: true });
    } finally {
      squatter.close();
    }
  });

  it("kills a program that goes silent and starts it again", async () => {
    const { supervisor, events } = supervise(ANSWERING);
    await supervisor.start();
    const identity = identify(supervisor.pid() as number);
    children[0]?.kill("SIGSTOP");
    await waitUntil(() => supervisor.restarts() === 1 && supervisor.state() === "running");
    expect(events[0]).toMatchObject({
      type: "down",
      reason: expect.stringContaining("no sign of life") as string,
    });
    expect(identity !== null && isRunning(identity)).toBe(false);
  });

  it("kills nobody because it was itself busy for longer than the limit", async () => {
    const { supervisor } = supervise(ANSWERING);
    await supervisor.start();
    for (let round = 0; round < 3; round++) {
      const until = performance.now() + TIMINGS.silenceLimitMs * 2;
      while (performance.now() < until);
      await sleep(120);
    }
    expect(supervisor.restarts()).toBe(0);
    expect(supervisor.state()).toBe("running");
  });

  it("gives up after quick failures in a row, with the last words", async () => {
    const { supervisor, events } = supervise((launches) =>
      launches === 0 ? ANSWERING : `console.error("no luck"); process.exit(9)`,
    );
    await supervisor.start();
    children[0]?.kill("SIGKILL");
    await waitUntil(() => supervisor.state() === "failed");
    expect(children).toHaveLength(1 + TIMINGS.maxQuickFailures);
    expect(events.at(-1)).toMatchObject({
      type: "failed",
      error: { code: "ENGINE_FAILED", message: expect.stringContaining("It said: no luck") as string },
    });
    await supervisor.stop();
    expect(supervisor.state()).toBe("stopped");
  });

  it("kills a program that does not heed the request to stop", async () => {
    const { supervisor } = supervise(
      `${ANSWERING} process.removeAllListeners("SIGTERM"); process.on("SIGTERM", () => {});`,
    );
    await supervisor.start();
    await sleep(100);
    const begunAt = performance.now();
    await supervisor.stop();
    expect(performance.now() - begunAt).toBeLessThan(2_000);
    expect(children[0]?.signalCode).toBe("SIGKILL");
  });
});
