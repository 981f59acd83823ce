import { ADDRESS_BYTES, copyIpv6, type FlowBatch } from "@flowlens/flow";
import { parseAddressBytes, parseUnsigned } from "../text/index.ts";

/** Where a line holds a field: bytes [start, end), or end 0 where it does not. */
export interface FieldBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Columns of nfdump beyond those that every CSV may have, by what they are called in version 1.6 and from 1.7 on. */
export const EXTRA_NAMES: readonly (readonly string[])[] = [
  "stos srcTos tos",
  "in input",
  "out output",
  "sas srcAS",
  "das dstAS",
  "svln srcVlan",
  "dvln dstVlan",
  "dir direction",
  "nh nextIP",
  "ra routerIP",
].map((names) => names.split(" "));

const NEXT_HOP = 8;
const ROUTER = 9;
/** The most each of the numbers can be, in the order of the names. */
const MOST: readonly number[] = [0xff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff, 0xffff, 1];
const EGRESS = 1;

/** What else a line of nfdump says; 0 and :: where it does not say. Reused for all lines. */
export interface NfdumpExtras {
  /** In the order of EXTRA_NAMES. */
  readonly numbers: Uint32Array;
  readonly nextHop: Uint8Array;
  readonly router: Uint8Array;
}

export function createNfdumpExtras(): NfdumpExtras {
  return {
    numbers: new Uint32Array(MOST.length),
    nextHop: new Uint8Array(ADDRESS_BYTES),
    router: new Uint8Array(ADDRESS_BYTES),
  };
}

/** Takes one of the columns. What it cannot read counts as not said: none of it makes or unmakes a flow. */
export function takeExtra(extras: NfdumpExtras, extra: number, { bytes, start, end }: FieldBytes): void {
  if (extra === NEXT_HOP || extra === ROUTER) {
    const into = extra === ROUTER ? extras.router : extras.nextHop;
    if (end === 0 || !parseAddressBytes(bytes, start, end, into, 0) || isZero(into)) into.fill(0);
    return;
  }
  const value = end === 0 ? 0 : parseUnsigned(bytes, start, end);
  extras.numbers[extra] = value > 0 && value <= MOST[extra] ? value : 0;
}

/** Writes them into a row; the way back has its ends exchanged and no next hop. */
export function writeExtras(extras: NfdumpExtras, batch: FlowBatch, row: number, isReverse: boolean): void {
  const [tos, input, output, srcAs, dstAs, srcVlan, dstVlan, direction] = extras.numbers;
  const at = row * ADDRESS_BYTES;
  copyIpv6(extras.router, 0, batch.exporter, at);
  batch.inIf[row] = isReverse ? output : input;
  batch.outIf[row] = isReverse ? input : output;
  batch.srcAs[row] = isReverse ? dstAs : srcAs;
  batch.dstAs[row] = isReverse ? srcAs : dstAs;
  batch.vlanSrc[row] = isReverse ? dstVlan : srcVlan;
  batch.vlanDst[row] = isReverse ? srcVlan : dstVlan;
  if (isReverse) return;
  batch.ipTos[row] = tos;
  copyIpv6(extras.nextHop, 0, batch.nextHop, at);
  // 0 is both ingress and what nfdump writes where the exporter did not say.
  if (direction === EGRESS) batch.direction[row] = EGRESS;
}

/** nfdump fills what it does not know with 0.0.0.0. */
function isZero(address: Uint8Array): boolean {
  const isMapped = address[10] === 0xff && address[11] === 0xff;
  for (let i = isMapped ? 12 : 0; i < ADDRESS_BYTES; i++) if (address[i] !== 0) return false;
  return true;
}
