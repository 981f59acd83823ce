import { readU16 } from "./big-endian.ts";
import type { PacketHeaders } from "./packet-headers.ts";
import { PARSE_RESULT, type ParseResult } from "./parse-result.ts";

/** IANA protocol numbers whose headers are read. */
const ICMP = 1;
const TCP = 6;
const UDP = 17;
const DCCP = 33;
const ICMPV6 = 58;
const SCTP = 132;

/** Shortest header, bytes: RFC 9293 §3.1, RFC 768, RFC 4340 §5.1, RFC 9260 §3.1, RFC 792. */
const TCP_HEADER_BYTES = 20;
const UDP_HEADER_BYTES = 8;
const DCCP_HEADER_BYTES = 12;
const SCTP_HEADER_BYTES = 12;
const ICMP_HEADER_BYTES = 4;

/**
 * Ports, flags, type and code from the header at `at`, as far as it was captured; other protocols have none.
 * `isCut`: the capture ended before the packet did, so a header that does not fit was cut rather than absent.
 */
export function parseTransport(
  bytes: Uint8Array,
  at: number,
  end: number,
  isCut: boolean,
  into: PacketHeaders,
): ParseResult {
  const available = end - at;
  let headerBytes: number;
  switch (into.ipProtocol) {
    case TCP:
      if (available >= 4) readPorts(bytes, at, into);
      if (available >= 14) into.tcpFlags = bytes[at + 13];
      headerBytes = TCP_HEADER_BYTES;
      // Options may reach past the cut; nothing here needs them.
      if (available >= 13)
        headerBytes = Math.max(TCP_HEADER_BYTES, Math.min((bytes[at + 12] >> 4) * 4, available));
      break;
    case UDP:
      if (available >= 4) readPorts(bytes, at, into);
      headerBytes = UDP_HEADER_BYTES;
      if (available >= UDP_HEADER_BYTES) {
        const length = readU16(bytes, at + 4);
        if (length >= UDP_HEADER_BYTES && length < available) into.payloadEnd = at + length;
      }
      break;
    case SCTP:
      if (available >= 4) readPorts(bytes, at, into);
      headerBytes = SCTP_HEADER_BYTES;
      break;
    case DCCP:
      if (available >= 4) readPorts(bytes, at, into);
      headerBytes = DCCP_HEADER_BYTES;
      break;
    case ICMP:
    case ICMPV6:
      if (available >= 2) into.icmpTypeCode = readU16(bytes, at);
      headerBytes = ICMP_HEADER_BYTES;
      break;
    default:
      return PARSE_RESULT.transport;
  }
  if (available < headerBytes) {
    into.payloadAt = end;
    return isCut ? PARSE_RESULT.transportCut : PARSE_RESULT.transportShort;
  }
  into.payloadAt = at + headerBytes;
  return PARSE_RESULT.transport;
}

function readPorts(bytes: Uint8Array, at: number, into: PacketHeaders): void {
  into.srcPort = readU16(bytes, at);
  into.dstPort = readU16(bytes, at + 2);
}
