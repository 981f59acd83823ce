import { parseAddress } from "@flowlens/flow";
import { createExportDecoder } from "../export/index.ts";
import type { RecordJson } from "../record-json/index.ts";
import { collectFlows } from "./collected-flows.ts";

export const EXPORTER = parseAddress("10.0.0.1") ?? new Uint8Array(16);

/** Time of export of what is made here. */
export const EXPORT_MS = 1_700_000_000_000;

export const be16 = (...values: number[]) => values.flatMap((value) => [(value >>> 8) & 0xff, value & 0xff]);
export const be32 = (...values: number[]) =>
  values.flatMap((value) => [...be16(value >>> 16), ...be16(value & 0xffff)]);
export const be64 = (...values: number[]) =>
  values.flatMap((value) => be32(Math.floor(value / 2 ** 32), value % 2 ** 32));

export const set = (id: number, content: readonly number[]) => [...be16(id, 4 + content.length), ...content];

/** A field specifier of IPFIX with an enterprise number. */
export const vendor = (id: number, length: number, enterprise: number) => [
  ...be16(0x8000 | id, length),
  ...be32(enterprise),
];

/** An IPFIX message of these sets. */
export function message(sets: readonly number[][], domain = 1, sequence = 0): Uint8Array {
  const content = sets.flat();
  return Uint8Array.from([
    ...be16(10, 16 + content.length),
    ...be32(EXPORT_MS / 1000, sequence, domain),
    ...content,
  ]);
}

/** A v9 datagram of these flow sets, at an uptime of 1000 s. */
export function datagram(sets: readonly number[][], sourceId = 1, sequence = 0): Uint8Array {
  return Uint8Array.from([
    ...be16(9, 1),
    ...be32(1_000_000, EXPORT_MS / 1000, sequence, sourceId),
    ...sets.flat(),
  ]);
}

/** Two decoders, fed the same: one makes rows, the other objects. */
export function createFed() {
  const decoder = createExportDecoder();
  const forPeople = createExportDecoder();
  const collected = collectFlows(64);
  const records: RecordJson[] = [];
  return {
    decoder,
    collected,
    records,
    feed(bytes: Uint8Array, receivedAtMs = EXPORT_MS): number {
      const source = { exporter: EXPORTER, port: 2055, receivedAtMs };
      forPeople.datagramToJson(bytes, 0, bytes.length, source, (record) => records.push(record));
      return decoder.datagram(bytes, 0, bytes.length, source, collected.sink);
    },
    status: () => decoder.exporters()[0],
  };
}
