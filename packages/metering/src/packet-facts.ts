/** Words of a flow key: source address 4, destination address 4, ports 1, protocol 1. */
export const KEY_WORDS = 10;
export const KEY = { source: 0, destination: 4, ports: 8, protocol: 9 } as const;

/** Set in the protocol word of IPv6 packets, so that an IPv4 address never equals an IPv6 one. */
export const IPV6_KEY_FLAG = 0x100;

/** What the meter takes from one packet. Reused; `key` is written in place. */
export interface PacketFacts {
  /**
   * Addresses as big-endian words (IPv4 in the last word, zeros before it), source port × 65536 + destination
   * port (ICMP: type × 256 + code), protocol with `IPV6_KEY_FLAG`.
   */
  readonly key: Uint32Array;
  timestampMs: number;
  ipBytes: number;
  tcpFlags: number;
  ipTos: number;
  vlan: number;
}

export function createPacketFacts(): PacketFacts {
  return { key: new Uint32Array(KEY_WORDS), timestampMs: 0, ipBytes: 0, tcpFlags: 0, ipTos: 0, vlan: 0 };
}

export function copyPacketFacts(from: PacketFacts, into: PacketFacts): void {
  into.key.set(from.key);
  into.timestampMs = from.timestampMs;
  into.ipBytes = from.ipBytes;
  into.tcpFlags = from.tcpFlags;
  into.ipTos = from.ipTos;
  into.vlan = from.vlan;
}

/** The key of the other direction of a conversation with ports. */
export function reverseKey(key: Uint32Array, into: Uint32Array): void {
  for (let i = 0; i < 4; i++) {
    into[KEY.source + i] = key[KEY.destination + i];
    into[KEY.destination + i] = key[KEY.source + i];
  }
  into[KEY.ports] = (key[KEY.ports] << 16) | (key[KEY.ports] >>> 16);
  into[KEY.protocol] = key[KEY.protocol];
}

/** Mixes ten words into 32 bits (MurmurHash3's steps, A. Appleby, public domain). */
export function hashKey(key: Uint32Array): number {
  let hash = 0;
  for (let i = 0; i < KEY_WORDS; i++) {
    let word = Math.imul(key[i], 0xcc9e2d51);
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash ^= word;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
