import { ADDRESS_BYTES, IP_PROTOCOL, nextFlow, writeIpv4, type FlowSink } from "@flowlens/flow";
import type { FlowTable } from "./flow-table.ts";
import { IPV6_KEY_FLAG, KEY } from "./packet-facts.ts";

/** Writes the open record in `slot` as one row of the sink's batch. Times are whole ms, as an exporter's. */
export function writeRecord(table: FlowTable, slot: number, sink: FlowSink): void {
  const row = nextFlow(sink);
  const batch = sink.batch;
  batch.timeStart[row] = Math.floor(table.firstMs(slot));
  batch.timeEnd[row] = Math.floor(table.lastMs(slot));
  writeAddress(table, slot, KEY.source, batch.srcAddr, row * ADDRESS_BYTES);
  writeAddress(table, slot, KEY.destination, batch.dstAddr, row * ADDRESS_BYTES);
  const protocol = table.keyWord(slot, KEY.protocol) & 0xff;
  const ports = table.keyWord(slot, KEY.ports);
  if (protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6) batch.icmpTypeCode[row] = ports;
  else {
    batch.srcPort[row] = ports >>> 16;
    batch.dstPort[row] = ports & 0xffff;
  }
  batch.ipProtocol[row] = protocol;
  batch.tcpFlags[row] = table.tcpFlags(slot);
  batch.ipTos[row] = table.ipTos(slot);
  batch.bytes[row] = table.ipBytes(slot);
  batch.packets[row] = table.packets(slot);
  batch.vlanSrc[row] = table.vlan(slot);
  batch.initiator[row] = table.initiator(slot);
  batch.length = row + 1;
}

function writeAddress(table: FlowTable, slot: number, word: number, into: Uint8Array, at: number): void {
  if ((table.keyWord(slot, KEY.protocol) & IPV6_KEY_FLAG) === 0) {
    writeIpv4(into, at, table.keyWord(slot, word + 3));
    return;
  }
  for (let i = 0; i < 4; i++) {
    const value = table.keyWord(slot, word + i);
    into[at + i * 4] = value >>> 24;
    into[at + i * 4 + 1] = value >>> 16;
    into[at + i * 4 + 2] = value >>> 8;
    into[at + i * 4 + 3] = value;
  }
}
