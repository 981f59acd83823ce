import { createSimulation, type Simulation, type SimulationProgress } from "#simulation";
import { createLogger } from "#telemetry";
import { newestFullWeekday, startOfDay, type MadeProtocol } from "@flowlens/synthetic";
import { defineCommand } from "citty";
import { CommandLineError } from "../command-line-error.ts";
import { EXIT } from "../exit-code.ts";
import { interruption } from "../interruption.ts";
import { createProgress } from "../output/progress.ts";
import { sentTable, simulationLine } from "../output/simulation.ts";
import { writeOut } from "../output/write.ts";
import { integerOf, numberOf, portOf, timeOfDay, timeSpanOf } from "../simulate/numbers.ts";
import { targetsOf } from "../simulate/targets.ts";

const PROTOCOLS: readonly MadeProtocol[] = ["netflow5", "netflow9", "ipfix", "sflow5"];
const DAY_MS = 86_400_000;
const LONGEST_DAYS = 31;
const SHOW_EACH_MS = 200;
const PORTS = { netflow: 2055, ipfix: 4739, sflow: 6343 } as const;
const LARGEST_SEED = 0xffffffff;

const udpPort = (protocols: string, usual: number) =>
  ({
    type: "string",
    description: `UDP port that ${protocols} go to (default ${usual})`,
    valueHint: "PORT",
  }) as const;

export const simulateCommand = defineCommand({
  meta: {
    name: "simulate",
    description: "Send the export packets of a made-up office network, as its routers and switches would",
  },
  args: {
    to: {
      type: "string",
      description:
        "Collectors to send to, separated by commas; a port after a colon takes everything (default 127.0.0.1)",
      valueHint: "HOST[:PORT],…",
    },
    "netflow-port": udpPort("NetFlow v5 and v9", PORTS.netflow),
    "ipfix-port": udpPort("IPFIX", PORTS.ipfix),
    "sflow-port": udpPort("sFlow", PORTS.sflow),
    speed: {
      type: "string",
      description: "How fast time passes: 1 is real time, 1440 a day in a minute (default 1)",
      valueHint: "TIMES",
    },
    hosts: {
      type: "string",
      description: "Hosts of the office, 100 to 2000 (default 240)",
      valueHint: "NUMBER",
    },
    seed: {
      type: "string",
      description: "The same number makes the same office and the same traffic (default 1)",
      valueHint: "NUMBER",
    },
    protocols: {
      type: "string",
      description: `Only exporters that speak these, of ${PROTOCOLS.join(", ")}`,
      valueHint: "NAME,…",
    },
    duration: {
      type: "string",
      description:
        "End after so much simulated time: 90s, 30m, 24h (default: the end of the day; with --speed 1 never)",
      valueHint: "TIME",
    },
    from: {
      type: "string",
      description:
        "Time of day to begin at, on the office's clock, of the newest weekday that is over (default 00:00; with --speed 1 it is now)",
      valueHint: "HH:MM",
    },
    "time-zone": {
      type: "string",
      description: "Time zone of the office, as Europe/Berlin (default: this machine's)",
      valueHint: "ZONE",
    },
    scans: {
      type: "boolean",
      description: "Scan from inside at night and from outside by day",
      negativeDescription: "Leave out the vulnerability scan and the scan from outside",
      default: true,
    },
    "allow-public": {
      type: "boolean",
      description: "Send to public addresses too: made-up flows in somebody's collector are a nuisance",
    },
    json: { type: "boolean", description: "Print what was sent as JSON" },
  },
  async run({ args }) {
    const speed = numberOf(args.speed, { name: "--speed", least: 1, most: 10_000, usual: 1 });
    const timeZone = args["time-zone"] ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    const stretch = stretchOf({ speed, timeZone, from: args.from, duration: args.duration });
    const protocols = protocolsOf(args.protocols);
    const targets = await targetsOf(args.to ?? "127.0.0.1", {
      ports: {
        netflow: portOf(args["netflow-port"], PORTS.netflow),
        ipfix: portOf(args["ipfix-port"], PORTS.ipfix),
        sflow: portOf(args["sflow-port"], PORTS.sflow),
      },
      isPublicAllowed: args["allow-public"] === true,
    });
    const simulation = createSimulation(
      {
        office: {
          seed: integerOf(args.seed, { name: "--seed", least: 0, most: LARGEST_SEED, usual: 1 }),
          hosts: integerOf(args.hosts, { name: "--hosts", least: 100, most: 2_000, usual: 240 }),
          dayStartMs: stretch.dayStartMs,
          timeZone,
          scans: args.scans,
        },
        targets,
        speed,
        fromMs: stretch.fromMs,
        toMs: stretch.toMs,
        ...(protocols === undefined ? {} : { protocols }),
      },
      { logger: createLogger({ level: "warn", format: "text", destination: "stderr" }) },
    );
    const stop = interruption();
    const shown = createProgress();
    const showing = setInterval(
      () => shown.show(simulationLine(simulation.progress(), timeZone)),
      SHOW_EACH_MS,
    );
    let end: SimulationProgress;
    const begunAt = performance.now();
    try {
      stop.signal.addEventListener("abort", () => void simulation.stop(), { once: true });
      await simulation.start().catch((error: unknown) => {
        // Ctrl-C came first: there is an end to tell of, though nothing began.
        if (!stop.signal.aborted) throw error;
      });
      end = await simulation.ended;
    } finally {
      clearInterval(showing);
      shown.clear();
      await simulation.stop();
      stop.dispose();
    }
    const seconds = (performance.now() - begunAt) / 1_000;
    if (args.json === true)
      await writeOut(
        `${JSON.stringify(asJson(end, { seconds, speed, simulation, fromMs: stretch.fromMs }))}\n`,
      );
    else await writeOut(sentTable(end, { seconds, hosts: simulation.hosts.length, fromMs: stretch.fromMs }));
    return stop.signal.aborted ? EXIT.interrupted : EXIT.ok;
  },
});

function asJson(
  end: SimulationProgress,
  more: { seconds: number; speed: number; fromMs: number; simulation: Simulation },
) {
  return {
    state: end.state,
    seconds: Number(more.seconds.toFixed(3)),
    speed: more.speed,
    simulated_from: new Date(more.fromMs).toISOString(),
    simulated_to: new Date(end.simulatedMs).toISOString(),
    hosts: more.simulation.hosts.length,
    exporters: end.sent.map((one) => ({
      name: one.name,
      protocol: one.protocol,
      address: one.address,
      sampling_rate: one.samplingRate,
      datagrams: one.datagrams,
      payload_bytes: one.payloadBytes,
      failed: one.failed,
      records: one.records,
      packets: one.packets,
      bytes: one.bytes,
    })),
    truth: more.simulation.hosts.map(({ address, type, role, name }) => ({ address, type, role, name })),
  };
}

interface Asked {
  readonly speed: number;
  readonly timeZone: string;
  readonly from: string | undefined;
  readonly duration: string | undefined;
}

/**
 * In real time the office lives now, for as long as one lets it. Faster, it lives through the newest weekday that is
 * over: time that lies ahead would be taken for a clock gone wrong.
 */
function stretchOf({ speed, timeZone, from, duration }: Asked): {
  readonly dayStartMs: number;
  readonly fromMs: number;
  readonly toMs: number;
} {
  const spanMs = duration === undefined ? undefined : timeSpanOf(duration);
  if (speed === 1 && from === undefined) {
    const fromMs = Math.floor(Date.now() / 1_000) * 1_000;
    return {
      dayStartMs: midnightIn(timeZone, (zone) => startOfDay(fromMs, zone)),
      fromMs,
      toMs: fromMs + (spanMs ?? LONGEST_DAYS * DAY_MS),
    };
  }
  const dayStartMs = midnightIn(timeZone, (zone) => newestFullWeekday(Date.now(), zone));
  const fromMs = dayStartMs + timeOfDay(from ?? "00:00");
  return { dayStartMs, fromMs, toMs: spanMs === undefined ? dayStartMs + DAY_MS : fromMs + spanMs };
}

function midnightIn(timeZone: string, midnight: (timeZone: string) => number): number {
  try {
    return midnight(timeZone);
  } catch {
    throw new CommandLineError(
      `--time-zone: ${JSON.stringify(timeZone)} is no time zone; write Europe/Berlin.`,
    );
  }
}

function protocolsOf(text: string | undefined): readonly MadeProtocol[] | undefined {
  if (text === undefined) return undefined;
  return text.split(",").map((name) => {
    const known = PROTOCOLS.find((protocol) => protocol === name.trim());
    if (known !== undefined) return known;
    throw new CommandLineError(`--protocols knows ${PROTOCOLS.join(", ")}, not ${JSON.stringify(name)}.`);
  });
}
