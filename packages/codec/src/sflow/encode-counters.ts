import { COUNTER_RECORD, ITEM_HEADER_BYTES, SAMPLE } from "./format.ts";

export interface CountersOfSource {
  readonly expanded: boolean;
  readonly sourceIndex: number;
  readonly sequence: number;
}

/** ifIndex, ifType, ifSpeed (8), ifDirection, ifStatus, and counters of both directions. */
const GENERIC_INTERFACE_BYTES = 88;
const IF_TYPE_ETHERNET = 6;
const TEN_GIGABIT = 10_000_000_000n;
const FULL_DUPLEX = 1;
const UP_AND_UP = 3;
/** sFlow v5: "Use the maximum counter value to indicate that the counter is not available." */
const NOT_KEPT_64 = 0xffffffffffffffffn;
const NOT_KEPT_32 = 0xffffffff;

/**
 * Writes a counter sample of an Ethernet interface that keeps no counters, and returns where it ends: collectors
 * learn the interface and that it is up.
 */
export function writeCounterSample(view: DataView, at: number, source: CountersOfSource): number {
  view.setUint32(at, source.expanded ? SAMPLE.expandedCounters : SAMPLE.counters);
  const headAt = at + ITEM_HEADER_BYTES;
  view.setUint32(headAt, source.sequence);
  let field = headAt + 4;
  if (source.expanded) {
    view.setUint32(field, 0);
    field += 4;
  }
  view.setUint32(field, source.sourceIndex);
  view.setUint32(field + 4, 1);
  view.setUint32(field + 8, COUNTER_RECORD.genericInterface);
  view.setUint32(field + 12, GENERIC_INTERFACE_BYTES);
  const countersAt = field + 16;
  view.setUint32(countersAt, source.sourceIndex);
  view.setUint32(countersAt + 4, IF_TYPE_ETHERNET);
  view.setBigUint64(countersAt + 8, TEN_GIGABIT);
  view.setUint32(countersAt + 16, FULL_DUPLEX);
  view.setUint32(countersAt + 20, UP_AND_UP);
  const end = countersAt + GENERIC_INTERFACE_BYTES;
  // Per direction: octets in 64 bits, then six counters of 32; the last of the last is the promiscuous mode.
  for (const octetsAt of [countersAt + 24, countersAt + 56]) {
    view.setBigUint64(octetsAt, NOT_KEPT_64);
    for (let counter = octetsAt + 8; counter < octetsAt + 32; counter += 4) {
      view.setUint32(counter, NOT_KEPT_32);
    }
  }
  view.setUint32(end - 4, 0);
  view.setUint32(at + 4, end - headAt);
  return end;
}
