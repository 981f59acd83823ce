import { concatBytes, internetChecksum, u16, u32 } from "./byte-writer.ts";

/** Transport headers with their payload. Checksums that cover addresses are filled in by `ipv4` and `ipv6`. */

export interface TcpFields {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags: number;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  /** Multiple of 4 bytes. */
  readonly options?: Uint8Array;
}

const NOTHING = new Uint8Array(0);

export function tcp(fields: TcpFields, payload: Uint8Array = NOTHING): Uint8Array {
  const options = fields.options ?? NOTHING;
  return concatBytes(
    u16(fields.sourcePort),
    u16(fields.destinationPort),
    u32(fields.sequence ?? 0),
    u32(fields.acknowledgement ?? 0),
    [((20 + options.length) / 4) << 4, fields.flags],
    u16(65_535),
    u32(0),
    options,
    payload,
  );
}

export function udp(
  fields: { readonly sourcePort: number; readonly destinationPort: number; readonly length?: number },
  payload: Uint8Array = NOTHING,
): Uint8Array {
  const length = fields.length ?? 8 + payload.length;
  return concatBytes(u16(fields.sourcePort), u16(fields.destinationPort), u16(length), u16(0), payload);
}

/** SCTP's common header with one empty DATA-like chunk area; the checksum is left 0. */
export function sctp(fields: { readonly sourcePort: number; readonly destinationPort: number }): Uint8Array {
  return concatBytes(u16(fields.sourcePort), u16(fields.destinationPort), u32(1), u32(0));
}

/** DCCP's generic header (RFC 4340 §5.1), short sequence numbers, packet type Request. */
export function dccp(fields: { readonly sourcePort: number; readonly destinationPort: number }): Uint8Array {
  return concatBytes(u16(fields.sourcePort), u16(fields.destinationPort), [3, 0], u16(0), u32(0));
}

/** ICMP or ICMPv6; an echo carries identifier and sequence in its first four payload bytes. */
export function icmp(
  fields: { readonly type: number; readonly code?: number },
  payload: Uint8Array = NOTHING,
): Uint8Array {
  const message = concatBytes([fields.type, fields.code ?? 0], u16(0), u32(1), payload);
  message.set(u16(internetChecksum(message)), 2);
  return message;
}
