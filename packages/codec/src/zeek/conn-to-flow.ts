import { INITIATOR, IP_PROTOCOL, copyIpv6, isIpv4, nextFlow, type FlowSink } from "@flowlens/flow";
import type { LineCounters } from "../text/index.ts";
import { ORIG_AT, RESP_AT, type ConnRecord } from "./conn-record.ts";
import { icmpOfOriginator, icmpOfResponder } from "./icmp.ts";

/** Headers of one packet at least: IPv4 without options; TCP without options, UDP, ICMP. */
const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
const TCP_HEADER_BYTES = 20;
const UDP_HEADER_BYTES = 8;

/** INITIATOR seen from the other end. */
const REVERSED = new Uint8Array(5);
REVERSED[INITIATOR.sourceSeen] = INITIATOR.destinationSeen;
REVERSED[INITIATOR.destinationSeen] = INITIATOR.sourceSeen;
REVERSED[INITIATOR.sourceClaimed] = INITIATOR.destinationClaimed;
REVERSED[INITIATOR.destinationClaimed] = INITIATOR.sourceClaimed;

/**
 * Writes a row for each direction that had a packet and returns how many. Both rows carry the times of the
 * conversation: a conn.log does not keep those of each direction.
 */
export function writeConnFlows(record: ConnRecord, sink: FlowSink, counters: LineCounters): number {
  const { history } = record;
  const isIpv6 = !isIpv4(record.addresses, ORIG_AT);
  const respPackets = packetsOf(
    record.respPackets,
    record.respBytes,
    record.respIpBytes,
    history.respLetters,
  );
  let origPackets = packetsOf(record.origPackets, record.origBytes, record.origIpBytes, history.origLetters);
  // Zeek writes a line because somebody sent something; where nothing at all is counted, that is the originator.
  if (origPackets === 0 && respPackets === 0 && record.origPackets < 0) origPackets = 1;
  const isEstimated =
    (origPackets > 0 && (origPackets !== record.origPackets || record.origIpBytes < 0)) ||
    (respPackets > 0 && (respPackets !== record.respPackets || record.respIpBytes < 0));
  if (isEstimated) counters.records_estimated++;
  const headerBytes = headerBytesOf(record.protocol, isIpv6);
  let rows = 0;
  if (origPackets > 0) {
    const row = writeRow(record, sink, isIpv6, ORIG_AT);
    const { batch } = sink;
    batch.packets[row] = origPackets;
    batch.bytes[row] = bytesOf(record.origIpBytes, record.origBytes, origPackets, headerBytes);
    batch.tcpFlags[row] = history.origFlags;
    batch.initiator[row] = history.initiator;
    batch.length++;
    rows++;
  }
  if (respPackets > 0) {
    const row = writeRow(record, sink, isIpv6, RESP_AT);
    const { batch } = sink;
    batch.packets[row] = respPackets;
    batch.bytes[row] = bytesOf(record.respIpBytes, record.respBytes, respPackets, headerBytes);
    batch.tcpFlags[row] = history.respFlags;
    batch.initiator[row] = REVERSED[history.initiator];
    batch.length++;
    rows++;
  }
  counters.flows += rows;
  return rows;
}

function writeRow(record: ConnRecord, sink: FlowSink, isIpv6: boolean, sourceAt: number): number {
  const row = nextFlow(sink);
  const { batch } = sink;
  const isReverse = sourceAt === RESP_AT;
  copyIpv6(record.addresses, sourceAt, batch.srcAddr, row * 16);
  copyIpv6(record.addresses, isReverse ? ORIG_AT : RESP_AT, batch.dstAddr, row * 16);
  batch.timeStart[row] = Math.floor(record.startMicros / 1000);
  batch.timeEnd[row] = Math.floor((record.startMicros + record.durationMicros) / 1000);
  if (record.protocol === IP_PROTOCOL.icmp) {
    const typeAndCode = isReverse ? icmpOfResponder : icmpOfOriginator;
    batch.ipProtocol[row] = isIpv6 ? IP_PROTOCOL.icmpv6 : IP_PROTOCOL.icmp;
    batch.icmpTypeCode[row] = typeAndCode(isIpv6, record.origPort, record.respPort);
  } else {
    batch.ipProtocol[row] = record.protocol;
    batch.srcPort[row] = isReverse ? record.respPort : record.origPort;
    batch.dstPort[row] = isReverse ? record.origPort : record.respPort;
  }
  return row;
}

/**
 * Packets of a direction. Zeek counts no packet with a bad checksum (history "C") and old or slim logs count none at
 * all: then it is the letters, and one where only bytes say that there was something. The least that can be.
 */
function packetsOf(packets: number, payload: number, ipBytes: number, letters: number): number {
  if (packets > 0) return packets;
  if (letters > 0) return letters;
  if (packets === 0) return 0;
  return payload > 0 || ipBytes > 0 ? 1 : 0;
}

function bytesOf(ipBytes: number, payload: number, packets: number, headerBytes: number): number {
  return ipBytes > 0 ? ipBytes : Math.max(payload, 0) + packets * headerBytes;
}

function headerBytesOf(protocol: number, isIpv6: boolean): number {
  const ip = isIpv6 ? IPV6_HEADER_BYTES : IPV4_HEADER_BYTES;
  if (protocol === IP_PROTOCOL.tcp) return ip + TCP_HEADER_BYTES;
  return protocol === IP_PROTOCOL.udp || protocol === IP_PROTOCOL.icmp ? ip + UDP_HEADER_BYTES : ip;
}
