import { setTimeout as sleep } from "node:timers/promises";
import { isIpv4, parseAddress } from "@flowlens/flow";
import type { MetadataStore, SeenExporter, StoredExporter } from "#metadata-store";
import type { Logger } from "#telemetry";
import type { ExporterReport, ExporterSettings } from "./messages.ts";
import type { ExporterState, LiveExporter } from "./live-types.ts";

const SILENT_AFTER_MS = 5 * 60_000;
/** How far the last sight on record may lag behind. */
const NOTE_SIGHT_EVERY_MS = 60_000;

const NOTHING_SEEN = {
  packets: 0,
  records: 0,
  recordsPerSecond: 0,
  recordsLost: 0,
  packetsLost: 0,
  recordsDropped: 0,
  samplesDropped: 0,
  sequenceGaps: 0,
  sequenceReorders: 0,
  sequenceResets: 0,
  recordsWaiting: 0,
  templates: 0,
  malformed: 0,
  malformedByReason: {},
  unsupported: 0,
  timesClamped: 0,
  samplingRate: 1,
} as const;

/** An exporter as it is kept, with nothing received since. */
export function restingExporter(stored: StoredExporter, nowMs: number): LiveExporter {
  return {
    ...NOTHING_SEEN,
    address: stored.address,
    name: stored.name,
    networkId: stored.networkId,
    network: stored.network,
    state: stateOf(stored.lastSeen?.getTime(), false, nowMs),
    protocols: stored.protocols,
    samplingRateOverride: stored.samplingRate,
    clockSkewMs: null,
    simulated: stored.simulatedClock !== null,
    firstSeen: stored.firstSeen,
    lastSeen: stored.lastSeen,
  };
}

function stateOf(lastSeenMs: number | undefined, isWaiting: boolean, nowMs: number): ExporterState {
  if (lastSeenMs === undefined) return "never_seen";
  if (nowMs - lastSeenMs > SILENT_AFTER_MS) return "silent";
  return isWaiting ? "waiting_for_template" : "receiving";
}

/** What is kept of exporters in the metadata store, and what the decoder says of them, brought together. */
export interface ExporterRegistry {
  /** Reads what is kept, for the first time; makes the network of exporters that nobody registered. */
  load(): Promise<void>;
  /** Reads what is kept again. */
  read(): Promise<void>;
  /** What the decoder must know. */
  settings(): readonly ExporterSettings[];
  readonly defaultNetworkId: number;
  /** Takes in a report; what is new is written to the metadata store, later again where that fails. */
  take(reports: readonly ExporterReport[], nowMs: number): void;
  /** The decoder is gone; the next one counts from 0, and its counts are added to what there was. */
  decoderDied(): void;
  /** In no particular order. */
  list(nowMs: number): LiveExporter[];
  /** Writes what is not written yet, giving up after a second. */
  close(): Promise<void>;
}

export function createExporterRegistry(
  metadata: Pick<MetadataStore, "networks" | "exporters">,
  logger: Logger,
): ExporterRegistry {
  let stored = new Map<string, StoredExporter>();
  let defaultNetwork = { id: 0, name: "default" };
  const reports = new Map<string, ExporterReport>();
  /** What decoders counted that are gone. */
  let before = new Map<string, ExporterReport>();
  /** When sight of an exporter was last written, and which protocols. */
  const noted = new Map<string, { readonly lastSeenMs: number; readonly protocols: string }>();
  let writing: Promise<void> | undefined;

  async function read(): Promise<void> {
    stored = new Map((await metadata.exporters.list()).map((one) => [one.address, one]));
  }

  function unwritten(nowMs: number): SeenExporter[] {
    const seen: SeenExporter[] = [];
    for (const { address, protocols, firstSeenMs, lastSeenMs } of reports.values()) {
      // Noise that is of no protocol makes nobody an exporter.
      if (protocols.length === 0) continue;
      const note = noted.get(address);
      const isNew = note === undefined || note.protocols !== protocols.join();
      if (isNew || (lastSeenMs > note.lastSeenMs && nowMs - note.lastSeenMs >= NOTE_SIGHT_EVERY_MS)) {
        seen.push({ address, protocols, firstSeenMs, lastSeenMs });
      }
    }
    return seen;
  }

  async function write(seen: readonly SeenExporter[]): Promise<void> {
    try {
      await metadata.exporters.upsertSeen(seen, defaultNetwork.id);
      for (const { address, lastSeenMs, protocols } of seen) {
        noted.set(address, { lastSeenMs, protocols: protocols.join() });
      }
      if (seen.some(({ address }) => !stored.has(address))) await read();
    } catch (error) {
      logger.warn({ error, exporters: seen.length }, "exporters could not be noted; it is tried again");
      // A store that is down is not asked every second.
      await sleep(5_000, undefined, { ref: false });
    }
  }

  return {
    async load() {
      defaultNetwork = await metadata.networks.ensure("default");
      await read();
    },

    read,

    settings: () =>
      [...stored.values()].map(({ address, networkId, samplingRate, simulatedClock }) => ({
        address,
        networkId,
        samplingRate,
        simulatedClock,
      })),

    get defaultNetworkId() {
      return defaultNetwork.id;
    },

    take(some, nowMs) {
      for (const report of some) {
        reports.set(report.address, added(before.get(report.address), report));
      }
      const seen = unwritten(nowMs);
      if (seen.length === 0 || writing !== undefined) return;
      writing = write(seen).finally(() => {
        writing = undefined;
      });
    },

    decoderDied() {
      before = new Map(reports);
    },

    list(nowMs) {
      const addresses = new Set([...stored.keys(), ...reports.keys()]);
      return [...addresses].map((address): LiveExporter => {
        const row = stored.get(address) ?? unknownExporter(address, defaultNetwork);
        const resting = restingExporter(row, nowMs);
        const report = reports.get(address);
        if (report === undefined) return resting;
        const { isWaiting, protocols, clockSkewMs, firstSeenMs, lastSeenMs, ...counts } = report;
        return {
          ...resting,
          ...counts,
          state: stateOf(lastSeenMs, isWaiting, nowMs),
          protocols: [...new Set([...row.protocols, ...protocols])].toSorted(),
          clockSkewMs: clockSkewMs ?? null,
          firstSeen: row.firstSeen ?? new Date(firstSeenMs),
          lastSeen: new Date(lastSeenMs),
        };
      });
    },

    async close() {
      await Promise.race([writing, sleep(500, undefined, { ref: false })]);
      const seen = unwritten(Infinity);
      if (seen.length > 0) await Promise.race([write(seen), sleep(1_000, undefined, { ref: false })]);
    },
  };
}

function unknownExporter(
  address: string,
  network: { readonly id: number; readonly name: string },
): StoredExporter {
  return {
    address,
    name: "",
    networkId: network.id,
    network: network.name,
    samplingRate: null,
    simulatedClock: null,
    protocols: [],
    firstSeen: null,
    lastSeen: null,
    createdAt: new Date(0),
  };
}

/** The counts of a decoder and of those before it. */
function added(before: ExporterReport | undefined, now: ExporterReport): ExporterReport {
  if (before === undefined) return now;
  const malformedByReason: Record<string, number> = { ...before.malformedByReason };
  for (const [reason, count] of Object.entries(now.malformedByReason)) {
    malformedByReason[reason] = (malformedByReason[reason] ?? 0) + count;
  }
  return {
    ...now,
    packets: before.packets + now.packets,
    records: before.records + now.records,
    recordsLost: before.recordsLost + now.recordsLost,
    packetsLost: before.packetsLost + now.packetsLost,
    recordsDropped: before.recordsDropped + now.recordsDropped,
    samplesDropped: before.samplesDropped + now.samplesDropped,
    sequenceGaps: before.sequenceGaps + now.sequenceGaps,
    sequenceReorders: before.sequenceReorders + now.sequenceReorders,
    sequenceResets: before.sequenceResets + now.sequenceResets,
    recordsWaiting: before.recordsWaiting + now.recordsWaiting,
    malformed: before.malformed + now.malformed,
    malformedByReason,
    unsupported: before.unsupported + now.unsupported,
    timesClamped: before.timesClamped + now.timesClamped,
    firstSeenMs: before.firstSeenMs,
  };
}

/** By their addresses as numbers, IPv4 before IPv6: 10.0.0.2 before 10.0.0.10. */
export function inOrder(exporters: readonly LiveExporter[]): LiveExporter[] {
  return exporters
    .map((exporter) => ({ exporter, bytes: parseAddress(exporter.address) ?? new Uint8Array(0) }))
    .toSorted((a, b) => Number(isIpv4(b.bytes)) - Number(isIpv4(a.bytes)) || Buffer.compare(a.bytes, b.bytes))
    .map(({ exporter }) => exporter);
}
