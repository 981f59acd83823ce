import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitCalibrator } from "../calibration/fit-calibrator.ts";
import { fitConformal } from "../conformal/prediction-sets.ts";
import { outOfBagPredictions } from "../evaluation/predictions.ts";
import { createExplainer } from "../explaining/explainer.ts";
import { trainGradientBoosting } from "../gradient-boosting/train.ts";
import { splitImportances } from "../importance/split-importances.ts";
import { fitNovelty } from "../novelty/fit-novelty.ts";
import { judgeNovelty } from "../novelty/novelty-rule.ts";
import { predictProbabilities } from "../predicting/predict.ts";
import { trainRandomForest } from "../random-forest/train.ts";
import { takeMatrixRows } from "../splitting/take-rows.ts";
import { makeClasses } from "../testing/made-rows.ts";
import { ForestFileError } from "./file-error.ts";
import { HASH_BYTES, HEADER_BYTES } from "./layout.ts";
import type { ModelFile } from "./model-file.ts";
import { readModelFile } from "./read-model-file.ts";
import { writeModelFile } from "./write-model-file.ts";

const set = makeClasses({ rows: 60, columns: 3, classes: 3, seed: 1, missing: 0.1 });
const names = {
  featureVersion: "made.v1",
  featureNames: ["a", "b", "ü"],
  classNames: ["one", "two", "three"],
};

function smallForest(method: "temperature" | "isotonic"): ModelFile {
  const { model, outOfBag } = trainRandomForest(set, { trees: 3, maxDepth: 3 });
  const held = outOfBagPredictions(set, outOfBag);
  return {
    ...names,
    model,
    calibrator: fitCalibrator(held, { method }),
    conformal: fitConformal(held, { coverage: 0.8, method: "aps" }),
    novelty: fitNovelty(set.matrix, { prototypes: 8, importances: splitImportances(model) }),
    facts: { seed: 0, options: { trees: 3 }, notes: ["made", null, true] },
  };
}

function smallBoosting(): ModelFile {
  const weights = Float64Array.from({ length: 60 }, (_, row) => 0.1 + (row % 7) / 3);
  const { model } = trainGradientBoosting({ ...set, weights }, { rounds: 2, maxDepth: 3 });
  return { ...names, model, calibrator: { kind: "identity" }, facts: null };
}

const files: [string, ModelFile][] = [
  ["a forest with temperature", smallForest("temperature")],
  ["a forest with isotonic", smallForest("isotonic")],
  ["boosting with weights and nothing beside", smallBoosting()],
];

/** The same bytes with a SHA-256 that fits, as a forger would make it. */
function resealed(bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  const end = out.length - HASH_BYTES;
  out.set(createHash("sha256").update(out.subarray(0, end)).digest(), end);
  return out;
}

function faultOf(bytes: Uint8Array): string | undefined {
  try {
    readModelFile(bytes);
    return undefined;
  } catch (error) {
    // Any other error is a crash and fails the test.
    if (error instanceof ForestFileError && error.code === "FOREST_FILE_INVALID") return error.fault;
    throw error;
  }
}

describe.each(files)("the file of %s", (_, file) => {
  const bytes = writeModelFile(file);

  test("comes back as it was, and predicts the same bits", () => {
    const read = readModelFile(bytes);
    expect(read).toEqual(file);
    expect(predictProbabilities(read.model, set.matrix)).toEqual(
      predictProbabilities(file.model, set.matrix),
    );
    if (file.novelty && read.novelty) {
      expect(judgeNovelty(read.novelty, set.matrix)).toEqual(judgeNovelty(file.novelty, set.matrix));
    }
    expect(writeModelFile(read)).toEqual(bytes);
  });

  test("is read from the middle of a larger buffer too", () => {
    const larger = new Uint8Array(bytes.length + 7);
    larger.set(bytes, 5);
    expect(readModelFile(larger.subarray(5, 5 + bytes.length))).toEqual(file);
  });

  test("cut anywhere is called truncated", () => {
    for (let length = 0; length < bytes.length; length++)
      expect(faultOf(bytes.subarray(0, length))).toBe("truncated");
  });

  test("with a bit turned in any byte, and any bit of the header, is refused", () => {
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of at < HEADER_BYTES ? [0, 1, 2, 3, 4, 5, 6, 7] : [(at * 5) % 8]) {
        const turned = bytes.slice();
        turned[at] ^= 1 << bit;
        expect(faultOf(turned)).toBeDefined();
      }
    }
  });

  test("with any byte changed and the SHA-256 made anew is refused or safe to use", () => {
    const few = takeMatrixRows(set.matrix, [0, 1, 2, 3]);
    for (let at = 0; at < bytes.length - HASH_BYTES; at++) {
      for (const to of [at % 2 === 0 ? 0xff : 0x7f, bytes[at] ^ 1]) {
        const changed = bytes.slice();
        changed[at] = to;
        const forged = resealed(changed);
        if (faultOf(forged) !== undefined) continue;
        const { model, novelty } = readModelFile(forged);
        const said = predictProbabilities(model, few);
        const { contributions } = createExplainer(model).explain(few.values.subarray(0, 3));
        const strange = novelty ? judgeNovelty(novelty, few).distances : new Float64Array(0);
        const isSafe =
          said.every((p) => p >= 0 && p <= 1 + 1e-6) &&
          contributions.every(Number.isFinite) &&
          strange.every((distance) => distance >= 0);
        expect(isSafe, `byte ${at} made ${to}`).toBe(true);
      }
    }
  });

  test("with several bytes changed at once and the SHA-256 made anew never crashes", () => {
    const change = fc.record({ at: fc.nat(bytes.length - HASH_BYTES - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 2, maxLength: 6 }), (changes) => {
        const changed = bytes.slice();
        for (const { at, to } of changes) changed[at] = to;
        faultOf(resealed(changed));
      }),
      { numRuns: 500 },
    );
  });
});

describe("a file that is no model file of this version", () => {
  const bytes = writeModelFile(files[0][1]);

  test.each([
    ["text", new TextEncoder().encode("{}")],
    ["PNG", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
    ["zeros", new Uint8Array(1000)],
  ])("is called foreign: %s", (_, foreign) => {
    expect(faultOf(foreign)).toBe("foreign");
  });

  test("is called newer when its format is", () => {
    const newer = bytes.slice();
    newer[8] = 2;
    expect(faultOf(newer)).toBe("newer");
    expect(faultOf(resealed(newer))).toBe("newer");
  });

  test("is called altered when bytes follow", () => {
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(faultOf(longer)).toBe("altered");
  });

  test("says what is wrong in a sentence", () => {
    expect(() => readModelFile(bytes.subarray(0, 100))).toThrow(
      `The model file is cut off: it has 100 bytes, it should have ${bytes.length}.`,
    );
  });

  test("any bytes behind a good header are refused without a crash", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        const forged = new Uint8Array(HEADER_BYTES + body.length + HASH_BYTES);
        forged.set(bytes.subarray(0, HEADER_BYTES));
        forged.set(body, HEADER_BYTES);
        new DataView(forged.buffer).setUint32(10, forged.length, true);
        expect(faultOf(resealed(forged))).toBe("malformed");
      }),
    );
  });
});

describe("counts that lie", () => {
  /** Puts a huge varint where the file has another number, and mends lengths and hash. */
  function withHugeAt(bytes: Uint8Array, part: number, offset: number): Uint8Array {
    const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    let at = HEADER_BYTES;
    while (bytes[at] !== part) at += 5 + view.getUint32(at + 1, true);
    const place = at + 5 + offset;
    const out = new Uint8Array(bytes.length + huge.length - 1);
    out.set(bytes.subarray(0, place));
    out.set(huge, place);
    out.set(bytes.subarray(place + 1), place + huge.length);
    const mended = new DataView(out.buffer);
    mended.setUint32(at + 1, view.getUint32(at + 1, true) + huge.length - 1, true);
    mended.setUint32(10, out.length, true);
    return resealed(out);
  }

  test("do not make room for what the file does not hold", () => {
    const bytes = writeModelFile(files[0][1]);
    const before = process.memoryUsage().arrayBuffers;
    for (const part of [1, 2, 3, 4, 5]) {
      for (let offset = 0; offset < 60; offset++) faultOf(withHugeAt(bytes, part, offset));
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
  });
});

test("names that do not fit the model are refused before anything is written", () => {
  const file = files[0][1];
  expect(() => writeModelFile({ ...file, featureNames: ["a"] })).toThrow(/1 names of 3 features/);
  expect(() => writeModelFile({ ...file, classNames: [] })).toThrow(/0 names of 3 classes/);
});

test("100 full-grown trees of 1440 rows with all that belongs to them take less than 5 MB", () => {
  const large = makeClasses({ rows: 1_440, columns: 24, classes: 9, seed: 1, spread: 1.6 });
  const { model, outOfBag } = trainRandomForest(large, { trees: 100 });
  const held = outOfBagPredictions(large, outOfBag);
  const bytes = writeModelFile({
    model,
    featureVersion: "made.v1",
    featureNames: Array.from({ length: 24 }, (_, f) => `feature ${f}`),
    classNames: Array.from({ length: 9 }, (_, c) => `class ${c}`),
    calibrator: fitCalibrator(held),
    conformal: fitConformal(held),
    novelty: fitNovelty(large.matrix),
    facts: {},
  });
  expect(model.trees).toBe(100);
  expect(bytes.length).toBeLessThan(5e6);
  expect(readModelFile(bytes).model).toEqual(model);
});
