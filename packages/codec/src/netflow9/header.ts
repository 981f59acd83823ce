import type { DatagramHeader } from "../templates/index.ts";
import { HEADER, HEADER_BYTES, readU32 } from "./layout.ts";

/** The header of one datagram; one object is reused. */
export type Netflow9Header = { -readonly [Key in keyof DatagramHeader]: DatagramHeader[Key] } & {
  /** Byte offset of the first flow set. */
  setsAt: number;
};

/** Reads the header of bytes[start, end); false where it is cut. The count of records in it is not needed and often wrong. */
export function readNetflow9Header(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Netflow9Header,
): boolean {
  if (end - start < HEADER_BYTES) return false;
  into.uptimeMs = readU32(bytes, start + HEADER.sysUptimeMs);
  into.exportMs = readU32(bytes, start + HEADER.unixSecs) * 1000;
  into.sequence = readU32(bytes, start + HEADER.sequence);
  into.domainId = readU32(bytes, start + HEADER.sourceId);
  into.setsAt = start + HEADER_BYTES;
  return true;
}
