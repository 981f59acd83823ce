/** Protocols of export datagrams, told apart by their first bytes. */
export type ExportProtocol = "netflow5" | "netflow9" | "ipfix" | "sflow5";

const NETFLOW5_HEADER_BYTES = 24;
const NETFLOW5_RECORD_BYTES = 48;
const NETFLOW9_HEADER_BYTES = 20;
const IPFIX_HEADER_BYTES = 16;
const SFLOW5_HEADER_BYTES = 28;
const SET_HEADER_BYTES = 4;

/**
 * The protocol of an export datagram in bytes[start, end), or undefined where it is none.
 * Strict enough to tell export packets from ordinary payload: version, length and count must agree
 * (RFC 7011 §3.1, RFC 3954 §5.1, sflow.org version 5, Cisco NetFlow v5).
 */
export function recogniseExportDatagram(
  bytes: Uint8Array,
  start: number,
  end: number,
): ExportProtocol | undefined {
  const length = end - start;
  if (start < 0 || end > bytes.length || length < IPFIX_HEADER_BYTES || bytes[start] !== 0) return undefined;
  const second = (bytes[start + 2] << 8) | bytes[start + 3];
  switch (bytes[start + 1]) {
    case 5:
      return second > 0 && length >= NETFLOW5_HEADER_BYTES + second * NETFLOW5_RECORD_BYTES
        ? "netflow5"
        : undefined;
    case 9:
      return second > 0 && isFlowSetAt(bytes, start + NETFLOW9_HEADER_BYTES, end) ? "netflow9" : undefined;
    case 10:
      return second >= IPFIX_HEADER_BYTES && second <= length && isSetAt(bytes, start, second)
        ? "ipfix"
        : undefined;
    case 0: {
      const addressType = (bytes[start + 6] << 8) | bytes[start + 7];
      const isSflow5 = second === 5 && bytes[start + 4] === 0 && bytes[start + 5] === 0;
      return isSflow5 && (addressType === 1 || addressType === 2) && length >= SFLOW5_HEADER_BYTES
        ? "sflow5"
        : undefined;
    }
    default:
      return undefined;
  }
}

/** The first flow set of v9: templates (0), options templates (1) or data (above 255), no longer than the datagram. */
function isFlowSetAt(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < SET_HEADER_BYTES) return false;
  const id = (bytes[at] << 8) | bytes[at + 1];
  const length = (bytes[at + 2] << 8) | bytes[at + 3];
  return (id < 2 || id > 255) && length >= SET_HEADER_BYTES && at + length <= end;
}

/** The first set of IPFIX: templates (2), options templates (3) or data (above 255); a message may have none. */
function isSetAt(bytes: Uint8Array, start: number, messageLength: number): boolean {
  if (messageLength === IPFIX_HEADER_BYTES) return true;
  if (messageLength < IPFIX_HEADER_BYTES + SET_HEADER_BYTES) return false;
  const at = start + IPFIX_HEADER_BYTES;
  const id = (bytes[at] << 8) | bytes[at + 1];
  const length = (bytes[at + 2] << 8) | bytes[at + 3];
  return (
    (id === 2 || id === 3 || id > 255) && length >= SET_HEADER_BYTES && at + length <= start + messageLength
  );
}
