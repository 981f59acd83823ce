import {
  ADDRESS_BYTES,
  INITIATOR,
  IP_PROTOCOL,
  copyIpv6,
  isIpv4,
  nextFlow,
  type FlowSink,
} from "@flowlens/flow";
import { writeExtras, type NfdumpExtras } from "./nfdump-extras.ts";
import { DST_AT, SRC_AT, type CsvRecord } from "./csv-record.ts";

/** Writes the rows of a record and returns how many. The rows of a conversation share its times: there are no others. */
export function writeCsvFlows(record: CsvRecord, sink: FlowSink, extras?: NfdumpExtras): number {
  const isAnswered = record.dstPackets > 0 || record.dstBytes > 0;
  const isAsked = record.srcPackets > 0 || record.srcBytes > 0;
  let rows = 0;
  // A line is there because a packet was seen, even where all its counts are 0 (sampling does that).
  if (isAsked || !isAnswered) {
    const row = startRow(record, sink, SRC_AT);
    const { batch } = sink;
    batch.packets[row] = Math.max(record.srcPackets, 0);
    batch.bytes[row] = Math.max(record.srcBytes, 0);
    batch.tcpFlags[row] = Math.max(record.tcpFlags, 0);
    if (extras !== undefined) writeExtras(extras, batch, row, false);
    batch.initiator[row] = isAnswered ? INITIATOR.sourceClaimed : INITIATOR.unknown;
    batch.length++;
    rows++;
  }
  if (isAnswered) {
    const row = startRow(record, sink, DST_AT);
    const { batch } = sink;
    batch.packets[row] = Math.max(record.dstPackets, 0);
    batch.bytes[row] = Math.max(record.dstBytes, 0);
    batch.tcpFlags[row] = Math.max(record.dstTcpFlags, 0);
    if (extras !== undefined) writeExtras(extras, batch, row, true);
    batch.initiator[row] = INITIATOR.destinationClaimed;
    batch.length++;
    rows++;
  }
  return rows;
}

function startRow(record: CsvRecord, sink: FlowSink, sourceAt: number): number {
  const row = nextFlow(sink);
  const { batch } = sink;
  const isReverse = sourceAt === DST_AT;
  copyIpv6(record.addresses, sourceAt, batch.srcAddr, row * ADDRESS_BYTES);
  copyIpv6(record.addresses, isReverse ? SRC_AT : DST_AT, batch.dstAddr, row * ADDRESS_BYTES);
  batch.timeStart[row] = Math.floor(record.startMicros / 1000);
  batch.timeEnd[row] = Math.floor(record.endMicros / 1000);
  const isIcmp = record.protocol === IP_PROTOCOL.icmp || record.protocol === IP_PROTOCOL.icmpv6;
  if (isIcmp) {
    batch.ipProtocol[row] = isIpv4(record.addresses) ? IP_PROTOCOL.icmp : IP_PROTOCOL.icmpv6;
    // As NetFlow has it: type and code in the destination port. Other conventions cannot be told apart.
    if (!isReverse && record.srcPort === 0) batch.icmpTypeCode[row] = record.dstPort;
  } else {
    batch.ipProtocol[row] = record.protocol;
    batch.srcPort[row] = isReverse ? record.dstPort : record.srcPort;
    batch.dstPort[row] = isReverse ? record.srcPort : record.dstPort;
  }
  return row;
}
