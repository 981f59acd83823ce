import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSequenceTracker, observeEitherSequence, observeSequence } from "./sequence.ts";

/** Observes datagrams of [sequence, units] and returns what the tracker says in the end. */
function observe(datagrams: readonly (readonly [sequence: number, units: number])[]) {
  const tracker = createSequenceTracker();
  for (const [sequence, units] of datagrams) observeSequence(tracker, sequence >>> 0, units, false);
  return tracker;
}

describe("the sequence numbers of an exporter", () => {
  it("say nothing of what came before the first datagram", () => {
    expect(observe([[1_000_000, 30]])).toMatchObject({ lost: 0, gaps: 0 });
  });

  it("show a gap as records lost", () => {
    expect(
      observe([
        [0, 30],
        [30, 30],
        [120, 30],
        [150, 5],
      ]),
    ).toMatchObject({ lost: 60, gaps: 1, reorders: 0, resets: 0 });
  });

  it("wrap at 2^32 without a gap", () => {
    expect(
      observe([
        [2 ** 32 - 40, 30],
        [2 ** 32 - 10, 30],
        [20, 30],
      ]),
    ).toMatchObject({ lost: 0, gaps: 0, resets: 0 });
  });

  it("take a late datagram off what was lost", () => {
    expect(
      observe([
        [0, 30],
        [60, 30],
        [30, 30],
        [90, 30],
      ]),
    ).toMatchObject({ lost: 0, gaps: 1, reorders: 1, resets: 0 });
  });

  it("do not go below zero for a datagram that came twice", () => {
    expect(
      observe([
        [0, 30],
        [30, 30],
        [30, 30],
        [60, 30],
      ]),
    ).toMatchObject({ lost: 0, reorders: 1 });
  });

  it("begin anew where late ones follow each other for long, though not for a while of reordering", () => {
    const before = Array.from({ length: 50 }, (_, i) => [1_000 + i, 1] as const);
    const run = (length: number) => Array.from({ length }, (_, i) => [1 + i, 1] as const);
    expect(observe([...before, ...run(15)])).toMatchObject({ resets: 0, reorders: 15, expected: 1_050 });
    expect(observe([...before, ...run(30)])).toMatchObject({
      resets: 1,
      reorders: 15,
      expected: 31,
      lost: 0,
    });
    const interrupted = [...run(10), [1_050, 1] as const, ...run(10)];
    expect(observe([...before, ...interrupted])).toMatchObject({ resets: 0, reorders: 20, expected: 1_051 });
  });

  it("begin anew, without a loss, where they jump far", () => {
    expect(
      observe([
        [5_000_000, 30],
        [0, 30],
        [30, 30],
      ]),
    ).toMatchObject({ lost: 0, resets: 1 });
    expect(
      observe([
        [0, 30],
        [100_000_000, 30],
        [100_000_030, 30],
      ]),
    ).toMatchObject({ lost: 0, resets: 1 });
  });

  it("begin anew where the exporter did, however small the jump", () => {
    const tracker = createSequenceTracker();
    observeSequence(tracker, 500, 30, false);
    observeSequence(tracker, 0, 30, true);
    observeSequence(tracker, 30, 30, false);
    expect(tracker).toMatchObject({ lost: 0, resets: 1, reorders: 0 });
  });

  it("lose nothing for an exporter that never counts", () => {
    expect(
      observe([
        [0, 30],
        [0, 30],
        [0, 30],
        [0, 30],
      ]).lost,
    ).toBe(0);
  });

  it("find exactly what was dropped when the rest comes in order", () => {
    const datagrams = fc.array(
      fc.record({ units: fc.integer({ min: 1, max: 30 }), isDropped: fc.boolean() }),
      {
        minLength: 2,
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(datagrams, fc.nat({ max: 0xffffffff }), (sent, first) => {
        const tracker = createSequenceTracker();
        let sequence = first;
        let droppedBetween = 0;
        let pending = 0;
        let begun = false;
        for (const { units, isDropped } of sent) {
          if (isDropped) pending += begun ? units : 0;
          else {
            observeSequence(tracker, sequence, units, false);
            begun = true;
            droppedBetween += pending;
            pending = 0;
          }
          sequence = (sequence + units) >>> 0;
        }
        expect(tracker.lost).toBe(droppedBetween);
      }),
    );
  });
});

describe("the sequence numbers of v9, which some exporters count in records", () => {
  /** Observes datagrams of [records] whose numbers count datagrams or records; every tenth is lost. */
  const run = (counts: "datagrams" | "records", datagrams: readonly number[]) => {
    const tracker = createSequenceTracker();
    let sequence = 0;
    for (const [i, records] of datagrams.entries()) {
      if (i % 10 !== 9) observeEitherSequence(tracker, sequence, { own: 1, other: records }, false);
      sequence += counts === "records" ? records : 1;
    }
    return tracker;
  };
  const DATAGRAMS = Array.from({ length: 100 }, (_, i) => 1 + ((i * 7) % 5));

  it("tell the loss in datagrams where they count datagrams", () => {
    expect(run("datagrams", DATAGRAMS)).toMatchObject({ lost: 9, gaps: 9, countsOther: false });
  });

  it("tell the loss in records once it shows that they count records", () => {
    const lost = DATAGRAMS.filter((_, i) => i % 10 === 9 && i < 99).reduce((sum, each) => sum + each, 0);
    expect(run("records", DATAGRAMS)).toMatchObject({ lost, gaps: 9, countsOther: true });
  });

  it("say nothing of it where every datagram has one record", () => {
    const ones = Array.from({ length: 50 }, () => 1);
    expect(run("records", ones)).toMatchObject({ lost: 4, countsOther: false });
  });
});
