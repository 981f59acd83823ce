import { createFlowBatch, startFlow, writeIpv4, type FlowBatch } from "@flowlens/flow";
import { describe, expect, it } from "vitest";
import { createExportDecoder } from "../export/index.ts";
import { encodeIpfix } from "../ipfix/index.ts";
import { encodeNetflow9 } from "../netflow9/index.ts";
import { collectFlows } from "../testing/collected-flows.ts";
import { exportDatagramsOf, templateVectorSets } from "../testing/export-vectors.ts";

/** Mutants a run: FLOWLENS_LONG=1 makes the long run, FLOWLENS_SEED repeats one. */
const MUTANTS = process.env.FLOWLENS_LONG === "1" ? 100_000 : 5_000;
const SEED = Number(process.env.FLOWLENS_SEED ?? Date.now() % 2 ** 31);
const STEPS_PER_BYTE = 4;
const LONGEST_MUTANT_MS = 2_000;
/** Datagrams of a set that are fed before and after the mutant: templates are at the beginning. */
const WINDOW = 4;

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
  const batch = createFlowBatch(40);
  for (let i = 0; i < batch.capacity; i++) {
    const row = startFlow(batch);
    writeIpv4(batch.srcAddr, row * 16, 0x0a000001 + i);
    writeIpv4(batch.dstAddr, row * 16, 0x0a000101);
    batch.ipProtocol[row] = 6;
    batch.bytes[row] = 100 + i;
    batch.packets[row] = 1;
    batch.timeStart[row] = 1_700_000_000_000;
    batch.timeEnd[row] = 1_700_000_000_500;
    batch.length++;
  }
  return batch;
}

const sent = { unixMs: 1_700_000_000_000, withTemplates: true, samplingRate: 100 };
const SETS: readonly (readonly Uint8Array[])[] = [
  encodeNetflow9(madeBatch(), { ...sent, sysUptimeMs: 5_000_000, sourceId: 1 }).datagrams,
  encodeIpfix(madeBatch(), { ...sent, observationDomain: 1 }).datagrams,
  ...templateVectorSets().map((set) => exportDatagramsOf(set).map(({ bytes }) => bytes)),
];

/** 16-bit values that have hurt decoders elsewhere: lengths, counts, ids. */
const NASTY = [0, 1, 2, 3, 4, 5, 8, 16, 255, 256, 257, 0x7fff, 0x8000, 0xfffe, 0xffff];

function mutate(original: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = original.slice();
  for (let change = random(4); change >= 0 && bytes.length > 0; change--) {
    switch (random(5)) {
      case 0:
        bytes[random(bytes.length)] ^= 1 << random(8);
        break;
      case 1:
        bytes = bytes.slice(0, 1 + random(bytes.length));
        break;
      case 2: {
        const at = 2 * random(Math.max(1, bytes.length >> 1));
        const value = NASTY[random(NASTY.length)];
        bytes[at] = value >>> 8;
        if (at + 1 < bytes.length) bytes[at + 1] = value;
        break;
      }
      case 3: {
        // A piece of another datagram, put over or into this one.
        const other = SETS[random(SETS.length)];
        const from = other[random(other.length)];
        const piece = from.subarray(random(from.length), from.length).subarray(0, random(200));
        const at = random(bytes.length);
        const rest = random(2) === 0 ? bytes.subarray(at) : bytes.subarray(at + piece.length);
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...piece, ...rest]);
        break;
      }
      default: {
        // The header stays, what follows is gone or doubled.
        const at = random(bytes.length);
        const length = random(64);
        bytes =
          random(2) === 0
            ? Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)])
            : Uint8Array.from([...bytes.subarray(0, at + length), ...bytes.subarray(at)]);
      }
    }
  }
  return bytes.subarray(0, 65_507);
}

describe("mutants of NetFlow v9 and IPFIX datagrams", () => {
  it(`never throw, take at most ${STEPS_PER_BYTE} steps a byte and are accounted for: ${MUTANTS} of seed ${SEED}`, () => {
    const random = createRandom(SEED);
    let slowestMs = 0;
    for (let mutant = 0; mutant < MUTANTS; mutant++) {
      const set = SETS[random(SETS.length)];
      const at = random(Math.min(set.length, 12));
      const decoder = createExportDecoder({ optionsRecords: true });
      const collected = collectFlows(64);
      const forPeople = random(4) === 0;
      let bytesFed = 0;
      let objects = 0;
      const begin = performance.now();
      for (const [i, original] of set.slice(0, at + WINDOW).entries()) {
        if (i >= WINDOW && i < at) continue;
        const bytes = i === at ? mutate(original, random) : original;
        const source = {
          exporter: new Uint8Array(16).fill(1),
          port: random(2),
          receivedAtMs: 1_000 * mutant,
        };
        bytesFed += bytes.length;
        if (forPeople) decoder.datagramToJson(bytes, 0, bytes.length, source, () => objects++);
        else decoder.datagram(bytes, 0, bytes.length, source, collected.sink);
      }
      slowestMs = Math.max(slowestMs, performance.now() - begin);
      const { counters } = decoder;
      const told = { seed: SEED, mutant };
      expect({ ...told, steps: counters.decoder_steps <= STEPS_PER_BYTE * bytesFed }).toEqual({
        ...told,
        steps: true,
      });
      const { events_not_flows, records_not_flows, biflow_reverse_rows = 0 } = counters;
      const made = forPeople
        ? { objects, of: counters.records + counters.options_records }
        : {
            objects: collected.flows().length,
            of: counters.records - events_not_flows - records_not_flows + biflow_reverse_rows,
          };
      // A mutant may be of another protocol: v5 and sFlow count their rows in `records` alone.
      if (decoder.exporters()[0].protocols.every((each) => each === "netflow9" || each === "ipfix")) {
        expect({ ...told, objects: made.objects }).toEqual({ ...told, objects: made.of });
      }
    }
    expect(slowestMs).toBeLessThan(LONGEST_MUTANT_MS);
  }, 900_000);
});
