import { LEAF, MISSING_BIN, splitWord } from "../model.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { createGrowable } from "./growable.ts";
import type { ForestTask } from "./forest-task.ts";
import { createSplitSearch, type SearchedNode, type Split, type TreeRows } from "./split-search.ts";

/** A tree as it has grown; leaf values are class weights, not yet shares. */
export interface GrownTree {
  /**
   * As in ForestModel.nodes, nodes counted within the tree. The value of a leaf is its class c where it has but one,
   * else classes + its number among the mixed leaves.
   */
  readonly nodes: Int32Array;
  readonly cover: Float64Array;
  /** `classes` numbers a mixed leaf. */
  readonly leafWeights: Float64Array;
}

export interface TreeGrower {
  /** @param counts how often each row was drawn */
  grow(counts: Uint32Array, random: SeededRandom): GrownTree;
}

/** Grows trees one after the other with one set of scratch memory: one grower a thread. */
export function createTreeGrower({ data, weights: rowWeights, options }: ForestTask): TreeGrower {
  const { rows, features, classes, columns, labels: rowLabels } = data;
  const { maxFeatures, maxDepth, minSplitWeight, classWeights } = options;
  const weights = new Float64Array(rows);
  const tree: TreeRows = {
    order: new Int32Array(rows),
    labels: new Uint16Array(rows),
    weights,
    samples: classWeights === undefined ? weights : new Float64Array(rows),
  };
  const { order, labels, samples } = tree;
  const right = {
    order: new Int32Array(rows),
    labels: new Uint16Array(rows),
    weights: new Float64Array(rows),
    samples: classWeights && new Float64Array(rows),
  };
  const search = createSplitSearch(data, tree, options.minLeafWeight);
  const varying = varyingFeatures(columns, rows, features);
  const candidates = new Int32Array(varying.length);
  const searched: SearchedNode = { from: 0, to: 0, totals: new Float64Array(classes), weight: 0, sample: 0 };
  const { totals } = searched;
  const split: Split = { feature: -1, bin: 0, missingLeft: false, score: 0 };
  const nodes = createGrowable();
  const leaves = createGrowable();
  const covers = createGrowable();

  /** Puts the drawn rows into their places, in their order; returns how many there are. */
  function place(counts: Uint32Array): number {
    let count = 0;
    for (let row = 0; row < rows; row++) {
      if (counts[row] === 0) continue;
      const sample = counts[row] * (rowWeights?.[row] ?? 1);
      order[count] = row;
      labels[count] = rowLabels[row];
      samples[count] = sample;
      if (classWeights) weights[count] = sample * classWeights[rowLabels[row]];
      count++;
    }
    return count;
  }

  /** Makes the places [from, to) the node that is searched. */
  function look(from: number, to: number): void {
    totals.fill(0);
    let sample = 0;
    for (let i = from; i < to; i++) {
      totals[labels[i]] += weights[i];
      sample += samples[i];
    }
    searched.from = from;
    searched.to = to;
    searched.sample = sample;
    searched.weight = 0;
    for (let c = 0; c < classes; c++) searched.weight += totals[c];
  }

  function findSplit(random: SeededRandom): boolean {
    split.feature = -1;
    split.score = -Infinity;
    let looked = 0;
    // Drawn without putting back; a feature that does not vary here is no draw (as in scikit-learn).
    for (let left = candidates.length; left > 0 && looked < maxFeatures; left--) {
      const drawn = random.below(left);
      const feature = candidates[drawn];
      candidates[drawn] = candidates[left - 1];
      candidates[left - 1] = feature;
      if (search.try(feature, searched, split)) looked++;
    }
    return split.feature >= 0;
  }

  /** The split as a node's word. Where nothing was missing while growing, missing values will go to the heavier side. */
  function wordOf(): number {
    const at = split.feature * rows;
    let weightLeft = 0;
    for (let i = searched.from; i < searched.to; i++) {
      const bin = columns[at + order[i]];
      if (bin === MISSING_BIN) return splitWord(split.feature, split.bin, split.missingLeft);
      if (bin <= split.bin) weightLeft += weights[i];
    }
    return splitWord(split.feature, split.bin, 2 * weightLeft > searched.weight);
  }

  /** Rows that go left come first, both sides in the order they had; returns where the right side begins. */
  function partition(from: number, to: number, word: number): number {
    const at = split.feature * rows;
    const turn = word >>> 24;
    const limit = (word >>> 16) & 0xff;
    let next = from;
    let put = 0;
    // Each row is written to both sides and stays on one: a branch could not be foretold.
    for (let i = from; i < to; i++) {
      const row = order[i];
      const label = labels[i];
      const weight = weights[i];
      const goesLeft = Number(((columns[at + row] + turn) & 0xff) <= limit);
      order[next] = row;
      right.order[put] = row;
      labels[next] = label;
      right.labels[put] = label;
      weights[next] = weight;
      right.weights[put] = weight;
      if (right.samples) {
        right.samples[put] = samples[i];
        samples[next] = samples[i];
      }
      next += goesLeft;
      put += 1 - goesLeft;
    }
    for (let i = 0, j = next; i < put; i++, j++) {
      order[j] = right.order[i];
      labels[j] = right.labels[i];
      weights[j] = right.weights[i];
      if (right.samples) samples[j] = right.samples[i];
    }
    return next;
  }

  function addLeaf(node: number, only: number): void {
    nodes.at[2 * node] = LEAF;
    nodes.at[2 * node + 1] = only < 0 ? classes + leaves.length / classes : only;
    if (only >= 0) return;
    leaves.reserve(classes);
    leaves.at.set(totals, leaves.length);
    leaves.length += classes;
  }

  return {
    grow(counts, random) {
      candidates.set(varying);
      nodes.length = 2;
      covers.length = 1;
      leaves.length = 0;
      const pending = [0, 0, place(counts), 0];
      while (pending.length > 0) {
        const depth = pending.pop() as number;
        const to = pending.pop() as number;
        const from = pending.pop() as number;
        const node = pending.pop() as number;
        look(from, to);
        covers.at[node] = searched.weight;
        const only = onlyClass(totals);
        const splittable = only < 0 && depth < maxDepth && searched.sample >= minSplitWeight;
        if (!splittable || !findSplit(random)) {
          addLeaf(node, only);
          continue;
        }
        const word = wordOf();
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

/** Features with more than one bin among the rows: the others split nothing and are not drawn. */
function varyingFeatures(columns: Uint8Array, rows: number, features: number): Int32Array {
  const varying: number[] = [];
  for (let feature = 0; feature < features; feature++) {
    const column = columns.subarray(feature * rows, (feature + 1) * rows);
    if (column.some((bin) => bin !== column[0])) varying.push(feature);
  }
  return Int32Array.from(varying);
}

/** The class that has all the weight, or -1. */
function onlyClass(totals: Float64Array): number {
  let only = -1;
  for (let c = 0; c < totals.length; c++) {
    if (totals[c] === 0) continue;
    if (only >= 0) return -1;
    only = c;
  }
  return only;
}
