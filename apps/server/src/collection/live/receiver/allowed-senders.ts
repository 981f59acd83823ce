import { parseAddress, parseAddressRange, rangeContains, type AddressRange } from "@flowlens/flow";

/** One sender by the text of its address. */
export interface Sender {
  /** Small number that stands for it until the generation changes. */
  readonly number: number;
  readonly allowed: boolean;
  /** 16 bytes, IPv4 mapped. */
  readonly address: Uint8Array;
}

export interface RefusedCount {
  readonly address: string;
  readonly packets: number;
}

export interface AllowedSenders {
  /** Whom a packet is from, by the text that the system gave. */
  find(address: string): Sender;
  /** Changes when the numbers of senders are given anew. */
  readonly generation: number;
  /** Notes a refused packet; false when there are too many refused addresses to note this one by itself. */
  refuse(address: string): boolean;
  /** Most packets first. */
  refused(atMost: number): RefusedCount[];
}

/** Senders remembered at once; a flood of forged addresses only makes us forget them all now and then. */
const MAX_SENDERS = 65_536;
const MAX_REFUSED = 1_000;

const NOWHERE = new Uint8Array(16);

/** Who may send. Memory is bounded whatever addresses come. */
export function createAllowedSenders(ranges: readonly string[]): AllowedSenders {
  const allowed: AddressRange[] = ranges.flatMap((text) => parseAddressRange(text) ?? []);
  const senders = new Map<string, Sender>();
  const refusals = new Map<string, number>();
  let generation = 0;

  function meet(text: string): Sender {
    if (senders.size >= MAX_SENDERS) {
      senders.clear();
      generation++;
    }
    // fe80::1%eth0: the zone is ours, not the sender's.
    const bytes = parseAddress(text.split("%", 1)[0]);
    const sender: Sender = {
      number: senders.size,
      allowed: bytes !== undefined && allowed.some((range) => rangeContains(range, bytes)),
      address: bytes ?? NOWHERE,
    };
    senders.set(text, sender);
    return sender;
  }

  return {
    get generation() {
      return generation;
    },
    find: (address) => senders.get(address) ?? meet(address),
    refuse(address) {
      const before = refusals.get(address);
      if (before === undefined && refusals.size >= MAX_REFUSED) return false;
      refusals.set(address, (before ?? 0) + 1);
      return true;
    },
    refused: (atMost) =>
      [...refusals]
        .map(([address, packets]) => ({ address, packets }))
        .toSorted((a, b) => b.packets - a.packets)
        .slice(0, atMost),
  };
}
