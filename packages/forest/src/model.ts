/**
 * A grown model as flat arrays, made to predict. Thresholds are bin numbers: a row is binned once, and each node then
 * compares one byte. What grows trees uses its own structures (`random-forest`, `gradient-boosting`).
 */
export interface ForestModel {
  readonly kind: "random_forest" | "gradient_boosting";
  readonly features: number;
  readonly classes: number;
  /** Trees; of gradient boosting rounds × classes, the tree at t adds to the score of class t % classes. */
  readonly trees: number;
  readonly bins: FeatureBins;
  /** Number of the root node of each tree. Nodes of one tree stand together, a parent before its children. */
  readonly roots: Int32Array;
  /**
   * Two words a node. A split: `splitWord`, then the number of its left child; the right one is the next.
   * A leaf: `LEAF`, then the number of its value in `leafValues`.
   */
  readonly nodes: Int32Array;
  /** Weight of the training rows that came through each node, times drawn and class weights included. */
  readonly cover: Float64Array;
  /** Of a random forest: classes numbers a leaf value, which sum to 1. Of gradient boosting: one number, added to a score. */
  readonly leafValues: Float64Array;
  /** Score of each class before any tree; zeros in a random forest. */
  readonly baseScore: Float64Array;
}

/**
 * Where each feature is cut. A value's bin is the number of cuts below it, so it goes left at bin b when it is
 * ≤ cut b; a missing value has the bin MISSING_BIN.
 */
export interface FeatureBins {
  /** Cuts of feature f are `cuts[cutStart[f]]` up to `cuts[cutStart[f + 1]]`, ascending. */
  readonly cutStart: Int32Array;
  readonly cuts: Float64Array;
}

/**
 * The threshold of a split at this bin: values at most this go left. Infinity after a feature's last cut, where a split
 * parts all values from the missing ones.
 */
export function cutOf({ cutStart, cuts }: FeatureBins, feature: number, bin: number): number {
  const at = cutStart[feature] + bin;
  return at < cutStart[feature + 1] ? cuts[at] : Infinity;
}

export const MISSING_BIN = 255;
/** Bins of values, so that the highest is 254 and 255 is left for missing ones. */
export const MAX_VALUE_BINS = 255;
export const MAX_FEATURES = 65_535;

/** First word of a leaf. */
export const LEAF = -1;

/**
 * First word of a split: feature in the low 16 bits, bin in the next 8, above them 1 where missing values go left.
 * With that bit the bins are looked at turned by one, so that 255 becomes 0: one comparison serves both ways.
 */
export function splitWord(feature: number, bin: number, missingLeft: boolean): number {
  const turn = missingLeft ? 1 : 0;
  return feature | ((bin + turn) << 16) | (turn << 24);
}

export function splitFeature(word: number): number {
  return word & 0xffff;
}

export function splitMissingLeft(word: number): boolean {
  return word >>> 24 === 1;
}

export function splitBin(word: number): number {
  return ((word >>> 16) & 0xff) - (word >>> 24);
}

/** Whether a bin goes left at the split. */
export function goesLeft(word: number, bin: number): boolean {
  return ((bin + (word >>> 24)) & 0xff) <= ((word >>> 16) & 0xff);
}
