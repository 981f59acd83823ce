// One training by packages/forest in a process of its own, so that its memory is its own:
// train-ours.ts DIRECTORY LEARNER SEED TREES WORKERS, where 0 workers is the caller's thread. Prints one JSON object.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  predictProbabilities,
  trainGradientBoosting,
  trainRandomForest,
  type ForestModel,
  type TrainingSet,
} from "@flowlens/forest";
import {
  predictProbabilitiesInWorkers,
  trainGradientBoostingInWorkers,
  trainRandomForestInWorkers,
} from "@flowlens/forest/workers";
import { CLASSES, FEATURES, makeClasses } from "./made-classes.ts";

const [directory, learner, ...numbers] = process.argv.slice(2);
const [seed, trees, workers] = numbers.map(Number);
const PREDICTED_ROWS = 1_000_000;

function read(part: string): TrainingSet {
  const bytes = (what: string): ArrayBuffer =>
    new Uint8Array(readFileSync(join(directory, `${part}.${what}`))).buffer;
  const labels = new Uint16Array(bytes("labels"));
  const matrix = { rows: labels.length, columns: FEATURES, values: new Float64Array(bytes("values")) };
  return { matrix, labels, classes: CLASSES };
}

function accuracyOf(model: ForestModel, { matrix, labels }: TrainingSet): number {
  const probabilities = predictProbabilities(model, matrix);
  let right = 0;
  for (const [row, label] of labels.entries()) {
    const own = probabilities.subarray(row * CLASSES, (row + 1) * CLASSES);
    if (own.indexOf(Math.max(...own)) === label) right++;
  }
  return right / labels.length;
}

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** CPU time of the caller's thread and of the others divided by their number: what cannot be hurried by waiting. */
  readonly pathSeconds: number;
}

async function measure<Result>(what: () => Result | Promise<Result>): Promise<[Result, Measured]> {
  const all = process.cpuUsage();
  const own = process.threadCpuUsage();
  const start = performance.now();
  const result = await what();
  const seconds = (performance.now() - start) / 1e3;
  const sum = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6;
  const cpuSeconds = sum(process.cpuUsage(all));
  const ownSeconds = sum(process.threadCpuUsage(own));
  return [
    result,
    { seconds, cpuSeconds, pathSeconds: ownSeconds + (cpuSeconds - ownSeconds) / Math.max(1, workers) },
  ];
}

function train(set: TrainingSet): Promise<{ model: ForestModel }> | { model: ForestModel } {
  if (learner === "random_forest") {
    const options = { seed, trees };
    return workers === 0
      ? trainRandomForest(set, options)
      : trainRandomForestInWorkers(set, options, { workers });
  }
  const options = { seed, rounds: trees };
  return workers === 0
    ? trainGradientBoosting(set, options)
    : trainGradientBoostingInWorkers(set, options, { workers });
}

const set = read("train");
const [{ model }, trained] = await measure(() => train(set));
const memory = process.resourceUsage().maxRSS / 1024;
const result: Record<string, unknown> = {
  train_s: trained.seconds,
  train_cpu_s: trained.cpuSeconds,
  train_path_s: trained.pathSeconds,
  rss_mb: Math.round(memory),
  accuracy: accuracyOf(model, read("test")),
};
if (numbers[3] === "predict") {
  const { values } = makeClasses(PREDICTED_ROWS, seed, 2);
  const matrix = { rows: PREDICTED_ROWS, columns: FEATURES, values };
  const [, predicted] = await measure(() =>
    workers === 0
      ? predictProbabilities(model, matrix)
      : predictProbabilitiesInWorkers(model, matrix, { workers }),
  );
  result["predict_s"] = predicted.seconds;
  result["predict_cpu_s"] = predicted.cpuSeconds;
  result["predict_path_s"] = predicted.pathSeconds;
}
process.stdout.write(`${JSON.stringify(result)}\n`);
