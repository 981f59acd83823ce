import { isIP, isIPv6 } from "node:net";
import { Worker } from "node:worker_threads";
import { createOffice } from "@flowlens/synthetic";
import type { Logger } from "#telemetry";
import { SimulationError } from "./errors.ts";
import type { FromSender, SenderReport, SenderSetup, ToSender } from "./messages.ts";
import type {
  SentTotals,
  SimulatedClock,
  SimulatedExporter,
  Simulation,
  SimulationOptions,
  SimulationProgress,
} from "./simulation-types.ts";

export interface SimulationDependencies {
  readonly logger: Logger;
}

const DAY_MS = 86_400_000;
const HIGHEST_SPEED = 10_000;
const DEFAULT_START_IN_MS = 50;
const NOTHING_SENT: SentTotals = {
  records: 0,
  bytes: 0,
  packets: 0,
  datagrams: 0,
  payloadBytes: 0,
  failed: 0,
};

/**
 * A made-up office whose exporters send real packets. Inert until `open` or `start`: then a thread of its own makes,
 * encodes and sends, so that neither side's pauses shift the other's clock.
 * @throws SimulationError (SIMULATION_BAD_OPTION) that names what cannot be
 */
export function createSimulation(options: SimulationOptions, { logger }: SimulationDependencies): Simulation {
  const setup = setupOf(options);
  const office = madeOffice(options);
  const ended = Promise.withResolvers<SimulationProgress>();
  // Who does not wait for the end must not die of its failing.
  ended.promise.catch(() => undefined);
  let worker: Worker | undefined;
  let opening: Promise<readonly SimulatedExporter[]> | undefined;
  let exporters: readonly SimulatedExporter[] = [];
  let report: SenderReport = {
    state: "idle",
    simulatedMs: setup.fromMs,
    lagMs: 0,
    clock: undefined,
    sent: [],
  };
  let isOver = false;
  let isStarted = false;
  let isStopping = false;

  const post = (order: ToSender) => worker?.postMessage(order, []);

  function progress(): SimulationProgress {
    const sent = exporters.map((exporter, i) => ({ ...exporter, ...(report.sent[i] ?? NOTHING_SENT) }));
    const totals = { ...NOTHING_SENT };
    for (const one of sent) {
      for (const name of Object.keys(totals) as (keyof SentTotals)[]) totals[name] += one[name];
    }
    const { state, simulatedMs, lagMs, clock } = report;
    const share = Math.min(1, (simulatedMs - setup.fromMs) / (setup.toMs - setup.fromMs));
    return { state, simulatedMs, share, lagMs, clock, sent, totals };
  }

  function fail(error: SimulationError): void {
    if (isOver) return;
    isOver = true;
    report = { ...report, state: "failed" };
    ended.reject(error);
    void worker?.terminate();
  }

  async function spawn(): Promise<readonly SimulatedExporter[]> {
    if (isOver) throw new SimulationError("SIMULATION_OVER", "The simulation has ended; make another one.");
    const opened = Promise.withResolvers<readonly SimulatedExporter[]>();
    const thread = new Worker(new URL("sender/sender-thread.ts", import.meta.url), {
      name: "simulation",
      workerData: setup,
      execArgv: [],
    });
    worker = thread;
    const broke = (message: string) =>
      new SimulationError("SIMULATION_BROKE", `The simulation broke down: ${message}`);
    thread.on("message", (message: FromSender) => {
      switch (message.type) {
        case "opened":
          exporters = message.exporters;
          opened.resolve(exporters);
          return;
        case "refused":
          opened.reject(
            new SimulationError(
              "SIMULATION_SOCKET",
              `No socket to send from could be opened: ${message.message}`,
            ),
          );
          return;
        case "report":
          report = message;
          return;
        case "ended":
          report = message;
          isOver = true;
          logger.debug({ ...progress().totals }, "the simulation ended");
          ended.resolve(progress());
          opened.reject(stopped());
          void thread.terminate();
          return;
        case "broke":
          fail(broke(message.message));
      }
    });
    thread.on("error", (error) => {
      const failure = broke(error.message);
      opened.reject(failure);
      fail(failure);
    });
    thread.on("exit", () => {
      const failure = broke("its thread ended");
      opened.reject(failure);
      fail(failure);
    });
    post({ type: "open" });
    return opened.promise;
  }

  const open = () => (opening ??= spawn());

  return {
    hosts: office.hosts,
    internalRanges: office.internalRanges,
    timeZone: office.timeZone,
    open,
    async start({ inMs = DEFAULT_START_IN_MS } = {}) {
      if (isStarted || isOver) {
        throw new SimulationError("SIMULATION_OVER", "A simulation starts once; make another one.");
      }
      isStarted = true;
      await open();
      if (isOver || isStopping) throw stopped();
      const clock: SimulatedClock = {
        realMs: Date.now() + Math.max(0, inMs),
        simulatedMs: setup.fromMs,
        speed: setup.speed,
      };
      report = { ...report, state: "waiting", clock };
      post({ type: "start", clock });
      return clock;
    },
    progress,
    ended: ended.promise,
    async stop() {
      isStopping = true;
      if (worker === undefined && !isOver) {
        isOver = true;
        report = { ...report, state: "stopped" };
        ended.resolve(progress());
      }
      if (!isOver) post({ type: "stop" });
      await ended.promise.catch(() => undefined);
      await worker?.terminate();
      return progress();
    },
  };
}

function stopped(): SimulationError {
  return new SimulationError("SIMULATION_OVER", "The simulation was stopped before it began.");
}

function setupOf(options: SimulationOptions): SenderSetup {
  const { office, targets, speed, goOn = false, protocols } = options;
  const fromMs = options.fromMs ?? office.dayStartMs;
  const toMs = options.toMs ?? fromMs + DAY_MS;
  const refuse = (message: string): never => {
    throw new SimulationError("SIMULATION_BAD_OPTION", message);
  };
  if (!(speed >= 1 && speed <= HIGHEST_SPEED)) {
    refuse(`A simulation runs 1 to ${HIGHEST_SPEED} times as fast as real time, not ${speed} times.`);
  }
  if (!(Number.isFinite(fromMs) && Number.isFinite(toMs) && toMs > fromMs && fromMs >= office.dayStartMs)) {
    refuse("A simulation begins on the office's first day or later and ends after it began.");
  }
  if (targets.length === 0) refuse("A simulation needs somebody to send to.");
  for (const { address, netflowPort, ipfixPort, sflowPort } of targets) {
    if (isIP(address) === 0) refuse(`${JSON.stringify(address)} is no address to send to.`);
    if (isIPv6(address) !== isIPv6(targets[0].address)) {
      refuse("All targets of a simulation are of one version of IP.");
    }
    for (const port of [netflowPort, ipfixPort, sflowPort]) {
      if (!Number.isInteger(port) || port < 0 || port > 65_535) refuse(`${port} is no UDP port.`);
    }
  }
  return {
    office,
    targets,
    speed,
    fromMs,
    toMs,
    goOn,
    ...(protocols === undefined ? {} : { protocols }),
  };
}

function madeOffice({ office }: SimulationOptions) {
  try {
    return createOffice(office);
  } catch (error) {
    if (error instanceof RangeError) throw new SimulationError("SIMULATION_BAD_OPTION", error.message, error);
    throw error;
  }
}
