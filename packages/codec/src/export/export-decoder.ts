import {
  createNetflow5Packet,
  decodeNetflow5,
  engineOf,
  exportTimeMs,
  NETFLOW5_RECORD_BYTES,
  netflow5RecordToJson,
  readNetflow5Packet,
  samplingRateOf,
  type Netflow5Verdict,
} from "../netflow5/index.ts";
import type { DatagramSource, ExportDecoder, ExportDecoderOptions } from "./export-decoder-types.ts";
import { createExporterTable, streamOf, type Exporter } from "./exporter-table.ts";
import { observeSequence } from "./sequence.ts";

const DEFAULT_MAX_EXPORTERS = 10_000;

/** An uptime that falls by more than this is a restart; less is datagrams out of order. */
const RESTART_UPTIME_DROP_MS = 60_000;
/** An uptime that falls by nearly 2^32 has wrapped: no restart. */
const UPTIME_WRAP_DROP_MS = 2 ** 32 - 86_400_000;

/** What becomes of one datagram's version: decoded, known by name but not decoded, or nothing we know. */
type DatagramKind = "netflow5" | "unsupported" | "unknown" | "too_short";

/**
 * A decoder for export datagrams, told apart by their first bytes (two of NetFlow and IPFIX, four of sFlow).
 * Malformed input of any kind is counted with its reason; nothing is thrown.
 */
export function createExportDecoder(options: ExportDecoderOptions = {}): ExportDecoder {
  const exporters = createExporterTable(options.maxExporters ?? DEFAULT_MAX_EXPORTERS);
  const counters = createExportCounters();
  const packet = createNetflow5Packet();

  /** Counts a datagram on arrival and tells its kind. */
  const receive = (
    bytes: Uint8Array,
    start: number,
    end: number,
    exporter: Exporter | undefined,
    source: DatagramSource,
  ): DatagramKind => {
    counters.packets++;
    if (exporter === undefined) counters.packets_of_unwatched_exporters++;
    else {
      exporter.packets++;
      if (source.receivedAtMs > exporter.lastSeenMs) exporter.lastSeenMs = source.receivedAtMs;
    }
    const kind = kindOf(bytes, start, end, counters);
    if (kind === "unsupported" || kind === "unknown") {
      if (exporter !== undefined) exporter.unsupported++;
    } else if (kind === "too_short") countMalformed(exporter, "too_short");
    return kind;
  };

  const countMalformed = (
    exporter: Exporter | undefined,
    reason: "too_short" | "count_lies" | "trailing_bytes",
  ) => {
    counters.malformed++;
    counters[`malformed_${reason}`]++;
    if (exporter === undefined) return;
    exporter.malformed++;
    exporter.malformedByReason[reason] = (exporter.malformedByReason[reason] ?? 0) + 1;
  };

  /** What a decoded v5 datagram tells of its exporter. */
  const account = (verdict: Netflow5Verdict, exporter: Exporter | undefined, source: DatagramSource) => {
    counters.records += packet.records;
    counters.times_clamped += packet.timesClamped;
    if (verdict !== "ok" && verdict !== "wrong_version") countMalformed(exporter, verdict);
    if (exporter === undefined || verdict === "too_short") return;
    exporter.records += packet.records;
    exporter.timesClamped += packet.timesClamped;
    exporter.samplingRate = samplingRateOf(packet);
    if (source.receivedAtMs > 0) exporter.clockSkewMs = source.receivedAtMs - exportTimeMs(packet);
    const stream = streamOf(exporter, engineOf(packet));
    if (stream === undefined) {
      counters.packets_of_unwatched_engines++;
      return;
    }
    const drop = stream.uptimeMs - packet.sysUptimeMs;
    const restarted = drop > RESTART_UPTIME_DROP_MS && drop < UPTIME_WRAP_DROP_MS;
    // What a lying count cut off was sent and did not come: it shows as lost in the next datagram.
    observeSequence(stream.sequence, packet.flowSequence, packet.records, restarted);
    stream.uptimeMs = packet.sysUptimeMs;
  };

  return {
    counters,
    exporters: () => exporters.list(),

    datagram(bytes, start, end, source, sink) {
      const exporter = exporters.find(source.exporter, source.receivedAtMs);
      if (receive(bytes, start, end, exporter, source) !== "netflow5") return 0;
      const verdict = decodeNetflow5(bytes, start, end, { packet, exporter: source.exporter, sink });
      account(verdict, exporter, source);
      return packet.records;
    },

    datagramToJson(bytes, start, end, source, visit) {
      const exporter = exporters.find(source.exporter, source.receivedAtMs);
      if (receive(bytes, start, end, exporter, source) !== "netflow5") return 0;
      const verdict = readNetflow5Packet(bytes, start, end, packet);
      const { records, recordsAt } = packet;
      for (let record = 0; record < records; record++) {
        visit(
          netflow5RecordToJson(bytes, recordsAt + record * NETFLOW5_RECORD_BYTES, packet, source.exporter),
        );
      }
      account(verdict, exporter, source);
      return records;
    },
  };
}

function createExportCounters() {
  return {
    packets: 0,
    records: 0,
    malformed: 0,
    malformed_too_short: 0,
    malformed_count_lies: 0,
    malformed_trailing_bytes: 0,
    times_clamped: 0,
    unsupported_version_1: 0,
    unsupported_version_7: 0,
    unsupported_version_8: 0,
    unsupported_version_9: 0,
    unsupported_version_10: 0,
    unsupported_sflow_5: 0,
    unknown_version: 0,
    packets_of_unwatched_exporters: 0,
    packets_of_unwatched_engines: 0,
  };
}

function kindOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  counters: ReturnType<typeof createExportCounters>,
): DatagramKind {
  const length = Math.min(end, bytes.length) - start;
  if (start < 0 || !(length >= 2)) return "too_short";
  switch ((bytes[start] << 8) | bytes[start + 1]) {
    case 5:
      return "netflow5";
    case 1:
      counters.unsupported_version_1++;
      return "unsupported";
    case 7:
      counters.unsupported_version_7++;
      return "unsupported";
    case 8:
      counters.unsupported_version_8++;
      return "unsupported";
    case 9:
      counters.unsupported_version_9++;
      return "unsupported";
    case 10:
      counters.unsupported_version_10++;
      return "unsupported";
    case 0:
      if (length >= 4 && bytes[start + 2] === 0 && bytes[start + 3] === 5) {
        counters.unsupported_sflow_5++;
        return "unsupported";
      }
      break;
    default:
      break;
  }
  counters.unknown_version++;
  return "unknown";
}
