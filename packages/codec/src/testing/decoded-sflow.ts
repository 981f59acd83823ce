import { concatBytes, ipv4, ipv6, link, tcp, u16, udp } from "@flowlens/made-traffic";
import { expect } from "vitest";
import { createExportDecoder, type ExporterStatus } from "../export/index.ts";
import type { RecordJson } from "../record-json/index.ts";
import { collectFlows, type CollectedFlow } from "./collected-flows.ts";
import { flowSample, rawHeader } from "./sflow-bytes.ts";

/** Packets to sample, and sFlow datagrams decoded both ways. */
export const PACKET = ipv4(
  { source: "10.0.0.1", destination: "10.0.0.2", protocol: 6, tos: 8 },
  tcp({ sourcePort: 50_000, destinationPort: 443, flags: 0x12 }, new Uint8Array(100)),
);
export const PACKET_V6 = ipv6(
  { source: "fd00::1", destination: "fd00::2", protocol: 17 },
  udp({ sourcePort: 5353, destinationPort: 53 }, new Uint8Array(30)),
);
/** A raw packet header record of `PACKET`. */
export const HEADER = rawHeader(link.ethernet(PACKET));
/** A sample with nothing wrong. */
export const GOOD = flowSample([HEADER], { sequence: 99 });

export interface DecodedSflow {
  readonly records: RecordJson[];
  readonly flows: CollectedFlow[];
  readonly counters: Readonly<Record<string, number>>;
  readonly status: ExporterStatus;
}

/** Decodes datagrams in order, as rows and as objects (counters and discards too); both must count the same. */
export function decodeSflow(...datagrams: readonly Uint8Array[]): DecodedSflow {
  const source = { exporter: new Uint8Array(16), port: 6343, receivedAtMs: 0 };
  const decoder = createExportDecoder({ optionsRecords: true });
  const asRows = createExportDecoder();
  const collected = collectFlows();
  const records: RecordJson[] = [];
  for (const bytes of datagrams) {
    decoder.datagramToJson(bytes, 0, bytes.length, source, (record) => records.push(record));
    asRows.datagram(bytes, 0, bytes.length, source, collected.sink);
  }
  expect(asRows.counters).toEqual(decoder.counters);
  return { records, flows: collected.flows(), counters: decoder.counters, status: decoder.exporters()[0] };
}

/** A packet behind LLC and SNAP. */
export function snap(packet: Uint8Array): Uint8Array {
  return concatBytes([0xaa, 0xaa, 0x03, 0, 0, 0], u16(0x0800), packet);
}
