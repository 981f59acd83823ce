import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDemo, loadSettings, type DemoDecision, type DemoStanding } from "#app";
import { createLogger } from "#telemetry";
import { defineCommand } from "citty";
import { CommandLineError } from "../command-line-error.ts";
import { EXIT } from "../exit-code.ts";
import { interruption } from "../interruption.ts";
import { decisionLine, officeTime, progressLine, summaryText, typeTable } from "../output/demo-text.ts";
import { createLiveScreen } from "../output/live-screen.ts";
import { writeOut } from "../output/write.ts";
import { VERSION } from "../version.ts";

const USUAL_HTTP_PORT = 8000;
const LOOK_EVERY_MS = 700;
const LINE_EVERY_MS = 5_000;
const LINE_SELDOM_MS = 60_000;
const DECISIONS_SHOWN = 8;
const DECISIONS_SAID = 4;
const DAY_IN_A_MINUTE = 1440;

export const demoCommand = defineCommand({
  meta: {
    name: "demo",
    description:
      "Watch FlowLens name the hosts of a made-up office that sends real export packets, a day in a minute",
  },
  args: {
    once: {
      type: "boolean",
      description: "End after the day, with a summary; exit 0 when hosts of every type were named",
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
    seed: { type: "string", description: "Another seed makes another office", default: "1", valueHint: "N" },
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
    const isOnce = args.once === true;
    const isJson = args.json === true;
    if (isJson && !isOnce) throw new CommandLineError("demo prints JSON at its end: add --once.");
    const options = {
      hosts: numberOf("hosts", args.hosts, { least: 60, most: 2_000 }),
      seed: numberOf("seed", args.seed, { least: 0, most: 2 ** 32 - 1 }),
      speed: numberOf("speed", args.speed, { least: 1, most: 100_000 }),
      goOn: !isOnce,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
    const stop = interruption();
    const begun = performance.now();
    const temporary = args.data === undefined ? await mkdtemp(join(tmpdir(), "flowlens-demo-")) : undefined;
    const httpPort =
      args.port ?? (isOnce || !(await isFree(USUAL_HTTP_PORT)) ? "0" : String(USUAL_HTTP_PORT));
    // Nothing of the user's own settings: the office must not get into the user's own stores.
    const settings = loadSettings({
      environment: {},
      dataDirectory: temporary ?? args.data,
      flags: {
        "api.port": httpPort,
        "collector.hosts": "127.0.0.1",
        "collector.netflowPort": "0",
        "collector.ipfixPort": "0",
        "collector.sflowPort": "0",
      },
    });
    let fatal: Error | undefined;
    const demo = createDemo(settings, options, {
      logger: createLogger({ level: "error", format: "text", destination: "stderr" }),
      version: VERSION,
      onFatal: (error) => {
        fatal = error;
        broken.abort(error);
      },
    });
    const broken = new AbortController();
    const ending = AbortSignal.any([stop.signal, broken.signal]);
    const screen = createLiveScreen();
    const say = (text: string): void => (isJson ? undefined : screen.say(text));
    try {
      say(`FlowLens ${VERSION} demo: starting the engines …`);
      const { url, dayStartMs, hosts } = await demo.start();
      say(
        `A made-up office of ${hosts} hosts sends NetFlow v5, NetFlow v9, IPFIX and sFlow to 127.0.0.1; its ${officeTime(dayStartMs, options.timeZone).split(",")[0]} passes ${options.speed} times as fast as real time.\n` +
          `\n  web page  ${url}/\n${isOnce ? "" : "  Ctrl-C    ends it and removes what it made\n"}`,
      );
      let firstHostsMs: number | undefined;
      let lineAt = 0;
      let recent: DemoDecision[] = [];
      let unsaid: DemoDecision[] = [];
      const tell = (standing: DemoStanding): void => {
        if (standing.totals.found > 0) firstHostsMs ??= performance.now() - begun;
        recent = [...standing.decisions, ...recent].slice(0, DECISIONS_SHOWN);
        unsaid = [...standing.decisions, ...unsaid].slice(0, DECISIONS_SAID);
        if (isJson) return;
        if (screen.isLive) {
          screen.show(liveLines(standing, recent, options.timeZone));
        } else if (performance.now() >= lineAt) {
          lineAt = performance.now() + (standing.share < 1 ? LINE_EVERY_MS : LINE_SELDOM_MS);
          const names = unsaid.map((one) => `  ${decisionLine(one)}`);
          unsaid = [];
          screen.say([progressLine(standing, options.timeZone), ...names].join("\n"));
        }
      };
      let over: { readonly standing: DemoStanding } | { readonly error: unknown } | undefined;
      if (isOnce) {
        void demo.untilSettled(ending).then(
          (standing) => (over = { standing }),
          (error: unknown) => (over = { error }),
        );
      }
      let isToldOver = false;
      while (!ending.aborted) {
        if (over !== undefined && "error" in over) throw over.error;
        if (over !== undefined && isOnce) break;
        const standing = await demo.look();
        tell(standing);
        if (!isOnce && !isToldOver && standing.share >= 1) {
          isToldOver = true;
          say("The day is over; the office goes on in real time. The web page stays.");
        }
        await sleep(standing.share >= 1 ? 2 * LOOK_EVERY_MS : LOOK_EVERY_MS, undefined, {
          signal: ending,
        }).catch(() => undefined);
      }
      screen.end();
      if (fatal !== undefined) throw fatal;
      if (!isOnce) return EXIT.ok;
      if (over === undefined || !("standing" in over)) return EXIT.interrupted;
      const { standing } = over;
      const isComplete =
        standing.types.length === 9 && standing.types.every(({ found, decided }) => found > 0 && decided > 0);
      const seconds = Math.round((firstHostsMs ?? 0) / 100) / 10;
      if (isJson)
        await writeOut(
          `${JSON.stringify(summaryJson(standing, { ...options, url, seconds, isComplete }))}\n`,
        );
      else
        await writeOut(
          `\n${summaryText(standing)}The first hosts were named ${seconds} s after the start.\n`,
        );
      return isComplete ? EXIT.ok : EXIT.refused;
    } finally {
      await demo.stop();
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
      stop.dispose();
    }
  },
});

function liveLines(standing: DemoStanding, recent: readonly DemoDecision[], timeZone: string): string[] {
  return [
    progressLine(standing, timeZone),
    "",
    ...typeTable(standing.types).trimEnd().split("\n"),
    "",
    "NEWEST NAMES",
    ...recent.map(decisionLine),
  ];
}

function summaryJson(
  { types, totals, exporters }: DemoStanding,
  run: { seed: number; speed: number; url: string; seconds: number; isComplete: boolean },
) {
  return {
    version: VERSION,
    seed: run.seed,
    speed: run.speed,
    complete: run.isComplete,
    seconds_to_first_hosts: run.seconds,
    hosts: { made: totals.made, seen: totals.found, decided: totals.decided, right: totals.right },
    types: types.map(({ type, made, found, decided, right, confidence }) => ({
      type,
      made,
      seen: found,
      decided,
      right,
      confidence,
    })),
    exporters: exporters.map(({ name, address, protocol, samplingRate, sent, received, lost }) => ({
      name,
      address,
      protocol,
      sampling_rate: samplingRate,
      records_sent: sent,
      records_received: received,
      records_lost: lost,
    })),
  };
}

function numberOf(name: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new CommandLineError(
    `--${name} is a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createTcpServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
