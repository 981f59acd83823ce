import type { Logger } from "#telemetry";
import type { CollectorStatus, LiveExporter } from "../live-types.ts";
import { createSeldomLogger } from "./warn-seldom.ts";

/** Says in the log what changed for the worse, seldom enough to be read. */
export interface HealthLog {
  /** Compares with the last time. Call it every few seconds. */
  look(status: CollectorStatus, exporters: readonly LiveExporter[]): void;
}

const PAUSE_MS = 5 * 60_000;
const LINES_PER_MINUTE = 30;

interface Before {
  readonly state: LiveExporter["state"];
  readonly recordsLost: number;
  readonly recordsWaiting: number;
  readonly malformed: number;
}

export function createHealthLog(logger: Logger, now: () => number): HealthLog {
  const seldom = createSeldomLogger({ logger, pauseMs: PAUSE_MS, perMinute: LINES_PER_MINUTE, now });
  const ofExporter = new Map<string, Before>();
  const counts = new Map<string, number>();

  /** By how much a count has grown since the last look. */
  function growth(name: string, count: number): number {
    const before = counts.get(name) ?? 0;
    counts.set(name, count);
    return count - before;
  }

  function lookAt(exporter: LiveExporter): void {
    const { address, name, state, recordsLost, recordsWaiting, malformed } = exporter;
    const who = name === "" ? { exporter: address } : { exporter: address, name };
    const before = ofExporter.get(address);
    ofExporter.set(address, { state, recordsLost, recordsWaiting, malformed });
    if (exporter.packets === 0) return;
    if (before === undefined || before.state === "never_seen") {
      const { protocols, network } = exporter;
      seldom.info(`new ${address}`, { ...who, protocols, network }, "first packets of an exporter");
    }
    if (state === "silent" && before !== undefined && before.state !== "silent") {
      const lastSeen = exporter.lastSeen?.toISOString();
      seldom.warn(
        `silent ${address}`,
        { ...who, lastSeen },
        "nothing came from an exporter for 5 minutes; look whether it still sends here",
      );
    } else if (before?.state === "silent" && state !== "silent") {
      seldom.info(`back ${address}`, who, "an exporter sends again");
    }
    const lost = recordsLost - (before?.recordsLost ?? 0);
    if (lost > 0) {
      seldom.warn(
        `lost ${address}`,
        { ...who, lost, lostSinceStart: recordsLost },
        "its sequence numbers say that records of an exporter did not come",
      );
    }
    if (state === "waiting_for_template" && before?.state !== state) {
      seldom.info(
        `waiting ${address}`,
        { ...who, recordsWaiting },
        "records of an exporter wait for their template, which it sends every few minutes",
      );
    }
    const broken = malformed - (before?.malformed ?? 0);
    if (broken > 0) {
      const reasons = exporter.malformedByReason;
      seldom.warn(
        `malformed ${address}`,
        { ...who, packets: broken, reasons },
        "malformed packets came from an exporter",
      );
    }
  }

  return {
    look(status, exporters) {
      for (const { address, packets } of status.refusedSenders) {
        if (growth(`refused ${address}`, packets) > 0 && packets > 0) {
          seldom.warn(
            `refused ${address}`,
            { sender: address, packets },
            "packets of a sender outside the private ranges were refused; to take them, add its address to collector.exporters",
          );
        }
      }
      for (const { address, port, kernelDrops = 0, queueDrops, receiveBufferBytes } of status.sockets) {
        const byKernel = growth(`kernel ${address} ${port}`, kernelDrops);
        if (byKernel > 0) {
          seldom.warn(
            `kernel ${address} ${port}`,
            { address, port, packets: byKernel, receiveBufferBytes },
            "the system dropped packets before they could be read; raise net.core.rmem_max and collector.receiveBufferBytes, or collector.receivers",
          );
        }
        const byQueue = growth(`queue ${address} ${port}`, queueDrops);
        if (byQueue > 0) {
          seldom.warn(
            `queue ${address} ${port}`,
            { address, port, packets: byQueue },
            "packets were dropped because decoding did not keep up",
          );
        }
      }
      const dropped = growth("spool", status.spool.droppedRecords);
      if (dropped > 0) {
        seldom.warn(
          "spool",
          { records: dropped, reason: status.spool.failure },
          "records were lost because the spool could not take them",
        );
      }
      for (const exporter of exporters) lookAt(exporter);
    },
  };
}
