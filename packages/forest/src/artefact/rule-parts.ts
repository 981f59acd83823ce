import type { Calibrator } from "../calibration/calibrator.ts";
import type { ConformalMethod, ConformalRule } from "../conformal/prediction-sets.ts";
import type { NoveltyRule } from "../novelty/novelty-rule.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "../byte-writer.ts";

const IDENTITY = 0;
const TEMPERATURE = 1;
const ISOTONIC = 2;

export function writeCalibratorPart(out: ByteWriter, calibrator: Calibrator): void {
  if (calibrator.kind === "identity") {
    out.u8(IDENTITY);
  } else if (calibrator.kind === "temperature") {
    out.u8(TEMPERATURE);
    out.f64(calibrator.temperature);
    out.f64(calibrator.floor);
  } else {
    const { start, said, meant } = calibrator;
    out.u8(ISOTONIC);
    for (let c = 0; c + 1 < start.length; c++) out.varint(start[c + 1] - start[c]);
    for (const value of said) out.f64(value);
    for (const value of meant) out.f64(value);
  }
}

/** @throws ForestFileError malformed */
export function readCalibratorPart(from: ByteReader, classes: number): Calibrator {
  const kind = from.u8();
  if (kind === IDENTITY) return { kind: "identity" };
  if (kind === TEMPERATURE) {
    const temperature = from.f64();
    const floor = from.f64();
    if (!(temperature > 0 && temperature < Infinity)) from.refuse(`the temperature ${temperature}`);
    if (!(floor > 0 && floor <= 1)) from.refuse(`the floor ${floor}`);
    return { kind: "temperature", temperature, floor };
  }
  if (kind !== ISOTONIC) return from.refuse(`an unknown kind ${kind} of calibrator`);
  const start = new Int32Array(classes + 1);
  for (let c = 0; c < classes; c++) {
    const knots = from.count(16);
    if (knots < 1) from.refuse(`no knots of class ${c}`);
    start[c + 1] = start[c] + knots;
    if (start[c + 1] * 16 > from.left()) from.refuse(`${start[c + 1]} knots are announced`);
  }
  const said = from.f64s(start[classes]);
  const meant = from.f64s(start[classes]);
  for (let c = 0; c < classes; c++) {
    for (let at = start[c]; at < start[c + 1]; at++) {
      const first = at === start[c];
      const rises = first
        ? said[at] >= 0 && said[at] <= 1.000001
        : said[at] > said[at - 1] && said[at] <= 1.000001;
      const means = meant[at] > 0 && meant[at] <= 1 && (first || meant[at] >= meant[at - 1]);
      if (!rises || !means) from.refuse(`the knots of class ${c} do not rise`);
    }
  }
  return { kind: "isotonic", start, said, meant };
}

/** By their number in the file; new ones are added at the end. */
const METHODS: readonly ConformalMethod[] = ["lac", "aps"];

export function writeConformalPart(out: ByteWriter, rule: ConformalRule): void {
  out.u8(METHODS.indexOf(rule.method));
  out.f64(rule.coverage);
  out.varint(rule.rows);
  for (const threshold of rule.thresholds) out.f64(threshold);
}

/** @throws ForestFileError malformed */
export function readConformalPart(from: ByteReader, classes: number): ConformalRule {
  const method = METHODS[from.u8()];
  if (method === undefined) return from.refuse("an unknown method");
  const coverage = from.f64();
  if (!(coverage > 0 && coverage < 1)) from.refuse(`the coverage ${coverage}`);
  const rows = from.varint();
  const thresholds = from.f64s(classes);
  if (thresholds.some((threshold) => Number.isNaN(threshold))) from.refuse("a threshold is no number");
  return { method, coverage, thresholds, rows };
}

export function writeNoveltyPart(out: ByteWriter, rule: NoveltyRule): void {
  out.varint(rule.rows);
  out.varint(rule.neighbours);
  out.f64(rule.falseAlarmRate);
  out.f64(rule.threshold);
  out.varint(rule.knotsAFeature);
  for (const knot of rule.knots) out.f64(knot);
  for (const weight of rule.featureWeights) out.f64(weight);
  out.varint(rule.heldOut.length);
  for (const distance of rule.heldOut) out.f64(distance);
  out.bytes(rule.prototypes);
}

/** @throws ForestFileError malformed */
export function readNoveltyPart(from: ByteReader, features: number): NoveltyRule {
  const rows = from.varint();
  const neighbours = from.varint();
  const falseAlarmRate = from.f64();
  const threshold = from.f64();
  const knotsAFeature = from.varint();
  if (knotsAFeature < 2 || knotsAFeature * features * 8 > from.left())
    from.refuse(`${knotsAFeature} knots a feature`);
  const knots = from.f64s(knotsAFeature * features);
  const featureWeights = from.f64s(features);
  const heldOut = from.f64s(from.count(8));
  if (rows < 1 || neighbours < 1 || neighbours > rows)
    from.refuse(`${neighbours} neighbours among ${rows} rows`);
  if (rows * features !== from.left())
    from.refuse(`${from.left()} bytes for ${rows} rows of ${features} features`);
  if (!(falseAlarmRate > 0 && falseAlarmRate < 1)) from.refuse(`the false alarm rate ${falseAlarmRate}`);
  if (!(threshold >= 0)) from.refuse(`the threshold ${threshold}`);
  if (!featureWeights.every((weight) => weight >= 0 && weight < Infinity))
    from.refuse("a weight is no weight");
  for (let at = 0; at < knots.length; at++) {
    const rises = at % knotsAFeature === 0 || knots[at] >= knots[at - 1];
    if (!Number.isFinite(knots[at]) || !rises) from.refuse("the knots do not rise");
  }
  for (let at = 0; at < heldOut.length; at++) {
    if (!(heldOut[at] >= (at === 0 ? 0 : heldOut[at - 1]))) from.refuse("the held-out distances do not rise");
  }
  const prototypes = Uint8Array.from(from.bytes(rows * features));
  return {
    rows,
    neighbours,
    falseAlarmRate,
    threshold,
    knotsAFeature,
    knots,
    featureWeights,
    heldOut,
    prototypes,
  };
}
