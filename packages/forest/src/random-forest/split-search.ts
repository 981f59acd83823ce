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

/** The best split found so far of one node. */
export interface Split {
  /** -1: none found. */
  feature: number;
  bin: number;
  missingLeft: boolean;
  /** Σ over the sides of (Σ of squared class weights / weight): the more, the purer (Gini, Breiman et al. 1984). */
  score: number;
}

/** Nodes with at least so many rows are searched by a histogram over bins and classes. */
const HISTOGRAM_ROWS = 1_024;
/** Nodes with at most so many rows are sorted by insertion. */
const INSERTION_ROWS = 24;
const BINS = 256;

export interface SplitSearch {
  /**
   * Looks for a better split of the rows order[from, to) by one feature. Returns whether the feature varies among them.
   * `totals`: class weights of the node. `minWeight`: of each side, in counted rows (`counts`).
   */
  try(feature: number, from: number, to: number, best: Split): boolean;
  /** Class weights of the node to be searched next; the caller fills them before `try`. */
  readonly totals: Float64Array;
}

/**
 * Searches splits with scratch memory of its own: one a thread.
 * @param order rows of the tree; a node is a range of them
 * @param weights of each row, class weights included
 */
export function createSplitSearch(
  data: BinnedRows,
  order: Int32Array,
  weights: Float64Array,
  minLeafWeight: number,
): SplitSearch {
  const { rows, classes, columns, labels } = data;
  const totals = new Float64Array(classes);
  const left = new Float64Array(classes);
  const histogram = new Float64Array(BINS * classes);
  const counted = new Int32Array(BINS);
  const sortedBins = new Uint8Array(HISTOGRAM_ROWS);
  const sortedRows = new Int32Array(HISTOGRAM_ROWS);

  /** Rows of the node by bin into sortedBins and sortedRows; false where all have one bin. */
  function sort(feature: number, from: number, to: number): boolean {
    const at = feature * rows;
    const count = to - from;
    const first = columns[at + order[from]];
    let varies = false;
    if (count <= INSERTION_ROWS) {
      for (let i = 0; i < count; i++) {
        const row = order[from + i];
        const bin = columns[at + row];
        if (bin !== first) varies = true;
        let j = i - 1;
        while (j >= 0 && sortedBins[j] > bin) {
          sortedBins[j + 1] = sortedBins[j];
          sortedRows[j + 1] = sortedRows[j];
          j--;
        }
        sortedBins[j + 1] = bin;
        sortedRows[j + 1] = row;
      }
      return varies;
    }
    let lowest = first;
    let highest = first;
    for (let i = from; i < to; i++) {
      const bin = columns[at + order[i]];
      counted[bin]++;
      if (bin < lowest) lowest = bin;
      else if (bin > highest) highest = bin;
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
    for (let i = from; i < to; i++) {
      const row = order[i];
      const bin = columns[at + row];
      const place = counted[bin]++;
      sortedBins[place] = bin;
      sortedRows[place] = row;
    }
    counted.fill(0, lowest, highest + 1);
    return true;
  }

  /** Walks the sorted rows [begin, end); `missing` rows after them go with the left side from the start. */
  function walk(feature: number, begin: number, end: number, missingFrom: number, best: Split): void {
    let weightLeft = 0;
    let weightRight = 0;
    let squaresLeft = 0;
    let squaresRight = 0;
    left.fill(0);
    for (let c = 0; c < classes; c++) {
      weightRight += totals[c];
      squaresRight += totals[c] * totals[c];
    }
    const move = (i: number): void => {
      const row = sortedRows[i];
      const weight = weights[row];
      const label = labels[row];
      const before = left[label];
      squaresLeft += weight * (2 * before + weight);
      squaresRight -= weight * (2 * (totals[label] - before) - weight);
      left[label] = before + weight;
      weightLeft += weight;
      weightRight -= weight;
    };
    const missingLeft = missingFrom < end;
    const last = missingLeft ? missingFrom : end;
    for (let i = missingFrom; i < end; i++) move(i);
    for (let i = begin; i < last - 1; i++) {
      move(i);
      const bin = sortedBins[i];
      const next = sortedBins[i + 1];
      if (bin === next) continue;
      if (weightLeft < minLeafWeight || weightRight < minLeafWeight) continue;
      if (!(weightLeft > 0) || !(weightRight > 0)) continue;
      const score = squaresLeft / weightLeft + squaresRight / weightRight;
      if (score > best.score) {
        best.score = score;
        best.feature = feature;
        best.bin = middleBin(bin, next);
        best.missingLeft = missingLeft;
      }
    }
  }

  function tryByHistogram(feature: number, from: number, to: number, best: Split): boolean {
    const at = feature * rows;
    let lowest = BINS;
    let highest = -1;
    for (let i = from; i < to; i++) {
      const row = order[i];
      const bin = columns[at + row];
      if (bin < lowest) lowest = bin;
      if (bin > highest) highest = bin;
      histogram[bin * classes + labels[row]] += weights[row];
      counted[bin]++;
    }
    const varies = lowest < highest;
    if (varies) {
      walkHistogram(feature, lowest, highest, best, false);
      if (highest === MISSING_BIN) walkHistogram(feature, lowest, highest, best, true);
    }
    histogram.fill(0, lowest * classes, (highest + 1) * classes);
    counted.fill(0, lowest, highest + 1);
    return varies;
  }

  function walkHistogram(
    feature: number,
    lowest: number,
    highest: number,
    best: Split,
    missingLeft: boolean,
  ): void {
    let weightLeft = 0;
    let weightRight = 0;
    let squaresLeft = 0;
    let squaresRight = 0;
    left.fill(0);
    for (let c = 0; c < classes; c++) {
      weightRight += totals[c];
      squaresRight += totals[c] * totals[c];
    }
    const move = (bin: number): void => {
      for (let c = 0, j = bin * classes; c < classes; c++, j++) {
        const weight = histogram[j];
        if (weight === 0) continue;
        const before = left[c];
        squaresLeft += weight * (2 * before + weight);
        squaresRight -= weight * (2 * (totals[c] - before) - weight);
        left[c] = before + weight;
        weightLeft += weight;
        weightRight -= weight;
      }
    };
    if (missingLeft) move(MISSING_BIN);
    let bin = lowest;
    while (bin < highest) {
      move(bin);
      let next = bin + 1;
      while (next < highest && counted[next] === 0) next++;
      if (missingLeft && next === MISSING_BIN) return;
      const enough = weightLeft >= minLeafWeight && weightRight >= minLeafWeight;
      if (enough && weightLeft > 0 && weightRight > 0) {
        const score = squaresLeft / weightLeft + squaresRight / weightRight;
        if (score > best.score) {
          best.score = score;
          best.feature = feature;
          best.bin = middleBin(bin, next);
          best.missingLeft = missingLeft;
        }
      }
      bin = next;
    }
  }

  return {
    totals,
    try(feature, from, to, best) {
      const count = to - from;
      if (count >= HISTOGRAM_ROWS) return tryByHistogram(feature, from, to, best);
      if (!sort(feature, from, to)) return false;
      walk(feature, 0, count, count, best);
      if (sortedBins[count - 1] === MISSING_BIN) {
        let missingFrom = count - 1;
        while (missingFrom > 0 && sortedBins[missingFrom - 1] === MISSING_BIN) missingFrom--;
        walk(feature, 0, count, missingFrom, best);
      }
      return true;
    },
  };
}

/** Between two bins that the node has, the middle of what lies between: as far from either as can be. */
function middleBin(bin: number, next: number): number {
  return next === MISSING_BIN ? bin : (bin + next - 1) >>> 1;
}
