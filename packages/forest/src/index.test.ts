import { expect, test } from "vitest";
import {
  calibrate,
  createExplainer,
  evaluatePredictions,
  fitCalibrator,
  fitConformal,
  fitNovelty,
  judgeNovelty,
  outOfBagPredictions,
  predictionSets,
  predictProbabilities,
  readModelFile,
  splitImportances,
  stratifiedSplit,
  takeRows,
  trainRandomForest,
  writeModelFile,
} from "./index.ts";
import { makeClasses } from "./testing/made-rows.ts";

test("rows become a file, and the file alone answers for new rows: how sure, which classes, why, and whether known", () => {
  const set = makeClasses({ rows: 900, columns: 10, classes: 4, seed: 6, spread: 0.6 });
  const { labels, classes } = set;
  const hostOf = Int32Array.from(labels, (_, row) => row >> 1);
  const { train, test: tested } = stratifiedSplit(
    { labels, classes, groups: hostOf },
    { testShare: 0.2, seed: 1 },
  );
  const learned = takeRows(set, train);
  const { model, outOfBag } = trainRandomForest(learned, { seed: 1 });
  const held = outOfBagPredictions(learned, outOfBag);
  const calibrator = fitCalibrator(held);
  const conformal = fitConformal({
    ...held,
    probabilities: calibrate(calibrator, held.probabilities, classes),
  });
  const novelty = fitNovelty(learned.matrix, {
    importances: splitImportances(model),
    labels: learned.labels,
  });
  const bytes = writeModelFile({
    model,
    featureVersion: "made.v1",
    featureNames: Array.from("abcdefghij"),
    classNames: Array.from("wxyz"),
    calibrator,
    conformal,
    novelty,
    facts: { rows: train.length },
  });

  const file = readModelFile(bytes);
  const unseen = takeRows(set, tested);
  const raw = predictProbabilities(file.model, unseen.matrix);
  const said = calibrate(file.calibrator, raw, classes);
  const figures = evaluatePredictions({ ...unseen, probabilities: said });
  expect(figures.accuracy).toBeGreaterThan(0.8);
  expect(figures.expectedCalibrationError).toBeLessThan(0.1);
  const sets = file.conformal && predictionSets(file.conformal, said);
  const covered = Array.from(unseen.labels).filter((label, row) => sets?.[row * classes + label] === 1);
  expect(covered.length / tested.length).toBeGreaterThan(0.82);
  const { base, contributions } = createExplainer(file.model).explain(unseen.matrix.values.subarray(0, 10));
  const summed = Array.from({ length: 10 }, (_, f) => contributions[f * classes]).reduce(
    (a, b) => a + b,
    base[0],
  );
  expect(summed).toBeCloseTo(raw[0], 9);
  const strange = { rows: 1, columns: 10, values: new Float64Array(10).fill(50) };
  expect([...(file.novelty ? judgeNovelty(file.novelty, strange).novel : [])]).toEqual([1]);
});
