import { ADDRESS_BYTES, createFlowBatch, formatAddress, type FlowSink } from "@flowlens/flow";
import { packetBytes, type MadePacket } from "@flowlens/made-traffic";
import { createPacketHeaders, LINK_TYPE, parsePacket } from "@flowlens/packet";
import { createMeter, type MeterCounters, type MeterOptions } from "../index.ts";

/** A flow record, readable. */
export interface MeteredRecord {
  readonly source: string;
  readonly destination: string;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly protocol: number;
  readonly tcpFlags: number;
  readonly icmpTypeCode: number;
  readonly ipTos: number;
  readonly vlan: number;
  readonly timeStart: number;
  readonly timeEnd: number;
  readonly bytes: number;
  readonly packets: number;
  readonly initiator: number;
  readonly samplingRate: number;
  readonly exporter: string;
}

export interface Metered {
  readonly records: readonly MeteredRecord[];
  readonly counters: Readonly<MeterCounters>;
}

export interface Frame {
  readonly timeMs: number;
  readonly bytes: Uint8Array;
  readonly originalLength?: number;
}

export interface MeterFramesOptions extends MeterOptions {
  /** Default raw IP. */
  readonly linkType?: number;
}

/** The records of some frames, in the order in which the meter emitted them. */
export function meterFrames(frames: readonly Frame[], options: MeterFramesOptions = {}): Metered {
  const { linkType = LINK_TYPE.raw, ...meterOptions } = options;
  const records: MeteredRecord[] = [];
  // Small, so that batches fill up in most tests.
  const sink = collectInto(records, 7);
  const meter = createMeter(sink, meterOptions);
  const headers = createPacketHeaders();
  for (const { timeMs, bytes, originalLength = bytes.length } of frames) {
    // The meter may keep nothing of the bytes: they are overwritten after each call.
    const reused = bytes.slice();
    parsePacket(reused, 0, reused.length, linkType, headers);
    meter.packet(headers, reused, timeMs, originalLength);
    reused.fill(0xee);
  }
  meter.finish();
  return { records, counters: meter.counters };
}

/** The records of made packets. */
export function meterPackets(packets: readonly MadePacket[], options: MeterOptions = {}): Metered {
  return meterFrames(
    packets.map((packet) => ({ timeMs: packet.timeMs, ...packetBytes(packet) })),
    options,
  );
}

export function collectInto(records: MeteredRecord[], capacity: number): FlowSink {
  const batch = createFlowBatch(capacity);
  return {
    batch,
    emit() {
      for (let row = 0; row < batch.length; row++) {
        records.push({
          source: formatAddress(batch.srcAddr, row * ADDRESS_BYTES),
          destination: formatAddress(batch.dstAddr, row * ADDRESS_BYTES),
          srcPort: batch.srcPort[row],
          dstPort: batch.dstPort[row],
          protocol: batch.ipProtocol[row],
          tcpFlags: batch.tcpFlags[row],
          icmpTypeCode: batch.icmpTypeCode[row],
          ipTos: batch.ipTos[row],
          vlan: batch.vlanSrc[row],
          timeStart: batch.timeStart[row],
          timeEnd: batch.timeEnd[row],
          bytes: batch.bytes[row],
          packets: batch.packets[row],
          initiator: batch.initiator[row],
          samplingRate: batch.samplingRate[row],
          exporter: formatAddress(batch.exporter, row * ADDRESS_BYTES),
        });
      }
    },
  };
}
