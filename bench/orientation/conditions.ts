import { createNetflow5Packet, decodeNetflow5, encodeNetflow5 } from "@flowlens/codec";
import {
  ADDRESS_BYTES,
  createFlowBatch,
  parseAddress,
  type FlowBatch,
  type FlowBatchColumn,
  type FlowSink,
} from "@flowlens/flow";
import { createMeter } from "@flowlens/metering";
import type { Capture, CapturedPacket } from "./read-capture.ts";
import { seededRandom } from "../seeded-random.ts";

export const CONDITIONS = [
  "one_exporter",
  "two_exporters_2s_apart",
  "flags_zero",
  "first_60s_cut",
  "sampled_1_100",
] as const;
export type Condition = (typeof CONDITIONS)[number];

const ACTIVE_TIMEOUT_MS = 60_000;
const IDLE_TIMEOUT_MS = 15_000;
const SHUFFLE_MS = 5_000;
const CLOCKS_APART_MS = 2_000;
const CUT_MS = 60_000;
const SAMPLING_RATE = 100;
const EXPORTERS = ["192.0.2.1", "192.0.2.2"].map((text) => parseAddress(text)!);
/** Record times are 32 bits of ms before the time of export; records further apart go into datagrams of their own. */
const DATAGRAM_SPAN_MS = 3_600_000;

/**
 * The flow records an exporter would have sent of a capture: metered with its hints about the initiator off,
 * shuffled within 5 s, encoded as one-way NetFlow v5 with millisecond times, and decoded again.
 */
export function recordsUnder(capture: Capture, condition: Condition, seed: number): FlowBatch {
  const random = seededRandom(seed);
  const metered = meter(packetsUnder(capture, condition, random));
  const order = exportOrder(metered, random);
  const two = condition === "two_exporters_2s_apart";
  const decoded = createFlowBatch(Math.max(1, metered.length));
  const sink: FlowSink = { batch: decoded, emit: () => undefined };
  for (const [i, exporter] of EXPORTERS.entries()) {
    const rows = two ? order.filter((row) => Number(isUpward(metered, row)) === i) : i === 0 ? order : [];
    const sent = pick(metered, rows);
    for (let row = 0; row < sent.length; row++) {
      if (condition === "flags_zero") sent.tcpFlags[row] = 0;
      sent.timeStart[row] += i * CLOCKS_APART_MS;
      sent.timeEnd[row] += i * CLOCKS_APART_MS;
    }
    exportAndDecode(sent, {
      exporter,
      sink,
      samplingRate: condition === "sampled_1_100" ? SAMPLING_RATE : 1,
    });
  }
  return decoded;
}

function packetsUnder(
  capture: Capture,
  condition: Condition,
  random: () => number,
): readonly CapturedPacket[] {
  const { packets } = capture;
  if (condition === "sampled_1_100") return packets.filter(() => random() * SAMPLING_RATE < 1);
  if (condition !== "first_60s_cut") return packets;
  const beginsMs = packets.reduce(
    (first, packet) => Math.min(first, packet.timestampMs),
    Number.POSITIVE_INFINITY,
  );
  return packets.filter((packet) => packet.timestampMs >= beginsMs + CUT_MS);
}

function meter(packets: readonly CapturedPacket[]): FlowBatch {
  // There is room for a record a packet, so that it is emitted once, at the end.
  const batch = createFlowBatch(Math.max(1, packets.length));
  let records = 0;
  const sink: FlowSink = { batch, emit: () => void (records = batch.length) };
  const exporter = createMeter(sink, {
    activeTimeoutMs: ACTIVE_TIMEOUT_MS,
    idleTimeoutMs: IDLE_TIMEOUT_MS,
    initiators: false,
  });
  for (const { headers, bytes, timestampMs, originalLength } of packets)
    exporter.packet(headers, bytes, timestampMs, originalLength);
  exporter.finish();
  batch.length = records;
  return batch;
}

function exportOrder(batch: FlowBatch, random: () => number): number[] {
  const at = Array.from({ length: batch.length }, (_, row) => batch.timeEnd[row] + random() * SHUFFLE_MS);
  return at.map((_, row) => row).sort((a, b) => at[a] - at[b]);
}

/** From the lower endpoint to the higher: which of two exporters sees a direction has nothing to do with who serves. */
function isUpward(batch: FlowBatch, row: number): boolean {
  for (let i = 0; i < ADDRESS_BYTES; i++) {
    const difference = batch.srcAddr[row * ADDRESS_BYTES + i] - batch.dstAddr[row * ADDRESS_BYTES + i];
    if (difference !== 0) return difference < 0;
  }
  return batch.srcPort[row] < batch.dstPort[row];
}

function pick(from: FlowBatch, rows: readonly number[]): FlowBatch {
  const into = createFlowBatch(Math.max(1, rows.length));
  into.length = rows.length;
  for (const [name, values] of Object.entries(into)) {
    if (typeof values === "number") continue;
    const source = from[name as FlowBatchColumn];
    const width = values.length / into.capacity;
    for (const [i, row] of rows.entries())
      values.set(source.subarray(row * width, (row + 1) * width), i * width);
  }
  return into;
}

function exportAndDecode(
  batch: FlowBatch,
  to: { readonly exporter: Uint8Array; readonly sink: FlowSink; readonly samplingRate: number },
): void {
  const packet = createNetflow5Packet();
  let sequence = 0;
  for (let fromRow = 0; fromRow < batch.length;) {
    let toRow = fromRow;
    let latestMs = 0;
    while (
      toRow < batch.length &&
      Math.abs(batch.timeEnd[toRow] - batch.timeEnd[fromRow]) < DATAGRAM_SPAN_MS
    ) {
      latestMs = Math.max(latestMs, batch.timeEnd[toRow++]);
    }
    const unixMs = Math.ceil(latestMs) + SHUFFLE_MS;
    const encoded = encodeNetflow5(batch, {
      unixMs,
      sysUptimeMs: unixMs % 2 ** 31,
      samplingRate: to.samplingRate,
      sequence,
      fromRow,
      toRow,
    });
    sequence = encoded.nextSequence;
    for (const datagram of encoded.datagrams)
      decodeNetflow5(datagram, 0, datagram.length, { packet, exporter: to.exporter, sink: to.sink });
    fromRow = toRow;
  }
}
