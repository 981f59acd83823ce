/**
 * The head of a segment file, little-endian: magic (8 bytes), version u32, length of the text u32, the text (JSON:
 * id and columns), padding to 8 bytes less 4, and the CRC-32 of all before it. Frames follow at multiples of 8.
 */
import { crc32 } from "node:zlib";
import { columnsOf, CATALOGUE, type StoredColumn } from "../columns/stored-column.ts";

const MAGIC = Buffer.from("FLSPOOL\n", "latin1");
const VERSION = 1;
const FIXED_BYTES = 16;
const TEXT_BYTES_AT_MOST = 64 * 1024;

export function encodeSegmentHeader(id: string): Uint8Array {
  const text = Buffer.from(JSON.stringify({ id, columns: CATALOGUE }), "utf8");
  const bytes = Buffer.alloc(headerBytes(text.length));
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt32LE(text.length, 12);
  text.copy(bytes, FIXED_BYTES);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

export type SegmentHeader =
  | { readonly outcome: "sound"; readonly bytes: number; readonly columns: readonly StoredColumn[] }
  /** The file ends within its header, and what is there could be ours: a writer was killed at its first write. */
  | { readonly outcome: "unfinished" }
  /** Not ours, of a newer version, damaged, or under a name that is not its own. */
  | { readonly outcome: "unreadable"; readonly reason: string };

/** Reads the header at the begin of `file`, the whole content of a file named after `id`. */
export function decodeSegmentHeader(file: Buffer, id: string): SegmentHeader {
  const magic = file.subarray(0, MAGIC.length);
  if (!magic.equals(MAGIC.subarray(0, magic.length))) return unreadable("it is no segment of a spool");
  if (file.length < FIXED_BYTES) return { outcome: "unfinished" };
  const version = file.readUInt32LE(8);
  if (version !== VERSION) return unreadable(`its version is ${version}, this FlowLens reads ${VERSION}`);
  const textBytes = file.readUInt32LE(12);
  if (textBytes > TEXT_BYTES_AT_MOST) return unreadable("its header is damaged");
  const bytes = headerBytes(textBytes);
  if (file.length < bytes) return { outcome: "unfinished" };
  if (crc32(file.subarray(0, bytes - 4)) !== file.readUInt32LE(bytes - 4)) {
    return unreadable("its header is damaged");
  }
  return readText(file.toString("utf8", FIXED_BYTES, FIXED_BYTES + textBytes), { id, bytes });
}

function readText(text: string, { id, bytes }: { id: string; bytes: number }): SegmentHeader {
  const said = JSON.parse(text) as { readonly id: string; readonly columns: readonly string[] };
  if (said.id !== id) return unreadable(`it was renamed from ${said.id}; its records would count twice`);
  const columns = columnsOf(said.columns);
  if ("unknown" in columns) return unreadable(`this FlowLens does not know its column ${columns.unknown}`);
  return { outcome: "sound", bytes, columns };
}

function headerBytes(textBytes: number): number {
  return (FIXED_BYTES + textBytes + 4 + 7) & ~7;
}

function unreadable(reason: string): SegmentHeader {
  return { outcome: "unreadable", reason };
}
