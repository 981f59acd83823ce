import {
  LEAF,
  MAX_FEATURES,
  MAX_VALUE_BINS,
  splitBin,
  splitFeature,
  splitMissingLeft,
  splitWord,
} from "../model.ts";
import type { FeatureBins, ForestModel } from "../model.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "../byte-writer.ts";

/** Kinds by their number in the file; new ones are added at the end. */
const KINDS: readonly ForestModel["kind"][] = ["random_forest", "gradient_boosting"];

/** How covers are written: whole numbers up to 2^53 - 1, or any. */
const COVER_VARINT = 0;
const COVER_F64 = 1;

/** How far the values of a forest's leaf may be from summing to 1. */
const SUM_TOLERANCE = 1e-6;

export function writeModelPart(out: ByteWriter, model: ForestModel): void {
  const { cuts, cutStart } = model.bins;
  out.u8(KINDS.indexOf(model.kind));
  out.varint(model.features);
  out.varint(model.classes);
  for (const score of model.baseScore) out.f64(score);
  for (let f = 0; f < model.features; f++) out.varint(cutStart[f + 1] - cutStart[f]);
  for (const cut of cuts) out.f64(cut);
  out.varint(model.leafValues.length / valuesALeaf(model));
  for (const value of model.leafValues) out.f64(value);
  out.varint(model.trees);
  for (const [tree, root] of model.roots.entries()) {
    const end = tree + 1 < model.trees ? model.roots[tree + 1] : model.cover.length;
    out.varint(end - root);
  }
  const { nodes, cover } = model;
  for (let node = 0; node < cover.length; node++) {
    const word = nodes[2 * node];
    // 0 is a leaf, else feature, bin and the way of missing values, one more than they are.
    out.varint(word === LEAF ? 0 : packSplit(word) + 1);
    out.varint(word === LEAF ? nodes[2 * node + 1] : nodes[2 * node + 1] - node);
  }
  const whole = cover.every((weight) => Number.isSafeInteger(weight) && weight >= 0);
  out.u8(whole ? COVER_VARINT : COVER_F64);
  for (const weight of cover) (whole ? out.varint : out.f64)(weight);
}

/** Bin and missing way below the feature: then two or three bytes are enough for most. */
function packSplit(word: number): number {
  return (splitFeature(word) * 256 + splitBin(word)) * 2 + (splitMissingLeft(word) ? 1 : 0);
}

function valuesALeaf({ kind, classes }: Pick<ForestModel, "kind" | "classes">): number {
  return kind === "random_forest" ? classes : 1;
}

/** @throws ForestFileError malformed when the numbers cannot be a model */
export function readModelPart(from: ByteReader): ForestModel {
  const kind = KINDS[from.u8()];
  if (kind === undefined) return from.refuse("an unknown kind of model");
  const features = from.count(1);
  if (features < 1 || features > MAX_FEATURES) from.refuse(`${features} features`);
  const classes = from.count(8);
  if (classes < 1) from.refuse("no classes");
  const baseScore = from.f64s(classes);
  if (!baseScore.every(isSummable)) from.refuse("a base score is out of bounds");
  const bins = readBins(from, features);
  const perLeaf = valuesALeaf({ kind, classes });
  const leaves = from.count(8 * perLeaf);
  const leafValues = from.f64s(leaves * perLeaf);
  checkLeafValues(from, { kind, classes, leafValues });
  const trees = from.count(1);
  if (trees < 1) from.refuse("no trees");
  if (kind === "gradient_boosting" && trees % classes !== 0)
    from.refuse(`${trees} trees for ${classes} classes`);
  const roots = new Int32Array(trees);
  let nodeCount = 0;
  for (let tree = 0; tree < trees; tree++) {
    roots[tree] = nodeCount;
    nodeCount += from.varint();
    // A node takes at least two bytes here and one for its cover.
    if (nodeCount === roots[tree] || nodeCount * 3 > from.left())
      from.refuse(`tree ${tree} has a wrong number of nodes`);
  }
  const nodes = new Int32Array(2 * nodeCount);
  for (let tree = 0; tree < trees; tree++) {
    const end = tree + 1 < trees ? roots[tree + 1] : nodeCount;
    readTree(from, { nodes, root: roots[tree], end, bins, leaves });
  }
  const cover = readCover(from, nodeCount);
  return { kind, features, classes, trees, bins, roots, nodes, cover, leafValues, baseScore };
}

function readBins(from: ByteReader, features: number): FeatureBins {
  const cutStart = new Int32Array(features + 1);
  for (let f = 0; f < features; f++) {
    const count = from.varint();
    if (count > MAX_VALUE_BINS - 1) from.refuse(`${count} cuts of feature ${f}`);
    cutStart[f + 1] = cutStart[f] + count;
  }
  const cuts = from.f64s(cutStart[features]);
  for (let f = 0; f < features; f++) {
    for (let at = cutStart[f]; at < cutStart[f + 1]; at++) {
      const rises = at === cutStart[f] ? !Number.isNaN(cuts[at]) : cuts[at] > cuts[at - 1];
      if (!rises || cuts[at] === Infinity) from.refuse(`the cuts of feature ${f} do not rise`);
    }
  }
  return { cutStart, cuts };
}

/** Not so large that a sum over trees could become infinite. */
function isSummable(value: number): boolean {
  return Math.abs(value) <= 1e100;
}

function checkLeafValues(
  from: ByteReader,
  { kind, classes, leafValues }: Pick<ForestModel, "kind" | "classes" | "leafValues">,
): void {
  if (!leafValues.every(isSummable)) from.refuse("a leaf value is out of bounds");
  if (kind === "gradient_boosting") return;
  for (let at = 0; at < leafValues.length; at += classes) {
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      if (leafValues[at + c] < 0) from.refuse(`leaf value ${at / classes} is below 0`);
      sum += leafValues[at + c];
    }
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) from.refuse(`leaf value ${at / classes} sums to ${sum}`);
  }
}

/**
 * Every node but the root is the child of exactly one before it, so that each way down ends, and a walk over all ways
 * takes no longer than there are nodes.
 */
function readTree(
  from: ByteReader,
  tree: { nodes: Int32Array; root: number; end: number; bins: FeatureBins; leaves: number },
): void {
  const { nodes, root, end, bins, leaves } = tree;
  const features = bins.cutStart.length - 1;
  const hasParent = new Uint8Array(end - root);
  hasParent[0] = 1;
  for (let node = root; node < end; node++) {
    const packed = from.varint();
    const target = from.varint();
    if (hasParent[node - root] === 0) from.refuse(`node ${node} is no node's child`);
    if (packed === 0) {
      if (target >= leaves) from.refuse(`node ${node} has the leaf value ${target} of ${leaves}`);
      nodes[2 * node] = LEAF;
      nodes[2 * node + 1] = target;
      continue;
    }
    const missingLeft = (packed - 1) % 2 === 1;
    const bin = Math.floor((packed - 1) / 2) % 256;
    const feature = Math.floor((packed - 1) / 512);
    if (feature >= features) from.refuse(`node ${node} asks for feature ${feature} of ${features}`);
    // The bin behind the last cut may stand for "has a value at all".
    if (bin > bins.cutStart[feature + 1] - bins.cutStart[feature])
      from.refuse(`node ${node} asks for bin ${bin}`);
    const left = node + target;
    if (target < 1 || left + 1 >= end) from.refuse(`node ${node} leads out of its tree`);
    if (hasParent[left - root] + hasParent[left + 1 - root] > 0) from.refuse(`node ${left} has two parents`);
    hasParent[left - root] = hasParent[left + 1 - root] = 1;
    nodes[2 * node] = splitWord(feature, bin, missingLeft);
    nodes[2 * node + 1] = left;
  }
}

function readCover(from: ByteReader, nodeCount: number): Float64Array<ArrayBuffer> {
  const way = from.u8();
  if (way === COVER_F64) {
    const cover = from.f64s(nodeCount);
    if (!cover.every((weight) => weight >= 0 && weight < Infinity))
      from.refuse("a cover is not a finite weight");
    return cover;
  }
  if (way !== COVER_VARINT) from.refuse(`an unknown way ${way} of writing covers`);
  const cover = new Float64Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) cover[node] = from.varint();
  return cover;
}
