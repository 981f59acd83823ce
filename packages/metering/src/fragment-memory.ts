import { KEY } from "./packet-facts.ts";

/** First fragments remembered; beyond it a newer one takes the place of an older one. */
const ENTRIES = 4096;

/** Receivers give up reassembly after a minute at most (RFC 8200 §4.5, RFC 1122 §3.3.2); ids are used anew later. */
const MAX_AGE_MS = 60_000;

/** addresses 8, protocol 1, id 1, ports 1 */
const ENTRY_WORDS = 11;

/**
 * Which ports the first fragment of a datagram had, by addresses, protocol and IP id. A direct-mapped cache:
 * bounded, and a collision costs later fragments their ports, which is counted where it happens.
 */
export class FragmentMemory {
  #words: Uint32Array | undefined;
  #seenMs: Float64Array | undefined;

  /** Keeps the ports word of `key` for later fragments with `fragmentId`. */
  remember(key: Uint32Array, fragmentId: number, timestampMs: number): void {
    this.#words ??= new Uint32Array(ENTRIES * ENTRY_WORDS);
    this.#seenMs ??= new Float64Array(ENTRIES).fill(Number.NEGATIVE_INFINITY);
    const entry = entryOf(key, fragmentId);
    const at = entry * ENTRY_WORDS;
    for (let i = 0; i < 8; i++) this.#words[at + i] = key[i];
    this.#words[at + 8] = key[KEY.protocol];
    this.#words[at + 9] = fragmentId;
    this.#words[at + 10] = key[KEY.ports];
    this.#seenMs[entry] = timestampMs;
  }

  /** Writes the remembered ports word into `key`; false when the first fragment is not known. */
  recall(key: Uint32Array, fragmentId: number, timestampMs: number): boolean {
    if (this.#words === undefined || this.#seenMs === undefined) return false;
    const entry = entryOf(key, fragmentId);
    const at = entry * ENTRY_WORDS;
    for (let i = 0; i < 8; i++) if (this.#words[at + i] !== key[i]) return false;
    if (this.#words[at + 8] !== key[KEY.protocol] || this.#words[at + 9] !== fragmentId) return false;
    if (Math.abs(timestampMs - this.#seenMs[entry]) > MAX_AGE_MS) return false;
    key[KEY.ports] = this.#words[at + 10];
    return true;
  }
}

function entryOf(key: Uint32Array, fragmentId: number): number {
  let hash = Math.imul(fragmentId ^ key[KEY.protocol], 0x9e3779b1);
  for (let i = 0; i < 8; i++) hash = Math.imul(hash ^ key[i], 0x85ebca6b) ^ (hash >>> 15);
  return (hash ^ (hash >>> 16)) & (ENTRIES - 1);
}
