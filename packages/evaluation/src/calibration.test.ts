import { describe, expect, test } from "vitest";
import { calibrationBand90, calibrationBins, expectedCalibrationError } from "./calibration.ts";

const judged = (confidence: number, right: number, wrong: number) => [
  ...Array.from({ length: right }, () => ({ confidence, right: true })),
  ...Array.from({ length: wrong }, () => ({ confidence, right: false })),
];

describe("the calibration error", () => {
  test("is the weighted mean of the bins' distances, as by hand", () => {
    // Bin 0.5–0.6: 4 at 0.55, half right, off by 0.05. Bin 0.9–1: 6 at 0.95, all right, off by 0.05.
    expect(expectedCalibrationError([...judged(0.55, 2, 2), ...judged(0.95, 6, 0)])).toBeCloseTo(0.05, 12);
    // 10 at 0.9, 6 right: off by 0.3; 10 at 0.6, 6 right: off by 0.
    expect(expectedCalibrationError([...judged(0.9, 6, 4), ...judged(0.6, 6, 4)])).toBeCloseTo(0.15, 12);
  });

  test("does not let errors of two bins cancel each other", () => {
    expect(expectedCalibrationError([...judged(0.5, 10, 0), ...judged(1, 0, 10)])).toBeCloseTo(0.75, 12);
  });

  test("is null where nothing was decided", () => {
    expect(expectedCalibrationError([])).toBeNull();
    expect(calibrationBand90([], 1)).toBeNull();
  });

  test("puts a confidence of 1 into the last bin and one on a border into the upper", () => {
    const bins = calibrationBins([...judged(1, 1, 0), ...judged(0.5, 0, 1)]);
    expect(bins.map((bin) => bin.decided)).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(bins[5]).toEqual({ from: 0.5, to: 0.6, decided: 1, mean_confidence: 0.5, right: 0 });
    expect(bins[0]).toEqual({ from: 0, to: 0.1, decided: 0, mean_confidence: null, right: null });
  });
});

describe("the calibration band", () => {
  const mixed = [...judged(0.55, 12, 9), ...judged(0.85, 30, 3)];

  test("is the same for the same seed and moves with another", () => {
    expect(calibrationBand90(mixed, 7)).toEqual(calibrationBand90(mixed, 7));
    expect(calibrationBand90(mixed, 7)).not.toEqual(calibrationBand90(mixed, 8));
  });

  test("has no width where every sample is the same", () => {
    const [low, high] = calibrationBand90(judged(0.8, 5, 0), 1) ?? [Number.NaN, Number.NaN];
    expect(low).toBeCloseTo(0.2, 12);
    expect(high).toBeCloseTo(0.2, 12);
  });

  test("of a coin said to be 0.5 sure spans what the binomial says", () => {
    // 100 tosses, |share − 0.5| has a standard deviation of 0.05: 95 % of samples lie below about 0.098.
    const [low, high] = calibrationBand90(judged(0.5, 50, 50), 3) ?? [Number.NaN, Number.NaN];
    expect(low).toBeLessThan(0.011);
    expect(high).toBeGreaterThan(0.08);
    expect(high).toBeLessThan(0.12);
  });
});
