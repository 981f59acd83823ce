import {
  createExportDecoder,
  createPcapReader,
  recogniseExportDatagram,
  type FlowFileDecoder,
} from "@flowlens/codec";
import { ADDRESS_BYTES, IP_PROTOCOL, copyIpv4, copyIpv6, flushFlows, type FlowSink } from "@flowlens/flow";
import { createMeter, type MeterOptions } from "@flowlens/metering";
import {
  PARSE_RESULT,
  PARSE_RESULT_NAMES,
  createPacketHeaders,
  hasIp,
  parsePacket,
  type PacketHeaders,
} from "@flowlens/packet";
import type { DecoderOutput } from "./flow-file.ts";

/** What a capture holds: packets of ordinary traffic to be metered, or packets that exporters sent to a collector. */
export type CaptureContent = "traffic" | "export";

/** Decoder of a pcap or pcapng file whose packets are ordinary traffic: they become flow records as an exporter would make them. */
export function createTrafficDecoder(sink: FlowSink, options: MeterOptions = {}): FlowFileDecoder {
  const headers = createPacketHeaders();
  const meter = createMeter(sink, options);
  const counters: Record<string, number> = {};
  const reader = createPcapReader((bytes, start, capturedLength, originalLength, timestampMs, linkType) => {
    const result = parsePacket(bytes, start, start + capturedLength, linkType, headers);
    if (result !== PARSE_RESULT.transport) count(counters, `packets_${PARSE_RESULT_NAMES[result]}`);
    if (hasIp(result)) meter.packet(headers, bytes, timestampMs, originalLength);
  });
  return {
    push: reader.push,
    finish() {
      const end = reader.finish();
      meter.finish();
      flushFlows(sink);
      return end;
    },
    get counters() {
      return {
        ...reader.counters,
        ...counters,
        ...prefixed("meter_", meter.counters),
        records: meter.counters.records,
      };
    },
    get failure() {
      return reader.failure;
    },
  };
}

/**
 * Decoder of a pcap or pcapng file of export packets: each UDP payload that is an export datagram is decoded,
 * its sender is the exporter. `visit` receives records as objects instead of rows in the sink (`flowlens decode`).
 */
export function createExportCaptureDecoder(output: DecoderOutput): FlowFileDecoder {
  const { sink, visit } = output;
  const headers = createPacketHeaders();
  const decoder = output.exports ?? createExportDecoder();
  const source = { exporter: new Uint8Array(ADDRESS_BYTES), port: 0, receivedAtMs: 0 };
  const counters = { packets_without_udp: 0, packets_to_other_ports: 0, packets_cut: 0, fragments: 0 };
  const reader = createPcapReader((bytes, start, capturedLength, _originalLength, timestampMs, linkType) => {
    const end = start + capturedLength;
    const result = parsePacket(bytes, start, end, linkType, headers);
    if (result !== PARSE_RESULT.transport || headers.ipProtocol !== IP_PROTOCOL.udp) {
      counters.packets_without_udp++;
      return;
    }
    if (output.port !== undefined && headers.dstPort !== output.port) {
      counters.packets_to_other_ports++;
      return;
    }
    // A datagram in fragments has its first part here only; it is decoded as far as it goes and counted.
    if (headers.isFragment === 1) counters.fragments++;
    copySource(headers, bytes, source.exporter);
    source.port = headers.srcPort;
    source.receivedAtMs = timestampMs;
    if (visit) decoder.datagramToJson(bytes, headers.payloadAt, headers.payloadEnd, source, visit);
    else decoder.datagram(bytes, headers.payloadAt, headers.payloadEnd, source, sink);
  });
  return {
    push: reader.push,
    finish() {
      const end = reader.finish();
      flushFlows(sink);
      return end;
    },
    get counters() {
      return { ...counters, ...prefixed("capture_", reader.counters), ...decoder.counters };
    },
    get failure() {
      return reader.failure;
    },
  };
}

/** Counts what decides whether a capture holds traffic or export packets; feeds on the same chunks as the decoders. */
export interface CaptureProbe extends FlowFileDecoder {
  readonly ipPackets: number;
  /** "export" when more than half of its IP packets are export datagrams. */
  readonly content: CaptureContent;
}

export function createCaptureProbe(): CaptureProbe {
  const headers = createPacketHeaders();
  let ipPackets = 0;
  let exportPackets = 0;
  const reader = createPcapReader((bytes, start, capturedLength, _originalLength, _timestampMs, linkType) => {
    const result = parsePacket(bytes, start, start + capturedLength, linkType, headers);
    if (!hasIp(result)) return;
    ipPackets++;
    if (result !== PARSE_RESULT.transport || headers.ipProtocol !== IP_PROTOCOL.udp) return;
    if (recogniseExportDatagram(bytes, headers.payloadAt, headers.payloadEnd) !== undefined) exportPackets++;
  });
  return {
    push: reader.push,
    finish: reader.finish,
    counters: reader.counters,
    get failure() {
      return reader.failure;
    },
    get ipPackets() {
      return ipPackets;
    },
    get content() {
      return exportPackets * 2 > ipPackets ? "export" : "traffic";
    },
  };
}

function copySource(headers: PacketHeaders, bytes: Uint8Array, into: Uint8Array): void {
  if (headers.ipVersion === 4) copyIpv4(bytes, headers.srcAddrAt, into, 0);
  else copyIpv6(bytes, headers.srcAddrAt, into, 0);
}

function count(counters: Record<string, number>, name: string): void {
  counters[name] = (counters[name] ?? 0) + 1;
}

function prefixed(prefix: string, counters: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counters).map(([name, value]) => [prefix + name, value as number]),
  );
}
