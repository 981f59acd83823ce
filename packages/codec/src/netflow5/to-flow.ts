import {
  DIRECTION_NOT_SAID,
  INITIATOR,
  IP_PROTOCOL,
  copyIpv4,
  copyIpv6,
  type FlowSink,
} from "@flowlens/flow";
import { RECORD, RECORD_BYTES, readU16, readU32 } from "./layout.ts";
import { engineOf, exportTimeMs, samplingRateOf, type Netflow5Packet } from "./packet.ts";
import { resolveTimes, type FlowTimes } from "./times.ts";

const times: FlowTimes = { startMs: 0, endMs: 0, clamped: false };

/**
 * Writes the records of a checked packet as flow rows; `exporter` is 16 bytes. Every column is written here rather than by `startFlow`, which would write most of them twice.
 */
export function writeNetflow5Flows(
  bytes: Uint8Array,
  packet: Netflow5Packet,
  exporter: Uint8Array,
  sink: FlowSink,
): void {
  const batch = sink.batch;
  const exportMs = exportTimeMs(packet);
  const engine = engineOf(packet);
  const samplingRate = samplingRateOf(packet);
  let at = packet.recordsAt;
  for (let record = 0; record < packet.records; record++, at += RECORD_BYTES) {
    if (batch.length >= batch.capacity) {
      sink.emit();
      batch.length = 0;
    }
    const row = batch.length++;
    const address = row * 16;
    copyIpv6(exporter, 0, batch.exporter, address);
    copyIpv4(bytes, at + RECORD.srcAddr, batch.srcAddr, address);
    copyIpv4(bytes, at + RECORD.dstAddr, batch.dstAddr, address);
    writeNextHop(bytes, at + RECORD.nextHop, batch.nextHop, address);
    resolveTimes(
      exportMs,
      packet.sysUptimeMs,
      readU32(bytes, at + RECORD.first),
      readU32(bytes, at + RECORD.last),
      times,
    );
    if (times.clamped) packet.timesClamped++;
    batch.timeStart[row] = times.startMs;
    batch.timeEnd[row] = times.endMs;
    const protocol = bytes[at + RECORD.protocol];
    const dstPort = readU16(bytes, at + RECORD.dstPort);
    const isIcmp = protocol === IP_PROTOCOL.icmp;
    batch.ipProtocol[row] = protocol;
    batch.srcPort[row] = isIcmp ? 0 : readU16(bytes, at + RECORD.srcPort);
    batch.dstPort[row] = isIcmp ? 0 : dstPort;
    batch.icmpTypeCode[row] = isIcmp ? dstPort : 0;
    batch.tcpFlags[row] = bytes[at + RECORD.tcpFlags];
    batch.ipTos[row] = bytes[at + RECORD.tos];
    batch.bytes[row] = readU32(bytes, at + RECORD.octets);
    batch.packets[row] = readU32(bytes, at + RECORD.packets);
    batch.observationDomain[row] = engine;
    batch.samplingRate[row] = samplingRate;
    batch.inIf[row] = readU16(bytes, at + RECORD.input);
    batch.outIf[row] = readU16(bytes, at + RECORD.output);
    batch.vlanSrc[row] = 0;
    batch.vlanDst[row] = 0;
    batch.srcAs[row] = readU16(bytes, at + RECORD.srcAs);
    batch.dstAs[row] = readU16(bytes, at + RECORD.dstAs);
    batch.direction[row] = DIRECTION_NOT_SAID;
    batch.initiator[row] = INITIATOR.unknown;
  }
}

/** 0.0.0.0 says "no next hop known": `::` in the record. */
function writeNextHop(bytes: Uint8Array, at: number, into: Uint8Array, intoAt: number): void {
  if (readU32(bytes, at) === 0) for (let i = intoAt; i < intoAt + 16; i++) into[i] = 0;
  else copyIpv4(bytes, at, into, intoAt);
}
