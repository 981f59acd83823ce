import { KEY_WORDS } from "./packet-facts.ts";

/**
 * Bytes of one open record. All its fields lie together, so that a packet touches two cache lines rather than
 * one for each field; the views below read the same memory as doubles, words, halves and bytes.
 */
const STRIDE_BYTES = 104;
const STRIDE_F64 = STRIDE_BYTES / 8;
const STRIDE_U32 = STRIDE_BYTES / 4;
const STRIDE_U16 = STRIDE_BYTES / 2;

/** Field offsets in units of the view they are read through. */
const F64 = { first: 0, last: 1, touched: 2, bytes: 3, packets: 4 } as const;
const U32 = { key: 10, hash: 20, previous: 21, next: 22 } as const;
const U8 = { tcpFlags: 92, tos: 93, initiator: 94, list: 95 } as const;
const U16 = { vlan: 48 } as const;

/** `none` where a list ends or a lookup finds nothing. */
export const NONE = -1;

/** The two orders of waiting: open records, and TCP records that saw FIN or RST. Each from least to most recently touched. */
export const WAITING = { open: 0, ending: 1 } as const;
export type Waiting = (typeof WAITING)[keyof typeof WAITING];

const FIRST_CAPACITY = 1024;

/**
 * The open flow records: an open-addressing hash table (linear probing, deletion by backward shift) of slot
 * numbers over one block of memory, and two lists through the slots in the order they were last touched.
 * Grows by doubling up to `maxSlots`; the caller removes a record before adding one beyond it.
 */
export class FlowTable {
  readonly maxSlots: number;
  size = 0;
  #capacity: number;
  #f64!: Float64Array;
  #u32!: Uint32Array;
  #i32!: Int32Array;
  #u16!: Uint16Array;
  #u8!: Uint8Array;
  /** slot + 1, or 0 where empty; at most half full. */
  #buckets!: Int32Array;
  #mask = 0;
  /** First of the slots that were freed, linked by `next`; slots from `#fresh` on were never used. */
  #free = NONE;
  #fresh = 0;
  readonly #heads = [NONE, NONE];
  readonly #tails = [NONE, NONE];

  constructor(maxSlots: number) {
    this.maxSlots = maxSlots;
    this.#capacity = 0;
    this.#resize(Math.min(FIRST_CAPACITY, maxSlots));
  }

  /** Slot of the record with this key, or NONE. */
  find(key: Uint32Array, hash: number): number {
    const u32 = this.#u32;
    const buckets = this.#buckets;
    const mask = this.#mask;
    for (let bucket = hash & mask; ; bucket = (bucket + 1) & mask) {
      const slot = buckets[bucket] - 1;
      if (slot < 0) return NONE;
      const base = slot * STRIDE_U32;
      if (u32[base + U32.hash] === hash >>> 0 && sameKey(u32, base + U32.key, key)) return slot;
    }
  }

  /** A slot for a key that is not in the table; the caller fills it with `begin` and puts it in a list. */
  add(key: Uint32Array, hash: number): number {
    if (this.size >= this.#capacity) this.#resize(Math.min(this.#capacity * 2, this.maxSlots));
    let slot = this.#free;
    if (slot === NONE) slot = this.#fresh++;
    else this.#free = this.#i32[slot * STRIDE_U32 + U32.next];
    const base = slot * STRIDE_U32;
    this.#u32[base + U32.hash] = hash;
    for (let i = 0; i < KEY_WORDS; i++) this.#u32[base + U32.key + i] = key[i];
    this.#insertBucket(slot, hash);
    this.size++;
    return slot;
  }

  /** Takes the record out of its list and out of the table. */
  remove(slot: number): void {
    this.#unlink(slot);
    this.#removeBucket(slot);
    this.#i32[slot * STRIDE_U32 + U32.next] = this.#free;
    this.#free = slot;
    this.size--;
  }

  begin(slot: number, timestampMs: number, ipTos: number, vlan: number): void {
    const f = slot * STRIDE_F64;
    this.#f64[f + F64.first] = timestampMs;
    this.#f64[f + F64.last] = timestampMs;
    this.#f64[f + F64.bytes] = 0;
    this.#f64[f + F64.packets] = 0;
    const b = slot * STRIDE_BYTES;
    this.#u8[b + U8.tcpFlags] = 0;
    this.#u8[b + U8.tos] = ipTos;
    this.#u8[b + U8.initiator] = 0;
    this.#u16[slot * STRIDE_U16 + U16.vlan] = vlan;
  }

  /** Adds a packet to the record; its times widen to hold the packet's. */
  addPacket(slot: number, timestampMs: number, ipBytes: number, tcpFlags: number): void {
    const f64 = this.#f64;
    const f = slot * STRIDE_F64;
    if (timestampMs > f64[f + F64.last]) f64[f + F64.last] = timestampMs;
    else if (timestampMs < f64[f + F64.first]) f64[f + F64.first] = timestampMs;
    f64[f + F64.bytes] += ipBytes;
    f64[f + F64.packets] += 1;
    this.#u8[slot * STRIDE_BYTES + U8.tcpFlags] |= tcpFlags;
  }

  /** Puts a fresh record at the end of the list. */
  enlist(slot: number, waiting: Waiting, touchedMs: number): void {
    const i32 = this.#i32;
    const at = slot * STRIDE_U32;
    const tail = this.#tails[waiting];
    i32[at + U32.previous] = tail;
    i32[at + U32.next] = NONE;
    if (tail === NONE) this.#heads[waiting] = slot;
    else i32[tail * STRIDE_U32 + U32.next] = slot;
    this.#tails[waiting] = slot;
    this.#u8[slot * STRIDE_BYTES + U8.list] = waiting;
    this.#f64[slot * STRIDE_F64 + F64.touched] = touchedMs;
  }

  /** Moves a record to the end of the list. `touchedMs` never falls from call to call, so lists stay in order of it. */
  touch(slot: number, waiting: Waiting, touchedMs: number): void {
    if (this.#tails[waiting] === slot) {
      this.#f64[slot * STRIDE_F64 + F64.touched] = touchedMs;
      return;
    }
    this.#unlink(slot);
    this.enlist(slot, waiting, touchedMs);
  }

  head(waiting: Waiting): number {
    return this.#heads[waiting];
  }

  waiting(slot: number): Waiting {
    return this.#u8[slot * STRIDE_BYTES + U8.list] as Waiting;
  }

  touchedMs(slot: number): number {
    return this.#f64[slot * STRIDE_F64 + F64.touched];
  }

  firstMs(slot: number): number {
    return this.#f64[slot * STRIDE_F64 + F64.first];
  }

  lastMs(slot: number): number {
    return this.#f64[slot * STRIDE_F64 + F64.last];
  }

  ipBytes(slot: number): number {
    return this.#f64[slot * STRIDE_F64 + F64.bytes];
  }

  packets(slot: number): number {
    return this.#f64[slot * STRIDE_F64 + F64.packets];
  }

  tcpFlags(slot: number): number {
    return this.#u8[slot * STRIDE_BYTES + U8.tcpFlags];
  }

  ipTos(slot: number): number {
    return this.#u8[slot * STRIDE_BYTES + U8.tos];
  }

  vlan(slot: number): number {
    return this.#u16[slot * STRIDE_U16 + U16.vlan];
  }

  initiator(slot: number): number {
    return this.#u8[slot * STRIDE_BYTES + U8.initiator];
  }

  setInitiator(slot: number, initiator: number): void {
    this.#u8[slot * STRIDE_BYTES + U8.initiator] = initiator;
  }

  keyWord(slot: number, word: number): number {
    return this.#u32[slot * STRIDE_U32 + U32.key + word];
  }

  #unlink(slot: number): void {
    const i32 = this.#i32;
    const at = slot * STRIDE_U32;
    const list = this.#u8[slot * STRIDE_BYTES + U8.list];
    const previous = i32[at + U32.previous];
    const next = i32[at + U32.next];
    if (previous === NONE) this.#heads[list] = next;
    else i32[previous * STRIDE_U32 + U32.next] = next;
    if (next === NONE) this.#tails[list] = previous;
    else i32[next * STRIDE_U32 + U32.previous] = previous;
  }

  #insertBucket(slot: number, hash: number): void {
    let bucket = hash & this.#mask;
    while (this.#buckets[bucket] !== 0) bucket = (bucket + 1) & this.#mask;
    this.#buckets[bucket] = slot + 1;
  }

  #removeBucket(slot: number): void {
    const buckets = this.#buckets;
    const mask = this.#mask;
    let hole = this.#u32[slot * STRIDE_U32 + U32.hash] & mask;
    while (buckets[hole] !== slot + 1) hole = (hole + 1) & mask;
    // Whatever follows in the same run moves up unless that would put it before its own place.
    for (let bucket = (hole + 1) & mask; buckets[bucket] !== 0; bucket = (bucket + 1) & mask) {
      const home = this.#u32[(buckets[bucket] - 1) * STRIDE_U32 + U32.hash] & mask;
      if (((bucket - home) & mask) < ((bucket - hole) & mask)) continue;
      buckets[hole] = buckets[bucket];
      hole = bucket;
    }
    buckets[hole] = 0;
  }

  #resize(capacity: number): void {
    const memory = new ArrayBuffer(capacity * STRIDE_BYTES);
    const u8 = new Uint8Array(memory);
    if (this.#u8 !== undefined) u8.set(this.#u8);
    this.#u8 = u8;
    this.#u16 = new Uint16Array(memory);
    this.#u32 = new Uint32Array(memory);
    this.#i32 = new Int32Array(memory);
    this.#f64 = new Float64Array(memory);
    let buckets = 2;
    while (buckets < capacity * 2) buckets *= 2;
    this.#buckets = new Int32Array(buckets);
    this.#mask = buckets - 1;
    this.#capacity = capacity;
    // Called at the first record or when every slot is in use: each slot below `#fresh` holds a record.
    for (let slot = 0; slot < this.#fresh; slot++)
      this.#insertBucket(slot, this.#u32[slot * STRIDE_U32 + U32.hash]);
  }
}

function sameKey(u32: Uint32Array, at: number, key: Uint32Array): boolean {
  for (let i = KEY_WORDS - 1; i >= 0; i--) if (u32[at + i] !== key[i]) return false;
  return true;
}
