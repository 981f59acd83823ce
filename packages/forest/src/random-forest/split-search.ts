import { MISSING_BIN } from "../model.ts";

/** The binned training rows that trees are grown on. */
export interface BinnedRows {
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
  /** Bin of feature f in row r at `f * rows + r`. */
  readonly columns: Uint8Array;
  readonly labels: Uint16Array;
}

/** The rows drawn for a tree, place by place; a node is a range of places. */
export interface TreeRows {
  readonly order: Int32Array;
  /** Class of the row at each place. */
  readonly labels: Uint16Array;
  /** Weight of the row at each place, times drawn and class weight included. */
  readonly weights: Float64Array;
  /** The same without class weights; the same array where there are none. */
  readonly samples: Float64Array;
}

/** The best split found so far of one node. */
export interface Split {
  /** -1: none found. */
  feature: number;
  bin: number;
  missingLeft: boolean;
  /** Σ over the sides of (Σ of squared class weights / weight): the more, the purer (Gini, Breiman et al. 1984). */
  score: number;
}

/** What is to be split. */
export interface SearchedNode {
  from: number;
  to: number;
  /** Weight of each class, and of all. */
  readonly totals: Float64Array;
  weight: number;
  /** Weight of all without class weights. */
  sample: number;
}

/** Nodes with at least so many rows are searched by a histogram over bins and classes; a place in others has 10 bits. */
export const HISTOGRAM_ROWS = 1_024;
const PLACE_BITS = 10;
const PLACE = HISTOGRAM_ROWS - 1;
/** Nodes with at most so many rows are sorted by insertion. */
export const INSERTION_ROWS = 24;
const BINS = 256;

export interface SplitSearch {
  /**
   * Looks for a better split of the node by one feature. Returns whether the feature varies in it. Of equal splits the
   * one found first stays. A split is taken even where it makes nothing purer, since splits after it may.
   */
  try(feature: number, node: SearchedNode, best: Split): boolean;
}

/** Searches splits with scratch memory of its own: one a thread. */
export function createSplitSearch(
  { rows, classes, columns }: BinnedRows,
  { order, labels, weights, samples }: TreeRows,
  minLeafWeight: number,
): SplitSearch {
  const left = new Float64Array(classes);
  const histogram = new Float64Array(BINS * classes);
  /** Of each bin the weight without class weights. */
  const sampled = new Float64Array(BINS);
  const counted = new Int32Array(BINS);
  /** Of the places of a node, in their order. */
  const bins = new Uint8Array(HISTOGRAM_ROWS);
  /** Places of the node by bin: bin << PLACE_BITS | place - from. */
  const keys = new Int32Array(HISTOGRAM_ROWS);

  /** Fills `keys`; false where all have one bin. */
  function sort(feature: number, from: number, to: number): boolean {
    const at = feature * rows;
    const count = to - from;
    if (count <= INSERTION_ROWS) {
      for (let i = 0; i < count; i++) {
        const key = (columns[at + order[from + i]] << PLACE_BITS) | i;
        let j = i - 1;
        while (j >= 0 && keys[j] > key) {
          keys[j + 1] = keys[j];
          j--;
        }
        keys[j + 1] = key;
      }
    } else {
      let lowest = BINS;
      let highest = 0;
      for (let i = from; i < to; i++) {
        const bin = columns[at + order[i]];
        bins[i - from] = bin;
        counted[bin]++;
        if (bin < lowest) lowest = bin;
        if (bin > highest) highest = bin;
      }
      if (lowest === highest) {
        counted[lowest] = 0;
        return false;
      }
      let begin = 0;
      for (let bin = lowest; bin <= highest; bin++) {
        const here = counted[bin];
        counted[bin] = begin;
        begin += here;
      }
      for (let i = 0; i < count; i++) {
        const bin = bins[i];
        keys[counted[bin]++] = (bin << PLACE_BITS) | i;
      }
      counted.fill(0, lowest, highest + 1);
    }
    return keys[0] >>> PLACE_BITS !== keys[count - 1] >>> PLACE_BITS;
  }

  /**
   * Walks the sorted places, moving one after the other from the right side to the left. Those from `missingFrom` on
   * are moved before all others.
   */
  function walk(feature: number, node: SearchedNode, missingFrom: number, best: Split): void {
    const { from, totals } = node;
    const count = node.to - from;
    let squaresLeft = 0;
    let squaresRight = squaresOf(totals);
    let weightLeft = 0;
    let sampleLeft = 0;
    left.fill(0);
    const missing = count - missingFrom;
    const last = missingFrom - 1;
    for (let step = -missing; step < last; step++) {
      const key = keys[step < 0 ? count + step : step];
      const place = from + (key & PLACE);
      const weight = weights[place];
      const label = labels[place];
      const before = left[label];
      squaresLeft += weight * (2 * before + weight);
      squaresRight -= weight * (2 * (totals[label] - before) - weight);
      left[label] = before + weight;
      weightLeft += weight;
      sampleLeft += samples[place];
      if (step < 0) continue;
      const bin = key >>> PLACE_BITS;
      const next = keys[step + 1] >>> PLACE_BITS;
      if (bin === next) continue;
      if (sampleLeft < minLeafWeight || node.sample - sampleLeft < minLeafWeight) continue;
      const weightRight = node.weight - weightLeft;
      const score = (squaresLeft * weightRight + squaresRight * weightLeft) / (weightLeft * weightRight);
      if (score > best.score && isSound(squaresRight, weightRight)) {
        take(best, score, feature, bin, next, missing > 0);
      }
    }
  }

  function tryByHistogram(feature: number, node: SearchedNode, best: Split): boolean {
    const at = feature * rows;
    let lowest = BINS;
    let highest = -1;
    for (let i = node.from; i < node.to; i++) {
      const bin = columns[at + order[i]];
      if (bin < lowest) lowest = bin;
      if (bin > highest) highest = bin;
      histogram[bin * classes + labels[i]] += weights[i];
      sampled[bin] += samples[i];
    }
    const varies = lowest < highest;
    if (varies) {
      walkHistogram(feature, node, { lowest, highest, missingLeft: false }, best);
      if (highest === MISSING_BIN) walkHistogram(feature, node, { lowest, highest, missingLeft: true }, best);
    }
    histogram.fill(0, lowest * classes, (highest + 1) * classes);
    sampled.fill(0, lowest, highest + 1);
    return varies;
  }

  function walkHistogram(
    feature: number,
    { totals, weight: all, sample }: SearchedNode,
    { lowest, highest, missingLeft }: { lowest: number; highest: number; missingLeft: boolean },
    best: Split,
  ): void {
    let weightLeft = 0;
    let sampleLeft = 0;
    let squaresLeft = 0;
    let squaresRight = squaresOf(totals);
    left.fill(0);
    let bin = missingLeft ? MISSING_BIN : lowest;
    while (bin < highest || missingLeft) {
      for (let c = 0, j = bin * classes; c < classes; c++, j++) {
        const weight = histogram[j];
        if (weight === 0) continue;
        const before = left[c];
        squaresLeft += weight * (2 * before + weight);
        squaresRight -= weight * (2 * (totals[c] - before) - weight);
        left[c] = before + weight;
        weightLeft += weight;
      }
      sampleLeft += sampled[bin];
      if (bin === MISSING_BIN) {
        bin = lowest;
        continue;
      }
      let next = bin + 1;
      while (next < highest && sampled[next] === 0) next++;
      if (missingLeft && next === MISSING_BIN) return;
      const here = bin;
      bin = next;
      if (sampleLeft < minLeafWeight || sample - sampleLeft < minLeafWeight) continue;
      const weightRight = all - weightLeft;
      const score = (squaresLeft * weightRight + squaresRight * weightLeft) / (weightLeft * weightRight);
      if (score > best.score && isSound(squaresRight, weightRight)) {
        take(best, score, feature, here, next, missingLeft);
      }
    }
  }

  return {
    try(feature, node, best) {
      const count = node.to - node.from;
      if (count >= HISTOGRAM_ROWS) return tryByHistogram(feature, node, best);
      if (!sort(feature, node.from, node.to)) return false;
      walk(feature, node, count, best);
      if (keys[count - 1] >>> PLACE_BITS === MISSING_BIN) {
        let missingFrom = count - 1;
        while (keys[missingFrom - 1] >>> PLACE_BITS === MISSING_BIN) missingFrom--;
        walk(feature, node, missingFrom, best);
      }
      return true;
    },
  };
}

function squaresOf(totals: Float64Array): number {
  let squares = 0;
  for (let c = 0; c < totals.length; c++) squares += totals[c] * totals[c];
  return squares;
}

/**
 * Whether the sum of squares can be that of a side of such weight. Where weights lie very far apart (1e8 and more),
 * what subtracting leaves of a light side is rounding.
 */
function isSound(squares: number, weight: number): boolean {
  return weight > 0 && squares <= weight * weight * (1 + 1e-9);
}

/** Between two bins that the node has, it is split in the middle of what lies between: as far from either as can be. */
function take(
  best: Split,
  score: number,
  feature: number,
  bin: number,
  next: number,
  missingLeft: boolean,
): void {
  best.score = score;
  best.feature = feature;
  best.bin = next === MISSING_BIN ? bin : (bin + next - 1) >>> 1;
  best.missingLeft = missingLeft;
}
