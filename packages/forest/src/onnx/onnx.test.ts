import fc from "fast-check";
import type * as Onnx from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { likeliestClasses } from "../evaluation/predictions.ts";
import { trainGradientBoosting } from "../gradient-boosting/train.ts";
import type { ForestModel } from "../model.ts";
import { predictProbabilities } from "../predicting/predict.ts";
import { trainRandomForest } from "../random-forest/train.ts";
import { makeClasses } from "../testing/made-rows.ts";
import type { Matrix } from "../training-set.ts";
import { exportOnnx } from "./export-onnx.ts";
import { floatAtMost } from "./float-at-most.ts";
import { protobufMessage } from "./protobuf-writer.ts";

type Runtime = Pick<typeof Onnx, "InferenceSession" | "Tensor">;

/** Its native part is not for every platform, and a package manager may leave it out. */
async function loadRuntime(): Promise<Runtime | string> {
  try {
    return await import("onnxruntime-node");
  } catch (error) {
    return `onnxruntime-node cannot be loaded here: ${String(error).split("\n")[0]}`;
  }
}

const runtime = await loadRuntime();

const ROWS = 10_000;
const set = makeClasses({ rows: 1_440, columns: 24, classes: 9, seed: 1, spread: 1.1, missing: 0.05 });
const two = makeClasses({ rows: 300, columns: 5, classes: 2, seed: 2 });
// One class nearly alone: the scores of the other fall in every leaf.
const rising = { ...two, labels: Uint16Array.from({ length: 300 }, (_, row) => (row < 299 ? 1 : 0)) };
const never = { ...two, classes: 4 };
const models: [string, ForestModel][] = [
  ["a random forest of 9 classes", trainRandomForest(set, { trees: 100 }).model],
  ["gradient boosting of 9 classes", trainGradientBoosting(set, { rounds: 60 }).model],
  ["a random forest of 2 classes", trainRandomForest(two, { trees: 20 }).model],
  ["gradient boosting of 2 classes", trainGradientBoosting(two, { rounds: 20 }).model],
  ["boosting of 2 classes that only rises", trainGradientBoosting(rising, { rounds: 2 }).model],
  ["a random forest with classes that have no row", trainRandomForest(never, { trees: 20 }).model],
  [
    "a forest of leaves alone",
    trainRandomForest({ ...two, labels: new Uint16Array(300) }, { trees: 3 }).model,
  ],
];

/** Numbers of 32 bits: made ones, the thresholds themselves, their neighbours, infinite and missing ones. */
function hardRows({ features, bins }: ForestModel): Matrix {
  const { values } = makeClasses({
    rows: ROWS,
    columns: features,
    classes: 2,
    seed: 9,
    spread: 1.5,
    missing: 0.1,
  }).matrix;
  for (let at = 0; at < values.length; at++) {
    const feature = at % features;
    const cuts = bins.cuts.subarray(bins.cutStart[feature], bins.cutStart[feature + 1]);
    const cut = cuts[at % Math.max(1, cuts.length)] ?? 0;
    if (at % 5 === 0) values[at] = cut;
    if (at % 35 === 1) values[at] = cut * (1 + 2 ** -24);
    if (at % 97 === 2) values[at] = at % 2 === 0 ? Infinity : -Infinity;
    values[at] = Math.fround(values[at]);
  }
  return { rows: ROWS, columns: features, values };
}

describe("an exported model", () => {
  test.skipIf(typeof runtime === "string").each(models)(
    `of %s says in the ONNX runtime what it says here${typeof runtime === "string" ? ` (skipped: ${runtime})` : ""}`,
    async (_, model) => {
      const { InferenceSession, Tensor } = runtime as Runtime;
      const classNames = Array.from({ length: model.classes }, (_c, c) => `type ${c}`);
      const featureNames = Array.from({ length: model.features }, (_f, f) => `f${f}`);
      const session = await InferenceSession.create(exportOnnx(model, { featureNames, classNames }), {
        intraOpNumThreads: 1,
      });
      const rows = hardRows(model);
      const input = new Tensor("float32", Float32Array.from(rows.values), [ROWS, model.features]);
      const said = await session.run({ features: input });
      await session.release();
      const probabilities = said["probabilities"].data as Float32Array;
      const expected = predictProbabilities(model, rows);
      expect(probabilities.length).toBe(expected.length);
      let farthest = 0;
      for (const [at, p] of expected.entries())
        farthest = Math.max(farthest, Math.abs(p - probabilities[at]));
      expect(farthest).toBeLessThan(1e-5);
      const labels = said["label"].data as string[];
      const wrong = likeliestClasses(expected, model.classes).filter((c, row) => {
        const surest = expected[row * model.classes + c];
        const taken = expected[row * model.classes + classNames.indexOf(labels[row])];
        return surest - taken > 1e-5;
      });
      expect(wrong).toHaveLength(0);
    },
  );

  test("needs names for all features and classes, and two classes", () => {
    const [, model] = models[2];
    const featureNames = ["a", "b", "c", "d", "e"];
    expect(() => exportOnnx(model, { featureNames: [], classNames: ["x", "y"] })).toThrow(
      /0 names of 5 features/,
    );
    expect(() => exportOnnx(model, { featureNames, classNames: ["x"] })).toThrow(/1 names of 2 classes/);
    const single = trainRandomForest(
      { ...two, labels: new Uint16Array(300), classes: 1 },
      { trees: 1 },
    ).model;
    expect(() => exportOnnx(single, { featureNames, classNames: ["x"] })).toThrow(/single class/);
  });
});

describe("the largest 32-bit number not above another", () => {
  test("is met by 32-bit numbers as the other is", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.float({ noNaN: true }), (cut, value) => {
        const at = floatAtMost(cut);
        expect(Math.fround(at)).toBe(at);
        expect(value <= at).toBe(value <= cut);
        expect(Math.fround(cut) <= at).toBe(Math.fround(cut) <= cut);
      }),
    );
  });

  test.each([
    [0, 0],
    [1e39, 3.4028234663852886e38],
    [-1e39, -Infinity],
    [-1e-50, -1.401298464324817e-45],
    [1e-50, 0],
    [0.1, 0.09999999403953552],
    [Infinity, Infinity],
  ])("of %d is %d", (value, expected) => {
    expect(floatAtMost(value)).toBe(expected);
  });
});

test("a protobuf message has the bytes of the specification's examples", () => {
  expect([...protobufMessage((message) => message.int(1, 150))]).toEqual([0x08, 0x96, 0x01]);
  expect([...protobufMessage((message) => message.text(2, "testing"))]).toEqual([
    0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67,
  ]);
  expect([...protobufMessage((message) => message.message(3, (inner) => inner.int(1, 150)))]).toEqual([
    0x1a, 0x03, 0x08, 0x96, 0x01,
  ]);
  expect([...protobufMessage((message) => message.ints(6, [3, 270, 86942]))]).toEqual([
    0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05,
  ]);
});
