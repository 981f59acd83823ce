import { parsePppProtocol } from "./ether-type.ts";
import type { PacketHeaders } from "./packet-headers.ts";
import { PARSE_RESULT, type ParseResult } from "./parse-result.ts";

/** PPP, with or without the address and control bytes FF 03 of HDLC framing (RFC 1662 §3.1). */
export function parsePpp(bytes: Uint8Array, start: number, end: number, into: PacketHeaders): ParseResult {
  if (end - start < 2) return PARSE_RESULT.linkCut;
  const framed = bytes[start] === 0xff && bytes[start + 1] === 0x03;
  return parsePppProtocol(bytes, framed ? start + 2 : start, end, into);
}

/** A PPPoE session header (RFC 2516 §4), then PPP. */
export function parsePppoe(bytes: Uint8Array, start: number, end: number, into: PacketHeaders): ParseResult {
  if (end - start < 6) return PARSE_RESULT.linkCut;
  return parsePppProtocol(bytes, start + 6, end, into);
}
