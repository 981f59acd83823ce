/** Batches for this room's tests. Not here: anything a running FlowLens uses. */
import { createFlowBatch, type FlowBatch } from "@flowlens/flow";
import fc from "fast-check";
import { STORED_COLUMNS } from "./columns/stored-column.ts";

/** How the values of one column are spread. */
const SPREADS = ["same", "zero", "bits8", "bits16", "bits32", "bits53", "time", "fraction", "ends"] as const;
const ADDRESS_SPREADS = ["same4", "same6", "zero", "ipv4", "ipv6", "mixed", "mostlyIpv4"] as const;

export interface Spreads {
  readonly seed: number;
  readonly rows: number;
  readonly numbers: readonly (typeof SPREADS)[number][];
  readonly addresses: readonly (typeof ADDRESS_SPREADS)[number][];
}

/** Batches in which each column may be of any kind that the spool tells apart. */
export const arbitraryBatch = (maxRows: number): fc.Arbitrary<FlowBatch> =>
  fc
    .record({
      seed: fc.integer({ min: 1, max: 0x7fff_ffff }),
      rows: fc.integer({ min: 1, max: maxRows }),
      numbers: fc.array(fc.constantFrom(...SPREADS), { minLength: 20, maxLength: 20 }),
      addresses: fc.array(fc.constantFrom(...ADDRESS_SPREADS), { minLength: 4, maxLength: 4 }),
    })
    .map(spreadBatch);

export function spreadBatch({ seed, rows, numbers, addresses }: Spreads): FlowBatch {
  const random = xorshift(seed);
  const batch = createFlowBatch(rows + 3);
  batch.length = rows;
  let number = 0;
  let address = 0;
  for (const { type, key } of STORED_COLUMNS) {
    const values = batch[key];
    if (type === "address") {
      fillAddresses(values as Uint8Array, rows, { spread: addresses[address++ % addresses.length], random });
      continue;
    }
    const spread = numbers[number++ % numbers.length];
    for (let row = 0; row < rows; row++) values[row] = valueOf(spread, row, random);
  }
  return batch;
}

function valueOf(spread: (typeof SPREADS)[number], row: number, random: () => number): number {
  switch (spread) {
    case "same":
      return 7;
    case "zero":
      return 0;
    case "bits8":
      return Math.floor(random() * 2 ** 8);
    case "bits16":
      return Math.floor(random() * 2 ** 16);
    case "bits32":
      return Math.floor(random() * 2 ** 32);
    case "bits53":
      return Math.floor(random() * 2 ** 53);
    case "time":
      return 1_795_000_000_000 + Math.floor(random() * 300_000);
    case "fraction":
      return random() * 1e12;
    case "ends":
      return [0, 2 ** 53, 2 ** 32 - 1, 2 ** 32, 1][row % 5];
  }
}

function fillAddresses(
  into: Uint8Array,
  rows: number,
  how: { readonly spread: (typeof ADDRESS_SPREADS)[number]; readonly random: () => number },
): void {
  const { spread, random } = how;
  for (let row = 0; row < rows; row++) {
    const at = row * 16;
    const isShort =
      spread === "same4" ||
      spread === "ipv4" ||
      (spread === "mixed" && random() < 0.5) ||
      (spread === "mostlyIpv4" && random() < 0.99);
    const isSame = spread.startsWith("same");
    for (let i = 0; i < 16; i++) into[at + i] = isSame ? 9 : Math.floor(random() * 256);
    if (isShort) into.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], at);
    if (spread === "zero") into.fill(0, at, at + 16);
  }
}

function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** The bytes of every column of rows [from, to), to compare by. */
export function rowBytes(batch: FlowBatch, from = 0, to = batch.length): Record<string, string> {
  return Object.fromEntries(
    STORED_COLUMNS.map(({ type, key }) => {
      const values = batch[key];
      const width = type === "address" ? 16 : values.BYTES_PER_ELEMENT;
      const bytes = new Uint8Array(values.buffer, values.byteOffset + from * width, (to - from) * width);
      return [key, Buffer.from(bytes).toString("hex")];
    }),
  );
}

/** Rows whose `bytes` count on from `first`, so that each can be told from all others. */
export function countedBatch(rows: number, first: number): FlowBatch {
  const batch = spreadBatch({
    seed: first + 1,
    rows,
    numbers: ["bits16", "bits8", "time"],
    addresses: ["ipv4", "same4"],
  });
  for (let row = 0; row < rows; row++) batch.bytes[row] = first + row;
  return batch;
}
