import { IP_PROTOCOL, formatAddress } from "@flowlens/flow";
import { isoTime, type RecordJson } from "../record-json/index.ts";
import { RECORD, readU16, readU32 } from "./layout.ts";
import { engineOf, exportTimeMs, samplingRateOf, type Netflow5Packet } from "./packet.ts";
import { resolveTimes, type FlowTimes } from "./times.ts";

/**
 * One record of a checked packet, as the wire says it: an ICMP record keeps its type and code in `dst_port` and shows
 * them under `fields` too. `exporter` is 16 bytes; all zero = not known, and the key is absent. Cold path.
 */
export function netflow5RecordToJson(
  bytes: Uint8Array,
  at: number,
  packet: Netflow5Packet,
  exporter: Uint8Array,
): RecordJson {
  const times: FlowTimes = { startMs: 0, endMs: 0, clamped: false };
  const first = readU32(bytes, at + RECORD.first);
  const last = readU32(bytes, at + RECORD.last);
  resolveTimes(exportTimeMs(packet), packet.sysUptimeMs, first, last, times);
  if (times.clamped) packet.timesClamped++;
  const protocol = bytes[at + RECORD.protocol];
  const dstPort = readU16(bytes, at + RECORD.dstPort);
  return {
    protocol: "netflow5",
    ...(exporter.some((byte) => byte !== 0) ? { exporter: formatAddress(exporter) } : {}),
    observation_domain: engineOf(packet),
    time_start: isoTime(times.startMs),
    time_end: isoTime(times.endMs),
    src_addr: ipv4Text(bytes, at + RECORD.srcAddr),
    dst_addr: ipv4Text(bytes, at + RECORD.dstAddr),
    src_port: readU16(bytes, at + RECORD.srcPort),
    dst_port: dstPort,
    ip_protocol: protocol,
    tcp_flags: bytes[at + RECORD.tcpFlags],
    bytes: readU32(bytes, at + RECORD.octets),
    packets: readU32(bytes, at + RECORD.packets),
    sampling_rate: samplingRateOf(packet),
    in_if: readU16(bytes, at + RECORD.input),
    out_if: readU16(bytes, at + RECORD.output),
    src_as: readU16(bytes, at + RECORD.srcAs),
    dst_as: readU16(bytes, at + RECORD.dstAs),
    next_hop: ipv4Text(bytes, at + RECORD.nextHop),
    fields: {
      tos: bytes[at + RECORD.tos],
      src_mask: bytes[at + RECORD.srcMask],
      dst_mask: bytes[at + RECORD.dstMask],
      first_switched: first,
      last_switched: last,
      flow_sequence: packet.flowSequence,
      sys_uptime: packet.sysUptimeMs,
      unix_secs: packet.unixSecs,
      unix_nsecs: packet.unixNsecs,
      engine_type: packet.engineType,
      engine_id: packet.engineId,
      sampling_mode: packet.samplingMode,
      sampling_interval: packet.samplingInterval,
      ...(protocol === IP_PROTOCOL.icmp ? { icmp_type: dstPort >>> 8, icmp_code: dstPort & 0xff } : {}),
    },
  };
}

function ipv4Text(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}
