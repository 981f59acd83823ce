/** What a page view and a model file of a small customer cost: a model of 1,440 rows, explained and written. */
import {
  createExplainer,
  fitCalibrator,
  fitConformal,
  calibrate,
  fitNovelty,
  outOfBagPredictions,
  trainGradientBoosting,
  trainRandomForest,
  writeModelFile,
  type ForestModel,
} from "@flowlens/forest";
import { CLASSES, FEATURES, makeClasses } from "./made-classes.ts";

const ROWS = 1_440;
const EXPLAINED = 100;
const ROUNDS = 100;

export interface PageView {
  readonly rows: number;
  readonly nodes: number;
  /** CPU ms of one prediction's contributions to all classes: the median of a hundred rows. */
  readonly explain_all_classes_cpu_ms: number;
  readonly explain_one_class_cpu_ms: number;
  readonly boosting_explain_all_classes_cpu_ms: number;
  /** With calibration, conformal sets and novelty. */
  readonly model_file_bytes: number;
}

export function measurePageView(trees: number): PageView {
  const { values, labels } = makeClasses(ROWS, 1, 0);
  const matrix = { rows: ROWS, columns: FEATURES, values };
  const set = { matrix, labels, classes: CLASSES };
  const { model, outOfBag } = trainRandomForest(set, { trees, seed: 1 });
  const boosted = trainGradientBoosting(set, { rounds: ROUNDS, seed: 1 });
  const predictions = outOfBagPredictions(set, outOfBag);
  const calibrator = fitCalibrator(predictions);
  const calibrated = {
    ...predictions,
    probabilities: calibrate(calibrator, predictions.probabilities, CLASSES),
  };
  const file = writeModelFile({
    model,
    featureVersion: "bench",
    featureNames: Array.from({ length: FEATURES }, (_, i) => `feature ${i}`),
    classNames: Array.from({ length: CLASSES }, (_, i) => `class ${i}`),
    calibrator,
    conformal: fitConformal(calibrated, { coverage: 0.9 }),
    novelty: fitNovelty(matrix, { labels, seed: 1 }),
    facts: {},
  });
  return {
    rows: ROWS,
    nodes: model.cover.length,
    explain_all_classes_cpu_ms: explainMs(model, values),
    explain_one_class_cpu_ms: explainMs(model, values, 0),
    boosting_explain_all_classes_cpu_ms: explainMs(boosted.model, values),
    model_file_bytes: file.length,
  };
}

function explainMs(model: ForestModel, values: Float64Array, only?: number): number {
  const explainer = createExplainer(model);
  const times = Array.from({ length: EXPLAINED }, (_, row) => {
    const own = values.subarray(row * FEATURES, (row + 1) * FEATURES);
    const begun = process.cpuUsage();
    explainer.explain(own, only === undefined ? {} : { class: only });
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  });
  return Number(times.toSorted((a, b) => a - b)[EXPLAINED / 2].toFixed(1));
}
