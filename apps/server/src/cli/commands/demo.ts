import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDemo, loadSettings, type Demo, type DemoStanding, type Settings } from "#app";
import { createLogger } from "#telemetry";
import { defineCommand } from "citty";
import { CommandLineError } from "../command-line-error.ts";
import { EXIT } from "../exit-code.ts";
import { interruption } from "../interruption.ts";
import { demoJson } from "../output/demo-json.ts";
import { officeTime, summaryText } from "../output/demo-text.ts";
import { createDemoWatch } from "../output/demo-watch.ts";
import { createLiveScreen } from "../output/live-screen.ts";
import { writeOut } from "../output/write.ts";
import { VERSION } from "../version.ts";

const USUAL_HTTP_PORT = 8000;
const LOOK_EVERY_MS = 700;
const DAY_IN_A_MINUTE = 1440;
const TYPES = 9;

export const demoCommand = defineCommand({
  meta: {
    name: "demo",
    description:
      "Watch FlowLens name the hosts of a made-up office that sends real export packets, a day in a minute",
  },
  args: {
    once: {
      type: "boolean",
      description:
        "End after the day with a summary; exit 0 when hosts of all nine types were seen and named",
    },
    json: { type: "boolean", description: "With --once: print the summary as JSON" },
    port: {
      type: "string",
      description: `Port of the web page (default ${USUAL_HTTP_PORT}, or a free one where that is taken)`,
      valueHint: "PORT",
    },
    hosts: {
      type: "string",
      description: "Hosts of the office (default 240)",
      default: "240",
      valueHint: "N",
    },
    seed: {
      type: "string",
      description: "Another seed makes another office",
      default: "1",
      valueHint: "N",
    },
    speed: {
      type: "string",
      description: `How many times as fast as real time (default ${DAY_IN_A_MINUTE}: a day in a minute)`,
      default: String(DAY_IN_A_MINUTE),
      valueHint: "N",
    },
    data: {
      type: "string",
      description: "Keep the data in this directory; otherwise they go when the demo ends",
      valueHint: "DIR",
    },
  },
  async run({ args }) {
    const begunAt = performance.now();
    const isOnce = args.once === true;
    const isJson = args.json === true;
    if (isJson && !isOnce) throw new CommandLineError("demo prints JSON at its end: add --once.");
    const options = {
      hosts: numberOf("hosts", args.hosts, { least: 100, most: 2_000 }),
      seed: numberOf("seed", args.seed, { least: 0, most: 2 ** 32 - 1 }),
      speed: numberOf("speed", args.speed, { least: 1, most: 100_000 }),
      goOn: !isOnce,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
    const stop = interruption();
    const broken = new AbortController();
    const unread = new AbortController();
    const signal = AbortSignal.any([stop.signal, broken.signal, unread.signal]);
    // Nobody watches any more: the terminal was closed, or the reader of a pipe has seen enough.
    const onUnread = (): void => unread.abort();
    process.stdout.on("error", onUnread);
    const temporary = args.data === undefined ? await mkdtemp(join(tmpdir(), "flowlens-demo-")) : undefined;
    let demo: Demo | undefined;
    try {
      const directory = temporary ?? args.data!;
      const httpPort = args.port ?? (isOnce ? "0" : await freePort(USUAL_HTTP_PORT));
      demo = createDemo(settingsOf(directory, httpPort), options, {
        logger: createLogger({ level: "error", format: "text", destination: "stderr" }),
        version: VERSION,
        onFatal: (error) => broken.abort(error),
      });
      const { standing, firstHostsAfterMs } = await watch(demo, {
        ...options,
        isOnce,
        isJson,
        begunAt,
        signal,
      });
      if (broken.signal.aborted) throw broken.signal.reason;
      if (standing === undefined) return isOnce ? EXIT.interrupted : EXIT.ok;
      const isComplete =
        standing.types.length === TYPES &&
        standing.types.every(({ found, decided }) => found > 0 && decided > 0);
      if (isJson) {
        await writeOut(
          `${JSON.stringify(demoJson(standing, { ...options, isComplete, firstHostsAfterMs }))}\n`,
        );
      } else {
        const seconds = ((firstHostsAfterMs ?? 0) / 1000).toFixed(0);
        await writeOut(
          `\n${summaryText(standing)}The first hosts were there ${seconds} s after the start.\n`,
        );
      }
      return isComplete ? EXIT.ok : EXIT.refused;
    } finally {
      await demo?.stop();
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
      process.stdout.off("error", onUnread);
      stop.dispose();
    }
  },
});

interface Watching {
  readonly isOnce: boolean;
  readonly isJson: boolean;
  readonly timeZone: string;
  readonly speed: number;
  /** On `performance.now()`'s clock. */
  readonly begunAt: number;
  readonly signal: AbortSignal;
}

interface Watched {
  /** Of the end of the day, with `isOnce`; undefined when it was broken off. */
  readonly standing: DemoStanding | undefined;
  readonly firstHostsAfterMs: number | null;
}

/** Starts the demo and shows how it stands until it ends or the signal aborts. */
async function watch(demo: Demo, watching: Watching): Promise<Watched> {
  const { isOnce, isJson, timeZone, speed, begunAt, signal } = watching;
  const screen = createLiveScreen();
  const shown = createDemoWatch(screen, { timeZone });
  const say = (text: string): void => (isJson ? undefined : screen.say(text));
  say(`FlowLens ${VERSION}: starting the engines for the demo …`);
  const { url, dayStartMs, hosts } = await demo.start();
  say(
    `A made-up office of ${hosts} hosts sends NetFlow v5, NetFlow v9, IPFIX and sFlow over UDP.\n` +
      `Its ${officeTime(dayStartMs, timeZone).split(",")[0]} passes ${speed} times as fast as time does.\n\n` +
      `  web page  ${url}/\n${isOnce ? "" : "  Ctrl-C    ends it and removes what it made\n"}`,
  );
  let firstHostsAfterMs: number | null = null;
  let end: { readonly standing: DemoStanding } | { readonly error: unknown } | undefined;
  if (isOnce) {
    void demo.untilSettled(signal).then(
      (standing) => (end = { standing }),
      (error: unknown) => (end = { error }),
    );
  }
  let isToldOver = isOnce;
  while (!signal.aborted && end === undefined) {
    const standing = await demo.look();
    if (standing.totals.found > 0) firstHostsAfterMs ??= performance.now() - begunAt;
    if (!isJson) shown.show(standing);
    if (!isToldOver && standing.share >= 1) {
      isToldOver = true;
      say("The day is over. The office goes on in real time, and the web page stays, until Ctrl-C.");
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  screen.end();
  if (signal.aborted || end === undefined) return { standing: undefined, firstHostsAfterMs };
  if ("error" in end) throw end.error;
  return { standing: end.standing, firstHostsAfterMs };
}

/** Nothing of the user's own settings: the office must not get into the user's own stores. */
function settingsOf(dataDirectory: string, httpPort: string): Settings {
  return loadSettings({
    environment: {},
    dataDirectory,
    flags: {
      "api.port": httpPort,
      "collector.hosts": "127.0.0.1",
      "collector.netflowPort": "0",
      "collector.ipfixPort": "0",
      "collector.sflowPort": "0",
    },
  });
}

function numberOf(name: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new CommandLineError(
    `--${name} is a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`,
  );
}

/** The port, or 0 where something else has it. */
function freePort(port: number): Promise<string> {
  return new Promise((resolve) => {
    const server = createTcpServer();
    server.once("error", () => resolve("0"));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () =>
      server.close(() => resolve(String(port))),
    );
  });
}
