import { ADDRESS_BYTES, IP_PROTOCOL, isIpv4, type FlowBatch } from "@flowlens/flow";
import {
  HEADER,
  HEADER_BYTES,
  MAX_RECORDS_SENT,
  NETFLOW5_VERSION,
  RECORD,
  RECORD_BYTES,
  SAMPLING_INTERVAL_MAX,
} from "./layout.ts";

export interface Netflow5EncodeOptions {
  /** Time of export, whole ms since 1970. */
  readonly unixMs: number;
  /** Uptime of the exporter at that time; record times are written relative to it. */
  readonly sysUptimeMs: number;
  readonly engineType?: number;
  readonly engineId?: number;
  /** 1 to 16383; 1 (the default) is written as "no sampling". */
  readonly samplingRate?: number;
  /** Flows exported before, modulo 2^32. */
  readonly sequence?: number;
  /** Rows [fromRow, toRow) of the batch; all by default. */
  readonly fromRow?: number;
  readonly toRow?: number;
  /** 1 to 30, the default. */
  readonly recordsPerDatagram?: number;
}

export interface Netflow5Encoded {
  readonly datagrams: Uint8Array[];
  readonly records: number;
  /** Rows that v5 cannot carry because an address is IPv6. */
  readonly skippedIpv6: number;
  /** Records whose bytes or packets were above 2^32 - 1 and were written as that. */
  readonly saturated: number;
  readonly nextSequence: number;
}

/**
 * Encodes rows of a batch as NetFlow v5 datagrams, in row order. AS numbers and interface indexes above 16 bits are
 * written as 0, "not said". Times keep their milliseconds. Throws a RangeError on an impossible sampling rate.
 */
export function encodeNetflow5(batch: FlowBatch, options: Netflow5EncodeOptions): Netflow5Encoded {
  const samplingRate = options.samplingRate ?? 1;
  if (!Number.isInteger(samplingRate) || samplingRate < 1 || samplingRate > SAMPLING_INTERVAL_MAX) {
    throw new RangeError(
      `NetFlow v5 carries a sampling rate of 1 to ${SAMPLING_INTERVAL_MAX}, not ${samplingRate}.`,
    );
  }
  const perDatagram = Math.max(1, Math.min(MAX_RECORDS_SENT, options.recordsPerDatagram ?? MAX_RECORDS_SENT));
  const toRow = Math.min(batch.length, options.toRow ?? batch.length);
  const datagrams: Uint8Array[] = [];
  const rows: number[] = [];
  let skippedIpv6 = 0;
  let saturated = 0;
  let records = 0;
  let sequence = (options.sequence ?? 0) >>> 0;
  const flush = () => {
    if (rows.length === 0) return;
    const datagram = new Uint8Array(HEADER_BYTES + rows.length * RECORD_BYTES);
    const view = new DataView(datagram.buffer);
    writeHeader(view, rows.length, sequence, options);
    for (const [i, row] of rows.entries()) {
      writeRecord(view, HEADER_BYTES + i * RECORD_BYTES, batch, row, options);
    }
    datagrams.push(datagram);
    records += rows.length;
    sequence = (sequence + rows.length) >>> 0;
    rows.length = 0;
  };
  for (let row = options.fromRow ?? 0; row < toRow; row++) {
    const at = row * ADDRESS_BYTES;
    if (!isIpv4(batch.srcAddr, at) || !isIpv4(batch.dstAddr, at)) {
      skippedIpv6++;
      continue;
    }
    if (batch.bytes[row] > 0xffffffff || batch.packets[row] > 0xffffffff) saturated++;
    rows.push(row);
    if (rows.length === perDatagram) flush();
  }
  flush();
  return { datagrams, records, skippedIpv6, saturated, nextSequence: sequence };
}

function writeHeader(view: DataView, count: number, sequence: number, options: Netflow5EncodeOptions): void {
  const samplingRate = options.samplingRate ?? 1;
  view.setUint16(HEADER.version, NETFLOW5_VERSION);
  view.setUint16(HEADER.count, count);
  view.setUint32(HEADER.sysUptimeMs, options.sysUptimeMs);
  view.setUint32(HEADER.unixSecs, Math.floor(options.unixMs / 1000));
  view.setUint32(HEADER.unixNsecs, Math.floor(options.unixMs % 1000) * 1_000_000);
  view.setUint32(HEADER.flowSequence, sequence);
  view.setUint8(HEADER.engineType, options.engineType ?? 0);
  view.setUint8(HEADER.engineId, options.engineId ?? 0);
  // Mode 1, "one in every N packets", as Cisco and softflowd write it.
  view.setUint16(HEADER.sampling, samplingRate === 1 ? 0 : (1 << 14) | samplingRate);
}

function writeRecord(
  view: DataView,
  at: number,
  batch: FlowBatch,
  row: number,
  options: Netflow5EncodeOptions,
): void {
  const address = row * ADDRESS_BYTES;
  const isIcmp = batch.ipProtocol[row] === IP_PROTOCOL.icmp;
  writeAddress(view, at + RECORD.srcAddr, batch.srcAddr, address);
  writeAddress(view, at + RECORD.dstAddr, batch.dstAddr, address);
  if (isIpv4(batch.nextHop, address)) writeAddress(view, at + RECORD.nextHop, batch.nextHop, address);
  view.setUint16(at + RECORD.input, fit16(batch.inIf[row]));
  view.setUint16(at + RECORD.output, fit16(batch.outIf[row]));
  view.setUint32(at + RECORD.packets, Math.min(batch.packets[row], 0xffffffff));
  view.setUint32(at + RECORD.octets, Math.min(batch.bytes[row], 0xffffffff));
  view.setUint32(at + RECORD.first, uptimeAt(batch.timeStart[row], options));
  view.setUint32(at + RECORD.last, uptimeAt(batch.timeEnd[row], options));
  view.setUint16(at + RECORD.srcPort, isIcmp ? 0 : batch.srcPort[row]);
  view.setUint16(at + RECORD.dstPort, isIcmp ? batch.icmpTypeCode[row] : batch.dstPort[row]);
  view.setUint8(at + RECORD.tcpFlags, batch.tcpFlags[row]);
  view.setUint8(at + RECORD.protocol, batch.ipProtocol[row]);
  view.setUint8(at + RECORD.tos, batch.ipTos[row]);
  view.setUint16(at + RECORD.srcAs, fit16(batch.srcAs[row]));
  view.setUint16(at + RECORD.dstAs, fit16(batch.dstAs[row]));
}

function writeAddress(view: DataView, at: number, from: Uint8Array, fromAt: number): void {
  for (let i = 0; i < 4; i++) view.setUint8(at + i, from[fromAt + 12 + i]);
}

/** 0xffffffff reads as "not known" (see times.ts), so a flow that began on that very millisecond begins one earlier. */
function uptimeAt(timeMs: number, options: Netflow5EncodeOptions): number {
  const uptime = Math.floor(options.sysUptimeMs - (options.unixMs - timeMs)) >>> 0;
  return uptime === 0xffffffff ? 0xfffffffe : uptime;
}

function fit16(value: number): number {
  return value > 0xffff ? 0 : value;
}
