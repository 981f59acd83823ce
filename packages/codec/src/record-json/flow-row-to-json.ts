import {
  ADDRESS_BYTES,
  DIRECTION_NOT_SAID,
  INITIATOR,
  IP_PROTOCOL,
  formatAddress,
  type FlowBatch,
} from "@flowlens/flow";
import { isoTime } from "./iso-time.ts";
import type { RecordJson } from "./record-json.ts";

const INITIATOR_NAMES: Readonly<Record<number, string>> = {
  [INITIATOR.sourceSeen]: "source_seen",
  [INITIATOR.destinationSeen]: "destination_seen",
  [INITIATOR.sourceClaimed]: "source_claimed",
  [INITIATOR.destinationClaimed]: "destination_claimed",
};

/** A row of a batch as an object, for records that FlowLens metered or read from a log. Columns "not said" are absent. */
export function flowRowToJson(batch: FlowBatch, row: number, protocol: RecordJson["protocol"]): RecordJson {
  const at = row * ADDRESS_BYTES;
  const ipProtocol = batch.ipProtocol[row];
  const isIcmp = ipProtocol === IP_PROTOCOL.icmp || ipProtocol === IP_PROTOCOL.icmpv6;
  const initiator = INITIATOR_NAMES[batch.initiator[row]];
  const fields: Record<string, number | string> = {};
  if (batch.ipTos[row] !== 0) fields.tos = batch.ipTos[row];
  if (isIcmp) {
    fields.icmp_type = batch.icmpTypeCode[row] >>> 8;
    fields.icmp_code = batch.icmpTypeCode[row] & 0xff;
  }
  if (initiator !== undefined) fields.initiator = initiator;
  return {
    protocol,
    ...addressOf("exporter", batch.exporter, at),
    ...numberOf("observation_domain", batch.observationDomain[row]),
    time_start: isoTime(batch.timeStart[row]),
    time_end: isoTime(batch.timeEnd[row]),
    src_addr: formatAddress(batch.srcAddr, at),
    dst_addr: formatAddress(batch.dstAddr, at),
    ...(isIcmp ? {} : { src_port: batch.srcPort[row], dst_port: batch.dstPort[row] }),
    ip_protocol: ipProtocol,
    ...(ipProtocol === IP_PROTOCOL.tcp ? { tcp_flags: batch.tcpFlags[row] } : {}),
    bytes: batch.bytes[row],
    packets: batch.packets[row],
    ...(batch.samplingRate[row] > 1 ? { sampling_rate: batch.samplingRate[row] } : {}),
    ...numberOf("in_if", batch.inIf[row]),
    ...numberOf("out_if", batch.outIf[row]),
    ...numberOf("vlan_src", batch.vlanSrc[row]),
    ...numberOf("vlan_dst", batch.vlanDst[row]),
    ...numberOf("src_as", batch.srcAs[row]),
    ...numberOf("dst_as", batch.dstAs[row]),
    ...addressOf("next_hop", batch.nextHop, at),
    ...(batch.direction[row] === DIRECTION_NOT_SAID ? {} : { direction: batch.direction[row] }),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
  };
}

function numberOf<Name extends string>(name: Name, value: number): { [Key in Name]?: number } {
  return (value === 0 ? {} : { [name]: value }) as { [Key in Name]?: number };
}

function addressOf<Name extends string>(
  name: Name,
  bytes: Uint8Array,
  at: number,
): { [Key in Name]?: string } {
  for (let i = 0; i < ADDRESS_BYTES; i++) {
    if (bytes[at + i] !== 0) return { [name]: formatAddress(bytes, at) } as { [Key in Name]?: string };
  }
  return {};
}
