import { setTimeout as sleep } from "node:timers/promises";
import type { AssetSummary, Network } from "#metadata-store";
import { createSimulation, type SimulatedClock, type Simulation, type SimulationProgress } from "#simulation";
import type { Logger } from "#telemetry";
import { orAborted } from "../or-aborted.ts";
import { createServer, type Server } from "../serve.ts";
import type { Settings } from "../settings.ts";
import {
  exporterStandings,
  totalsOf,
  typeStandings,
  type ExporterStanding,
  type HostTotals,
  type TypeStanding,
} from "./demo-standing.ts";
import { newestWeekday, nextMidnight } from "./newest-weekday.ts";

export interface DemoOptions {
  readonly seed: number;
  readonly hosts: number;
  /** Simulated ms in a real one. */
  readonly speed: number;
  /** When the day has passed, go on in real time until stopped; otherwise it ends there. */
  readonly goOn: boolean;
  /** IANA name of the office's clock. */
  readonly timeZone: string;
}

export interface DemoDependencies {
  readonly logger: Logger;
  /** Of FlowLens. */
  readonly version: string;
  readonly onFatal: (error: Error) => void;
}

/** A type that a host was given just now, and why. */
export interface DemoDecision {
  readonly address: string;
  readonly name: string;
  readonly type: string;
  readonly confidence: number;
  readonly reason: string;
}

export interface DemoStanding {
  readonly state: SimulationProgress["state"];
  /** Of the made-up day, 0–1. */
  readonly share: number;
  /** Simulated, ms since 1970. */
  readonly atMs: number;
  readonly types: readonly TypeStanding[];
  readonly totals: HostTotals;
  readonly exporters: readonly ExporterStanding[];
  /** Since the last look, newest first. */
  readonly decisions: readonly DemoDecision[];
}

/** A FlowLens of its own that a made-up office sends its export packets to. Inert until `start`. */
export interface Demo {
  /** @throws a coded error; nothing is left running then */
  start(): Promise<{ readonly url: string; readonly dayStartMs: number; readonly hosts: number }>;
  look(): Promise<DemoStanding>;
  /** Resolves when the day is over and all that was sent of it is counted and described. */
  untilSettled(signal: AbortSignal): Promise<DemoStanding>;
  /** Within 5 s. */
  stop(): Promise<void>;
}

const NETWORK = "default";
/** Between saying which clock the exporters follow and their first packet. */
const BEGIN_IN_MS = 300;
const DECISIONS_SHOWN = 6;
const PAGE = 1_000;
/** A demo has nothing better to do, and somebody who watches. */
const EAGER = { foldEveryMs: 1_000, foldShare: 0.5, describeEveryMs: 1_000, describeShare: 1 };
const LOOK_EVERY_MS = 250;
const CLOCK_LOOK_EVERY_MS = 100;
/** How long packets that were sent may take to the collector's counters; what is not there then is lost. */
const PATIENCE_MS = 10_000;

export function createDemo(settings: Settings, options: DemoOptions, dependencies: DemoDependencies): Demo {
  const { logger } = dependencies;
  const server: Server = createServer(settings, { ...dependencies, liveTimings: EAGER });
  const dayStartMs = newestWeekday(Date.now(), options.timeZone);
  const dayEndMs = nextMidnight(dayStartMs, options.timeZone);
  const { metadata, flows, describer } = server.flowLens;
  const office = { seed: options.seed, hosts: options.hosts, dayStartMs, timeZone: options.timeZone };
  let simulation: Simulation | undefined;
  let network: Network | undefined;
  let turning: NodeJS.Timeout | undefined;
  let known = new Map<string, string>();

  function started(): { simulation: Simulation; network: Network } {
    if (simulation === undefined || network === undefined) throw new Error("the demo was not started");
    return { simulation, network };
  }

  /** Tells the collector which clock the exporters follow. */
  async function follow(clock: SimulatedClock): Promise<void> {
    const exporters = started()
      .simulation.progress()
      .sent.map(({ name, address }) => ({ name, address }));
    for (const [address, some] of Map.groupBy(exporters, (one) => one.address)) {
      await metadata.exporters.register(address, {
        name: some.map(({ name }) => name).join(", "),
        network: NETWORK,
        simulatedClock: clock,
      });
    }
    await server.collector.reloadExporters();
  }

  async function assetsByAddress(): Promise<Map<string, AssetSummary>> {
    const found = new Map<string, AssetSummary>();
    let cursor: string | undefined;
    do {
      const page = await metadata.assets.list({
        filter: { networkId: started().network.id },
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const asset of page.assets) found.set(asset.address, asset);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return found;
  }

  async function newDecisions(assets: ReadonlyMap<string, AssetSummary>): Promise<DemoDecision[]> {
    const changed = [...assets.values()]
      .filter(({ address, assetType }) => assetType !== "unknown" && known.get(address) !== assetType)
      .sort((a, b) => (b.typeSince?.getTime() ?? 0) - (a.typeSince?.getTime() ?? 0))
      .slice(0, DECISIONS_SHOWN);
    known = new Map([...assets].map(([address, { assetType }]) => [address, assetType]));
    const names = new Map(started().simulation.hosts.map(({ address, name }) => [address, name]));
    return Promise.all(
      changed.map(async ({ id, address, assetType, confidence }) => {
        const detail = await metadata.assets.find({ id });
        const [reason] = detail?.evidence?.reasons.filter(({ direction }) => direction === "for") ?? [];
        return {
          address,
          name: names.get(address) ?? "",
          type: assetType,
          confidence,
          reason: reason?.sentence ?? "",
        };
      }),
    );
  }

  async function look(): Promise<DemoStanding> {
    const { state, share, simulatedMs, sent } = started().simulation.progress();
    const assets = await assetsByAddress();
    const types = typeStandings(started().simulation.hosts, assets);
    return {
      state,
      share,
      atMs: simulatedMs,
      types,
      totals: totalsOf(types),
      exporters: exporterStandings(sent, await server.collector.exporters()),
      decisions: await newDecisions(assets),
    };
  }

  async function stop(): Promise<void> {
    clearInterval(turning);
    await simulation?.stop();
    await server.stop();
  }

  return {
    async start() {
      try {
        const { url, listening } = await server.start();
        const portOf = (protocol: string): number =>
          listening.find(({ protocols }) => protocols.includes(protocol))?.port ?? 0;
        simulation = createSimulation(
          {
            office,
            targets: [
              {
                address: "127.0.0.1",
                netflowPort: portOf("netflow9"),
                ipfixPort: listening.find(({ protocols }) => protocols.join() === "ipfix")?.port ?? 0,
                sflowPort: portOf("sflow5"),
              },
            ],
            speed: options.speed,
            fromMs: dayStartMs,
            toMs: dayEndMs,
            goOn: options.goOn,
          },
          { logger },
        );
        const { internalRanges, timeZone } = simulation;
        network = await metadata.networks.ensure(NETWORK, { internalRanges, timeZone });
        await simulation.open();
        const clock = await simulation.start({ inMs: BEGIN_IN_MS });
        await follow(clock);
        if (options.goOn) followWhatComes(clock);
        return { url, dayStartMs, hosts: simulation.hosts.length };
      } catch (error) {
        await stop();
        throw error;
      }
    },
    look,
    async untilSettled(signal) {
      const { totals } = await orAborted(started().simulation.ended, signal);
      const begun = performance.now();
      for (;;) {
        signal.throwIfAborted();
        const { collector, loader } = server.status();
        const isReceived =
          collector.decoding.records >= totals.records && collector.queue.waitingPackets === 0;
        const isLoaded = loader.backlog.segments === 0 && loader.loadedRows >= collector.spool.storedRecords;
        if (isLoaded && (isReceived || performance.now() - begun > PATIENCE_MS)) break;
        await sleep(LOOK_EVERY_MS, undefined, { signal });
      }
      await flows.fold({ nowMs: Date.now(), signal });
      for (const waiting of await describer.waiting()) await describer.changed(waiting, signal);
      return look();
    },
    stop,
  };

  /** When the day is over the office goes on at the speed of real time: its exporters follow another clock then. */
  function followWhatComes(first: SimulatedClock): void {
    let followed = first;
    turning = setInterval(() => {
      const { clock } = started().simulation.progress();
      if (clock === undefined || clock.speed === followed.speed) return;
      followed = clock;
      follow(clock).catch((error: unknown) =>
        logger.error({ err: error }, "the exporters' clock could not be set"),
      );
    }, CLOCK_LOOK_EVERY_MS);
  }
}
