import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gunzipSync } from "node:zlib";

// Captures and vectors of others are never part of the repository: tests that need them skip where they are absent.
const ROOT = resolve(import.meta.dirname, "../../../..");
export const capturesFolder = resolve(ROOT, process.env.FLOWLENS_CAPTURES ?? "../shared/captures");
const VECTORS = resolve(ROOT, process.env.FLOWLENS_VECTORS ?? "../shared/vectors");

/** Why tests on captures skip; undefined where they are there. */
export const capturesAbsent = existsSync(resolve(capturesFolder, "INDEX.md"))
  ? undefined
  : `no captures under FLOWLENS_CAPTURES (${capturesFolder})`;

/** Why tests on vectors skip; undefined where they are there. */
export const vectorsAbsent = existsSync(resolve(VECTORS, "manifest.json"))
  ? undefined
  : `no vectors under FLOWLENS_VECTORS (${VECTORS})`;

/** Content of a capture file, unpacked where its name ends in .gz. */
export function readCapture(path: string): Uint8Array {
  const bytes = readFileSync(resolve(capturesFolder, path));
  return path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

export function readVector(path: string): Uint8Array {
  return readFileSync(resolve(VECTORS, path));
}

export function readVectorJson(path: string): unknown {
  return JSON.parse(readFileSync(resolve(VECTORS, path), "utf8"));
}

/** One set of `manifest.json`, as far as it is used. */
export interface VectorSet {
  readonly id: string;
  readonly protocol: string;
  readonly packets_in_order: readonly string[];
  readonly expected: string;
  readonly tshark_oracle: string | null;
}

export function vectorSets(protocol: string): VectorSet[] {
  if (vectorsAbsent !== undefined) return [];
  return (readVectorJson("manifest.json") as VectorSet[]).filter((set) => set.protocol === protocol);
}

/** A datagram, and its sender where a capture shows it. */
export interface VectorDatagram {
  readonly bytes: Uint8Array;
  readonly exporter: string | undefined;
}

/**
 * Datagrams of a set in order, each with its exporter where a capture shows it: a file of one payload, or the lines
 * beside a pcap (`*.payloads.jsonl`).
 */
export function datagramsOf(set: VectorSet): VectorDatagram[] {
  return set.packets_in_order.flatMap((path): VectorDatagram[] => {
    if (!path.endsWith(".pcap")) return [{ bytes: readVector(path), exporter: undefined }];
    const lines = new TextDecoder()
      .decode(readVector(`${path}.payloads.jsonl`))
      .trim()
      .split("\n");
    return lines.map((line) => {
      const { payload, src } = JSON.parse(line) as { payload: string; src: string };
      return { bytes: new Uint8Array(Buffer.from(payload, "hex")), exporter: src };
    });
  });
}
