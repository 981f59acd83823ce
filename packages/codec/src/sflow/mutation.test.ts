import { createFlowBatch, startFlow, writeIpv4, type FlowBatch } from "@flowlens/flow";
import { describe, expect, it } from "vitest";
import { datagramsOf, vectorSets } from "../testing/third-party.ts";
import { createSflow5Decoder, encodeSflow5, sflow5SampleToJson, type Sflow5Into } from "./index.ts";

/** Mutants a run: FLOWLENS_LONG=1 makes the long run, FLOWLENS_SEED repeats one. */
const MUTANTS = process.env.FLOWLENS_LONG === "1" ? 100_000 : 3_000;
const SEED = Number(process.env.FLOWLENS_SEED ?? Date.now() % 2 ** 31);
const STEPS_PER_BYTE = 4;
const LONGEST_MUTANT_MS = 2_000;

/** Numbers below a bound, the same for the same seed (mulberry32). */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function madeBatch(): FlowBatch {
  const batch = createFlowBatch(24);
  for (let i = 0; i < batch.capacity; i++) {
    const row = startFlow(batch);
    writeIpv4(batch.srcAddr, row * 16, 0x0a000001 + i);
    writeIpv4(batch.dstAddr, row * 16, 0x0a000101);
    writeIpv4(batch.nextHop, row * 16, 0x0a0000fe);
    batch.ipProtocol[row] = [6, 17, 1, 47][i % 4];
    batch.dstPort[row] = [443, 4789, 0, 0][i % 4];
    batch.bytes[row] = 100 + i * 60;
    batch.samplingRate[row] = 512;
    batch.vlanSrc[row] = 10;
    batch.srcAs[row] = 64_500;
    batch.dstAs[row] = 64_501;
    batch.length++;
  }
  return batch;
}

const made = encodeSflow5(madeBatch(), {
  agent: new Uint8Array(16),
  subAgent: 1,
  uptimeMs: 1_000,
  sequence: 1,
  sampleSequence: 1,
  withCounters: true,
}).datagrams;
const SEEDS = [...made, ...vectorSets("sFlow5").flatMap((set) => datagramsOf(set).map(({ bytes }) => bytes))];

/** Lengths, counts and offsets that have hurt decoders elsewhere. */
const NASTY = [
  0, 1, 3, 4, 7, 8, 12, 0x7f, 0xff, 0xffff, 0x10000, 0x3fffffff, 0x40000001, 0x7fffffff, 0xfffffffc,
  0xffffffff,
];

function mutate(random: (below: number) => number): Uint8Array {
  let bytes = SEEDS[random(SEEDS.length)].slice();
  for (let change = random(4); change >= 0; change--) {
    switch (random(5)) {
      case 0:
        bytes[random(bytes.length)] ^= 1 << random(8);
        break;
      case 1:
        bytes = bytes.slice(0, 1 + random(bytes.length));
        break;
      case 2: {
        // Words, where lengths and counts stand, become something else.
        const at = random(Math.max(1, bytes.length >> 2)) * 4;
        if (at + 4 <= bytes.length) new DataView(bytes.buffer).setUint32(at, NASTY[random(NASTY.length)]);
        break;
      }
      case 3: {
        const other = SEEDS[random(SEEDS.length)];
        const [cut, from] = [random(bytes.length), random(other.length) & ~3];
        const spliced = new Uint8Array(Math.min(65_535, cut + other.length - from));
        spliced.set(bytes.subarray(0, cut));
        spliced.set(other.subarray(from, from + spliced.length - cut), cut);
        bytes = spliced;
        break;
      }
      default: {
        const at = random(bytes.length);
        bytes.copyWithin(at, random(bytes.length), random(bytes.length));
      }
    }
    if (bytes.length === 0) bytes = new Uint8Array(1);
  }
  return bytes;
}

describe(`${MUTANTS} mutants of sFlow datagrams (FLOWLENS_SEED=${SEED})`, () => {
  it("never throw, take few steps a byte, make no more rows than fit, and are told as they are written", () => {
    const random = createRandom(SEED);
    const decoder = createSflow5Decoder();
    const batch = createFlowBatch(1_024);
    const counts = new Map<string, number>();
    let rows = 0;
    let shown = 0;
    let bytes: Uint8Array = new Uint8Array(0);
    const source = { exporter: new Uint8Array(16), receivedAtMs: 1 };
    const common = {
      ...source,
      observe: () => undefined,
      malformed: (reason: string) => void counts.set(reason, (counts.get(reason) ?? 0) + 1),
      count: (name: string, by: number) => void counts.set(name, (counts.get(name) ?? 0) + by),
    };
    const asRows: Sflow5Into = { ...common, sink: { batch, emit: () => undefined } };
    const asObjects: Sflow5Into = {
      ...common,
      sink: undefined,
      visit: (sample) => {
        const record = sflow5SampleToJson(bytes, sample, source);
        const size = JSON.stringify(record).length;
        if (size > 20_000) throw new Error(`an object of ${size} characters`);
        shown++;
      },
    };
    let slowestMs = 0;
    for (let mutant = 0; mutant < MUTANTS; mutant++) {
      bytes = mutate(random);
      const before = decoder.steps;
      const startedMs = performance.now();
      const mutantRows = decoder.decode(bytes, 0, bytes.length, asRows);
      const steps = decoder.steps - before;
      if (steps > STEPS_PER_BYTE * bytes.length)
        throw new Error(`mutant ${mutant}: ${steps} steps for ${bytes.length} bytes`);
      // A flow sample without its head and a header record has no room in fewer bytes.
      if (mutantRows > bytes.length / 60)
        throw new Error(`mutant ${mutant}: ${mutantRows} rows of ${bytes.length} bytes`);
      if (decoder.decode(bytes, 0, bytes.length, asObjects) !== mutantRows)
        throw new Error(`mutant ${mutant} differs`);
      slowestMs = Math.max(slowestMs, performance.now() - startedMs);
      rows += mutantRows;
      // The same reasons over and over: what is counted must not grow with what is sent.
      if (counts.size > 60) throw new Error(`counters grow: ${[...counts.keys()].join(" ")}`);
    }
    expect(slowestMs).toBeLessThan(LONGEST_MUTANT_MS);
    expect(rows).toBeGreaterThan(MUTANTS / 10);
    expect(shown).toBeGreaterThan(rows);
    expect([...counts.keys()]).toEqual(
      expect.arrayContaining(["sample_length_lies", "record_length_lies", "count_lies", "trailing_bytes"]),
    );
  }, 120_000);
});
