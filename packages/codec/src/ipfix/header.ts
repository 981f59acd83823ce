import { NOT_CARRIED, type DatagramHeader } from "../templates/index.ts";
import { HEADER, HEADER_BYTES, IPFIX_VERSION, readU16, readU32 } from "./layout.ts";

/** The header of one message; one object is reused. */
export type IpfixHeader = { -readonly [Key in keyof DatagramHeader]: DatagramHeader[Key] } & {
  /** Byte offset of the first set. */
  setsAt: number;
  /** Bytes of the message as it says, header included. */
  lengthBytes: number;
};

/** Reads the header of bytes[start, end); false where it is cut, no message, or says that it is shorter than itself. */
export function readIpfixHeader(bytes: Uint8Array, start: number, end: number, into: IpfixHeader): boolean {
  if (end - start < HEADER_BYTES || readU16(bytes, start) !== IPFIX_VERSION) return false;
  into.lengthBytes = readU16(bytes, start + HEADER.length);
  if (into.lengthBytes < HEADER_BYTES) return false;
  into.exportMs = readU32(bytes, start + HEADER.exportSecs) * 1000;
  into.uptimeMs = NOT_CARRIED;
  into.sequence = readU32(bytes, start + HEADER.sequence);
  into.domainId = readU32(bytes, start + HEADER.domain);
  into.setsAt = start + HEADER_BYTES;
  return true;
}
