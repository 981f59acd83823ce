import { ADDRESS_BYTES } from "@flowlens/flow";

/** What one line of a conn.log says, as Zeek says it; one struct is reused for all lines. Counts are -1 where unset. */
export interface ConnRecord {
  /** Time of the first packet, microseconds since 1970. */
  startMicros: number;
  durationMicros: number;
  /** 16 bytes of the originator, then 16 of the responder. */
  readonly addresses: Uint8Array;
  /** TCP and UDP ports; for ICMP Zeek puts the type into the first and the code, or the answering type, into the second. */
  origPort: number;
  respPort: number;
  /** IP protocol number; ICMP is 1 here for both versions of IP. */
  protocol: number;
  /** Payload bytes. */
  origBytes: number;
  respBytes: number;
  origPackets: number;
  respPackets: number;
  /** Bytes of whole IP packets. */
  origIpBytes: number;
  respIpBytes: number;
  readonly history: ConnHistory;
}

/** What the history column, or where it is unset the connection state, tells of each side. */
export interface ConnHistory {
  origFlags: number;
  respFlags: number;
  /** Letters of each side: at least so many packets were seen of it. */
  origLetters: number;
  respLetters: number;
  /** An INITIATOR value from the view of the originator. */
  initiator: number;
}

export const ORIG_AT = 0;
export const RESP_AT = ADDRESS_BYTES;

export function createConnRecord(): ConnRecord {
  return {
    startMicros: 0,
    durationMicros: 0,
    addresses: new Uint8Array(2 * ADDRESS_BYTES),
    origPort: 0,
    respPort: 0,
    protocol: 0,
    origBytes: -1,
    respBytes: -1,
    origPackets: -1,
    respPackets: -1,
    origIpBytes: -1,
    respIpBytes: -1,
    history: { origFlags: 0, respFlags: 0, origLetters: 0, respLetters: 0, initiator: 0 },
  };
}
