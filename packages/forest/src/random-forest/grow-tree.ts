import { LEAF, splitWord } from "../model.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { createSplitSearch, type BinnedRows, type Split } from "./split-search.ts";

/** How a tree of a random forest grows. */
export interface TreeShape {
  /** Features looked at for a split, among those that vary. */
  readonly maxFeatures: number;
  /** Infinity: until the leaves are pure. */
  readonly maxDepth: number;
  /** Weight of the rows that a side of a split must have. */
  readonly minLeafWeight: number;
  /** Weight of the rows that a node must have to be split. */
  readonly minSplitWeight: number;
}

/** A tree as it has grown; leaf values are class weights, not yet shares. */
export interface GrownTree {
  /** As in ForestModel.nodes, nodes counted within the tree. The value of a leaf is its class c where it has but one, else classes + its number among the mixed leaves. */
  readonly nodes: Int32Array;
  readonly cover: Float64Array;
  /** classes numbers a mixed leaf. */
  readonly leafWeights: Float64Array;
}

export interface TreeGrower {
  /** @param rowWeights of each row, class weights included; rows of weight 0 are left out */
  grow(rowWeights: Float64Array, random: SeededRandom): GrownTree;
}

/** Growing stops when a split would gain less than this share of the node's purity: rounding, not a gain. */
const MIN_GAIN = 1e-12;

/** Grows trees one after the other with one set of scratch memory: one grower a thread. */
export function createTreeGrower(data: BinnedRows, shape: TreeShape): TreeGrower {
  const { rows, features, classes, columns, labels } = data;
  const order = new Int32Array(rows);
  const right = new Int32Array(rows);
  const weights = new Float64Array(rows);
  const candidates = Int32Array.from({ length: features }, (_, feature) => feature);
  const search = createSplitSearch(data, order, weights, shape.minLeafWeight);
  const { totals } = search;
  const split: Split = { feature: -1, bin: 0, missingLeft: false, score: 0 };
  const nodes = growable();
  const leaves = growable();
  const covers = growable();
  const pending: number[] = [];

  /** Class weights of order[from, to) into `totals`; returns their sum. */
  function total(from: number, to: number): number {
    totals.fill(0);
    for (let i = from; i < to; i++) totals[labels[order[i]]] += weights[order[i]];
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += totals[c];
    return sum;
  }

  function findSplit(from: number, to: number, weight: number, random: SeededRandom): boolean {
    let squares = 0;
    for (let c = 0; c < classes; c++) squares += totals[c] * totals[c];
    split.feature = -1;
    split.score = (squares / weight) * (1 + MIN_GAIN);
    let varying = 0;
    // Drawn without putting back; a feature that does not vary here is no draw (as in scikit-learn).
    for (let left = features; left > 0 && varying < shape.maxFeatures; left--) {
      const drawn = random.below(left);
      const feature = candidates[drawn];
      candidates[drawn] = candidates[left - 1];
      candidates[left - 1] = feature;
      if (search.try(feature, from, to, split)) varying++;
    }
    return split.feature >= 0;
  }

  /** Rows that go left come first, both sides in the order they had; returns where the right side begins. */
  function partition(from: number, to: number, word: number): number {
    const at = split.feature * rows;
    const turn = word >>> 24;
    const limit = (word >>> 16) & 0xff;
    let next = from;
    let put = 0;
    for (let i = from; i < to; i++) {
      const row = order[i];
      if (((columns[at + row] + turn) & 0xff) <= limit) order[next++] = row;
      else right[put++] = row;
    }
    for (let i = 0; i < put; i++) order[next + i] = right[i];
    return next;
  }

  /** Where nothing was missing while growing, missing values will go to the heavier side. */
  function wordOf(from: number, to: number): number {
    const at = split.feature * rows;
    let weightLeft = 0;
    let weightRight = 0;
    for (let i = from; i < to; i++) {
      const row = order[i];
      const bin = columns[at + row];
      if (bin === 255) return splitWord(split.feature, split.bin, split.missingLeft);
      if (bin <= split.bin) weightLeft += weights[row];
      else weightRight += weights[row];
    }
    return splitWord(split.feature, split.bin, weightLeft > weightRight);
  }

  return {
    grow(rowWeights, random) {
      let count = 0;
      for (let row = 0; row < rows; row++) {
        weights[row] = rowWeights[row];
        if (rowWeights[row] > 0) order[count++] = row;
      }
      for (let feature = 0; feature < features; feature++) candidates[feature] = feature;
      nodes.length = 2;
      covers.length = 1;
      leaves.length = 0;
      pending.length = 0;
      pending.push(0, 0, count, 0);
      while (pending.length > 0) {
        const depth = pending.pop() as number;
        const to = pending.pop() as number;
        const from = pending.pop() as number;
        const node = pending.pop() as number;
        const weight = total(from, to);
        covers.at[node] = weight;
        const only = onlyClass(totals, weight);
        const splittable = only < 0 && depth < shape.maxDepth && weight >= shape.minSplitWeight;
        if (!splittable || !findSplit(from, to, weight, random)) {
          nodes.at[2 * node] = LEAF;
          nodes.at[2 * node + 1] = only < 0 ? classes + leaves.length / classes : only;
          if (only >= 0) continue;
          leaves.reserve(classes);
          for (let c = 0; c < classes; c++) leaves.at[leaves.length + c] = totals[c];
          leaves.length += classes;
          continue;
        }
        const word = wordOf(from, to);
        const middle = partition(from, to, word);
        nodes.reserve(4);
        covers.reserve(2);
        const left = covers.length;
        covers.length += 2;
        nodes.length += 4;
        nodes.at[2 * node] = word;
        nodes.at[2 * node + 1] = left;
        // The left one is taken next, so that nodes that follow each other on a path stand near each other.
        pending.push(left + 1, middle, to, depth + 1, left, from, middle, depth + 1);
      }
      return {
        nodes: Int32Array.from(nodes.at.subarray(0, nodes.length)),
        cover: covers.at.slice(0, covers.length),
        leafWeights: leaves.at.slice(0, leaves.length),
      };
    },
  };
}

/** The class that has all the weight, or -1. */
function onlyClass(totals: Float64Array, weight: number): number {
  for (let c = 0; c < totals.length; c++) if (totals[c] === weight) return c;
  return -1;
}

/** A list of numbers that keeps its memory from tree to tree. */
function growable(): { at: Float64Array; length: number; reserve(more: number): void } {
  return {
    at: new Float64Array(1024),
    length: 0,
    reserve(more) {
      if (this.length + more <= this.at.length) return;
      const larger = new Float64Array(2 * (this.length + more));
      larger.set(this.at.subarray(0, this.length));
      this.at = larger;
    },
  };
}
