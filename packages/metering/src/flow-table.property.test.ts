import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FlowTable, NONE, WAITING, type Waiting } from "./flow-table.ts";
import { hashKey, KEY_WORDS } from "./packet-facts.ts";

const MAX_SLOTS = 40;

function keyOf(id: number): Uint32Array {
  return new Uint32Array(KEY_WORDS).map((_, word) => (word === id % KEY_WORDS ? id : 0));
}

type Step =
  | { readonly do: "touch"; readonly id: number; readonly waiting: Waiting }
  | { readonly do: "remove"; readonly id: number };

const id = fc.nat({ max: 60 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("touch" as const),
        id,
        waiting: fc.constantFrom(WAITING.open, WAITING.ending),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("remove" as const), id }) },
  ),
  { maxLength: 200 },
);

/** Ids of a list from least to most recently touched, by taking its head again and again. */
function drain(table: FlowTable, waiting: Waiting): number[] {
  const ids: number[] = [];
  for (let head = table.head(waiting); head !== NONE; head = table.head(waiting)) {
    ids.push(table.packets(head));
    table.remove(head);
  }
  return ids;
}

describe("a flow table", () => {
  // A poor hash makes runs of buckets that wrap around the end, where deletion by backward shift goes wrong first.
  test.each([
    ["its own hash", hashKey],
    ["a hash of few values", (key: Uint32Array) => hashKey(key) | 0xfffffff8],
  ])("behaves as a map with two lists in order of touch, under %s", (_, hash) => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const table = new FlowTable(MAX_SLOTS);
        const model: [Map<number, number>, Map<number, number>] = [new Map(), new Map()];
        for (const [time, step] of sequence.entries()) {
          const key = keyOf(step.id);
          const slot = table.find(key, hash(key));
          const known = model.some((list) => list.has(step.id));
          expect(slot !== NONE).toBe(known);
          if (step.do === "remove") {
            if (known) table.remove(slot);
            for (const list of model) list.delete(step.id);
          } else if (known) {
            table.touch(slot, step.waiting, time);
            for (const list of model) list.delete(step.id);
            model[step.waiting].set(step.id, time);
            expect(table.waiting(slot)).toBe(step.waiting);
            expect(table.touchedMs(slot)).toBe(time);
          } else if (table.size < MAX_SLOTS) {
            const added = table.add(key, hash(key));
            table.begin(added, time, 0, 0);
            for (let i = 0; i < step.id; i++) table.addPacket(added, time, 1, 0);
            table.enlist(added, step.waiting, time);
            model[step.waiting].set(step.id, time);
          }
          expect(table.size).toBe(model[0].size + model[1].size);
        }
        for (const waiting of [WAITING.open, WAITING.ending]) {
          expect(drain(table, waiting)).toEqual([...model[waiting].keys()]);
        }
        expect(table.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test("keeps every record and the order of its list when it grows", () => {
    const table = new FlowTable(10_000);
    for (let i = 1; i <= 5000; i++) {
      const key = keyOf(i);
      const slot = table.add(key, hashKey(key));
      table.begin(slot, i, i & 0xff, i & 0xfff);
      table.addPacket(slot, i, i, 0);
      table.enlist(slot, WAITING.open, i);
    }
    for (let i = 1; i <= 5000; i++) {
      const key = keyOf(i);
      const slot = table.find(key, hashKey(key));
      expect(table.ipBytes(slot)).toBe(i);
      expect(table.keyWord(slot, i % KEY_WORDS)).toBe(i);
      expect(table.vlan(slot)).toBe(i & 0xfff);
      expect(slot === table.head(WAITING.open)).toBe(true);
      table.remove(slot);
    }
  });
});
