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
} from "../../netflow5/index.ts";
import type { DatagramContext, ProtocolHandler, SequenceObservation } from "./protocol-handler.ts";

/** NetFlow v5: no state but the sequence, which counts flows by engine. */
export function createNetflow5Handler(): ProtocolHandler {
  const packet = createNetflow5Packet();
  const observation: SequenceObservation = {
    stream: 0,
    unit: "records",
    sequence: 0,
    units: 0,
    uptimeMs: -1,
  };

  const decode = (bytes: Uint8Array, start: number, end: number, context: DatagramContext) => {
    const { sink, visit, source } = context;
    if (sink !== undefined) {
      return decodeNetflow5(bytes, start, end, { packet, exporter: source.exporter, sink });
    }
    const verdict = readNetflow5Packet(bytes, start, end, packet);
    for (let record = 0; record < packet.records; record++) {
      const at = packet.recordsAt + record * NETFLOW5_RECORD_BYTES;
      visit?.(netflow5RecordToJson(bytes, at, packet, source.exporter));
    }
    return verdict;
  };

  /** What a decoded datagram tells of its exporter. */
  const account = (verdict: Netflow5Verdict, context: DatagramContext) => {
    context.decoded(packet.records, packet.timesClamped);
    if (verdict !== "ok") context.malformed(verdict);
    if (verdict === "too_short" || verdict === "wrong_version") return;
    if (context.exporter !== undefined) context.exporter.samplingRate = samplingRateOf(packet);
    context.exportedAt(exportTimeMs(packet));
    observation.stream = engineOf(packet);
    observation.sequence = packet.flowSequence;
    // What a lying count cut off was sent and did not come: it shows as lost in the next datagram.
    observation.units = packet.records;
    observation.uptimeMs = packet.sysUptimeMs;
    context.sequence(observation);
  };

  return {
    protocol: "netflow5",
    datagram(bytes, start, end, context) {
      account(decode(bytes, start, end, context), context);
      return packet.records;
    },
  };
}
