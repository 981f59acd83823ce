import { createOffice, type MadeNetwork } from "@flowlens/synthetic";
import type { FromSender, SenderReport, SenderSetup, ToSender } from "../messages.ts";
import type { SentTotals, SimulatedClock, SimulatedExporter, SimulationTarget } from "../simulation-types.ts";
import { openExporterSockets, type ExporterSockets } from "./exporter-sockets.ts";
import { createExporterStream, type ExporterStream } from "./exporter-stream.ts";
import { pace, spread, tick, type Due } from "./pace.ts";

/** Real time that one step takes at least: the sender hands over so often. */
const STEP_REAL_MS = 20;
const LONGEST_STEP_MS = 60_000;
const REPORT_EACH_MS = 100;
/** After the day, as long as anybody lets it run. */
const GO_ON_MS = 366 * 86_400_000;

/** Makes the traffic, encodes it and sends it in its time. Answers orders by messages; runs in a thread of its own. */
export function createSender(
  setup: SenderSetup,
  post: (message: FromSender) => void,
): { take(order: ToSender): Promise<void> } {
  const office = createOffice(setup.office);
  const stopping = new AbortController();
  let sockets: ExporterSockets | undefined;
  let running: Promise<void> | undefined;
  const sent: SentTotals[] = office.exporters.map(() => ({
    records: 0,
    bytes: 0,
    packets: 0,
    datagrams: 0,
    payloadBytes: 0,
    failed: 0,
  }));
  let report: SenderReport = {
    state: "idle",
    simulatedMs: setup.fromMs,
    lagMs: 0,
    clock: undefined,
    sent,
  };
  let reportedAtMs = 0;

  function tell(more: Partial<SenderReport>, always = false): void {
    report = { ...report, ...more };
    const now = performance.now();
    if (!always && now - reportedAtMs < REPORT_EACH_MS) return;
    reportedAtMs = now;
    post({ type: "report", ...report });
  }

  async function open(): Promise<void> {
    try {
      sockets = await openExporterSockets(office.exporters.length, setup.targets);
    } catch (error) {
      post({ type: "refused", message: (error as Error).message });
      return;
    }
    const { addresses } = sockets;
    tell({ state: "open" }, true);
    post({
      type: "opened",
      exporters: office.exporters.map(({ name, protocol, samplingRate }, i): SimulatedExporter => ({
        name,
        protocol,
        samplingRate,
        address: addresses[i],
      })),
    });
  }

  async function run(clock: SimulatedClock, through: ExporterSockets): Promise<void> {
    const streams = office.exporters.map((exporter) => createExporterStream(exporter, setup.fromMs));
    const { signal } = stopping;
    tell({ state: "waiting", clock }, true);
    await tick(Math.max(1, clock.realMs - Date.now()), signal);
    tell({ state: "running" }, true);
    await runStretch({ office, streams, through, clock, fromMs: setup.fromMs, toMs: setup.toMs });
    if (setup.goOn && !signal.aborted) {
      const slow: SimulatedClock = { realMs: Date.now(), simulatedMs: setup.toMs, speed: 1 };
      tell({ clock: slow }, true);
      const toMs = setup.toMs + GO_ON_MS;
      await runStretch({ office, streams, through, clock: slow, fromMs: setup.toMs, toMs });
    }
    await through.close();
    post({ type: "ended", ...report, state: signal.aborted ? "stopped" : "finished" });
  }

  interface Stretch {
    readonly office: MadeNetwork;
    readonly streams: readonly ExporterStream[];
    readonly through: ExporterSockets;
    readonly clock: SimulatedClock;
    readonly fromMs: number;
    readonly toMs: number;
  }

  async function runStretch({ streams, through, clock, fromMs, toMs }: Stretch): Promise<void> {
    const { signal } = stopping;
    const { speed } = clock;
    const stepMs = Math.min(
      LONGEST_STEP_MS,
      Math.max(1_000, Math.ceil((STEP_REAL_MS * speed) / 1_000) * 1_000),
    );
    const traffic = office.flows(fromMs, toMs, {
      stepMs,
      oneExporterEach: !through.haveOwnAddresses,
      ...(setup.protocols === undefined ? {} : { protocols: setup.protocols }),
    });
    const isAsked = office.exporters.map(
      ({ protocol }) =>
        (setup.protocols?.includes(protocol) ?? true) &&
        setup.targets.some((target) => portOf(target, protocol) !== 0),
    );
    const before = sent.map((totals) => ({ ...totals }));
    for (const step of traffic) {
      if (signal.aborted) return;
      const datagrams = step.batches.map((batch, i) =>
        isAsked[i] ? streams[i].encode(batch, step.toMs) : [],
      );
      // What a step holds is known when it is over, and goes out while the next one passes.
      const realMs = clock.realMs + (step.toMs - clock.simulatedMs) / speed;
      await pace(spread(datagrams), {
        fromMs: realMs,
        lastsMs: (step.toMs - step.fromMs) / speed,
        signal,
        nowMs: Date.now,
        send: (due) => sendToAll(due, through),
      });
      for (const [i, totals] of traffic.totals.entries()) {
        if (!isAsked[i]) continue;
        sent[i].records = before[i].records + totals.records;
        sent[i].bytes = before[i].bytes + totals.bytes;
        sent[i].packets = before[i].packets + totals.packets;
      }
      const dueMs =
        clock.realMs + (step.toMs - clock.simulatedMs) / speed + (step.toMs - step.fromMs) / speed;
      tell({ simulatedMs: step.toMs, lagMs: Math.max(0, Math.round(Date.now() - dueMs)) });
    }
  }

  async function sendToAll({ exporter, datagram }: Due, through: ExporterSockets): Promise<void> {
    const totals = sent[exporter];
    totals.datagrams++;
    totals.payloadBytes += datagram.length;
    for (const target of setup.targets) {
      const port = portOf(target, office.exporters[exporter].protocol);
      if (port === 0) continue;
      if (!(await through.send(exporter, datagram, { address: target.address, port }))) totals.failed++;
    }
  }

  return {
    async take(order) {
      if (order.type === "open") await open();
      else if (order.type === "start" && sockets !== undefined) {
        running = run(order.clock, sockets);
        await running;
      } else if (order.type === "stop") {
        stopping.abort();
        if (running !== undefined) return;
        await sockets?.close();
        post({ type: "ended", ...report, state: "stopped" });
      }
    },
  };
}

function portOf(target: SimulationTarget, protocol: SimulatedExporter["protocol"]): number {
  if (protocol === "sflow5") return target.sflowPort;
  return protocol === "ipfix" ? target.ipfixPort : target.netflowPort;
}
