import { describe, expect, it } from "vitest";
import { createRandom } from "./random.ts";

const DRAWS = 20_000;

describe("the random numbers", () => {
  it("are the same for the same seed and place, others elsewhere", () => {
    const draw = (seed: number, a: number, b: number) => {
      const random = createRandom(seed);
      random.seek(a, b);
      return Array.from({ length: 5 }, () => random.next());
    };
    expect(draw(1, 2, 3)).toEqual(draw(1, 2, 3));
    const others = [draw(1, 2, 4), draw(1, 3, 3), draw(2, 2, 3), draw(1, 3, 2)].map(([first]) => first);
    expect(new Set([...others, draw(1, 2, 3)[0]]).size).toBe(5);
  });

  it("start evenly spread at neighbouring places, since every minute of a host is one", () => {
    const random = createRandom(9);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let place = 0; place < DRAWS; place++) {
      random.seek(place, 7);
      tenths[Math.floor(random.next() * 10)]++;
    }
    for (const count of tenths) expect(Math.abs(count - DRAWS / 10)).toBeLessThan(5 * Math.sqrt(DRAWS / 10));
  });

  it.each([0.02, 0.7, 12, 200])("count events as expected where %d are", (mean) => {
    const random = createRandom(4);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < DRAWS; i++) {
      const events = random.poisson(mean);
      sum += events;
      squares += events * events;
    }
    const average = sum / DRAWS;
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(mean / DRAWS));
    // A Poisson's variance is its mean.
    expect(Math.abs(squares / DRAWS - average * average - mean) / mean).toBeLessThan(0.2);
  });

  it("lie half below a median and never far beyond it", () => {
    const random = createRandom(5);
    const values = Array.from({ length: DRAWS }, () => random.around(100, 1.5));
    expect(values.filter((value) => value < 100).length / DRAWS).toBeCloseTo(0.5, 1);
    expect(Math.max(...values)).toBeLessThanOrEqual(5_000);
  });
});
