import type { MeterCounters } from "./meter-counters.ts";
import { copyPacketFacts, createPacketFacts, type PacketFacts } from "./packet-facts.ts";

/** A packet further than this from the clock, either way, does not move it alone. */
const JUMP_MS = 10 * 60_000;

/** A lone packet further away than this has no time worth keeping. */
const STRAY_MS = 24 * 3_600_000;

/** Packets in a row that agree on the new time before the clock follows them. */
const WITNESSES = 3;

/** Packets it takes before the last one or two of a file can be called strays rather than the rest of a quiet capture. */
const ESTABLISHED_PACKETS = 100;

/** Where 32 bits of seconds since 1970 end (2106); a pcapng file can claim any time up to the year 586524. */
const END_OF_TIME_MS = 2 ** 32 * 1000;

/**
 * The time of a capture, told by its packets alone.
 *
 * Captures are mostly in order, but not all: some are several captures one after the other, some are sorted by
 * conversation, and some hold a single packet whose time is months away from its neighbours'. If the clock
 * believed every packet, that one would end every open record, and its own record would lie alone at the end of
 * the capture, where the latest day is looked for. So a packet that is far away waits until the next ones take
 * its side (the clock follows; going back, all open records end) or the old time goes on (it was a stray: if it
 * was off by more than a day it is given the time of its neighbours, which the file's order vouches for;
 * otherwise it keeps its own, for then the file is only out of order). At the end of the file nobody is left to
 * vouch: then many packets before it outweigh it.
 *
 * Within `JUMP_MS` packets may come in any order; the clock is the latest of them.
 */
export class CaptureClock {
  /** Latest time; NaN before the first packet. */
  nowMs = Number.NaN;
  readonly #counters: MeterCounters;
  readonly #account: (facts: PacketFacts) => void;
  readonly #endAll: () => void;
  readonly #held: readonly PacketFacts[] = Array.from({ length: WITNESSES }, createPacketFacts);
  #heldCount = 0;
  #previousMs = Number.NEGATIVE_INFINITY;
  #packetsSinceJump = 0;

  /**
   * @param account called with each packet once its time is settled, in the order of the file
   * @param endAll called when the clock goes back: what was open belongs to a time that is over
   */
  constructor(counters: MeterCounters, account: (facts: PacketFacts) => void, endAll: () => void) {
    this.#counters = counters;
    this.#account = account;
    this.#endAll = endAll;
  }

  take(facts: PacketFacts): void {
    const time = facts.timestampMs;
    if (!(time >= 0 && time < END_OF_TIME_MS)) {
      facts.timestampMs = Number.isNaN(this.nowMs) ? 0 : this.nowMs;
      this.#counters.times_repaired++;
    } else {
      if (time < this.#previousMs) this.#counters.packets_out_of_order++;
      this.#previousMs = time;
    }
    if (Number.isNaN(this.nowMs)) this.nowMs = facts.timestampMs;
    if (Math.abs(facts.timestampMs - this.nowMs) > JUMP_MS) this.#hold(facts);
    else {
      if (this.#heldCount > 0) this.#refuteHeld();
      this.#pass(facts);
    }
  }

  /** No packet comes any more: settles those that still wait. */
  finish(): void {
    if (this.#heldCount === 0) return;
    if (this.#packetsSinceJump >= ESTABLISHED_PACKETS) this.#refuteHeld();
    else this.#followHeld();
  }

  #pass(facts: PacketFacts): void {
    if (facts.timestampMs > this.nowMs) this.nowMs = facts.timestampMs;
    this.#packetsSinceJump++;
    this.#account(facts);
  }

  #hold(facts: PacketFacts): void {
    if (this.#heldCount > 0 && !this.#agreesWithHeld(facts.timestampMs)) this.#refuteHeld();
    copyPacketFacts(facts, this.#held[this.#heldCount++]);
    if (this.#heldCount === WITNESSES) this.#followHeld();
  }

  /** On the same side of the clock and near, or later as in a capture with long silences. */
  #agreesWithHeld(timeMs: number): boolean {
    const heldMs = this.#held[this.#heldCount - 1].timestampMs;
    if (timeMs > this.nowMs !== heldMs > this.nowMs) return false;
    return timeMs >= heldMs - JUMP_MS;
  }

  #followHeld(): void {
    this.#counters.clock_jumps++;
    const count = this.#heldCount;
    this.#heldCount = 0;
    if (this.#held[0].timestampMs < this.nowMs) {
      this.#endAll();
      this.nowMs = this.#held[0].timestampMs;
    }
    this.#packetsSinceJump = 0;
    for (let i = 0; i < count; i++) this.#pass(this.#held[i]);
  }

  #refuteHeld(): void {
    const count = this.#heldCount;
    this.#heldCount = 0;
    for (let i = 0; i < count; i++) {
      const facts = this.#held[i];
      if (Math.abs(facts.timestampMs - this.nowMs) > STRAY_MS) {
        facts.timestampMs = this.nowMs;
        this.#counters.times_repaired++;
      }
      this.#account(facts);
    }
  }
}
