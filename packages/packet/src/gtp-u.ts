import { MAX_EXTENSION_HEADERS } from "./limits.ts";
import { LINK_TYPE } from "./link-type.ts";
import type { PacketHeaders } from "./packet-headers.ts";
import { parsePacket } from "./parse-packet.ts";
import { hasIp } from "./parse-result.ts";
import { TUNNEL, type Tunnel } from "./tunnel-kind.ts";

const G_PDU = 255;
const HEADER_BYTES = 8;
/** Sequence number, N-PDU number and next extension header type: all there when one of their flags is set. */
const OPTIONAL_BYTES = 4;

/** 3GPP TS 29.281 §5.1 and §5.2: version 1, protocol type 1, G-PDU messages only. */
export function parseGtpU(bytes: Uint8Array, start: number, end: number, into: PacketHeaders): Tunnel {
  if (end - start < HEADER_BYTES || bytes[start] >> 4 !== 3 || bytes[start + 1] !== G_PDU) return TUNNEL.none;
  const flags = bytes[start] & 0x07;
  let at = start + HEADER_BYTES + (flags === 0 ? 0 : OPTIONAL_BYTES);
  if (at > end) return TUNNEL.none;
  let extension = (flags & 0x04) === 0 ? 0 : bytes[at - 1];
  for (let count = 0; extension !== 0; count++) {
    // The length counts words of 4 bytes; the last byte of an extension names the next one.
    const words = at < end ? bytes[at] : 0;
    if (words === 0 || count >= MAX_EXTENSION_HEADERS || at + words * 4 > end) return TUNNEL.none;
    at += words * 4;
    extension = bytes[at - 1];
  }
  return hasIp(parsePacket(bytes, at, end, LINK_TYPE.raw, into)) ? TUNNEL.gtpU : TUNNEL.none;
}
