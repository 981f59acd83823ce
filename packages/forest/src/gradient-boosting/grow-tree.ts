import { goesLeft, LEAF, splitWord } from "../model.ts";
import { bestSplit, type GainedSplit } from "./best-split.ts";
import { createHistogramPool, type Gradients } from "./gradient-histogram.ts";
import type { BoostingTask } from "./boosting-task.ts";

/** A regression tree on gradients, as it has grown. */
export interface BoostedTree {
  /** As in ForestModel.nodes, node and leaf numbers counted within the tree. */
  readonly nodes: Int32Array;
  readonly cover: Float64Array;
  /** What each leaf adds to the score, learning rate included. */
  readonly leafValues: Float64Array;
}

/** What a tree is grown on. */
export interface TreeSample {
  /** Rows; the tree puts those of a leaf together. */
  readonly rows: Int32Array;
  readonly features: Int32Array;
}

interface Leaf {
  readonly node: number;
  /** Its rows are places [from, to) of the sample's. */
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly gradient: number;
  readonly hessian: number;
  /** Absent where the leaf will not be split. */
  readonly histogram: Float64Array | undefined;
}

type OpenLeaf = Leaf & { readonly split: GainedSplit };

export interface BoostedTreeGrower {
  /** Grows a tree and adds what it says of the sample's rows to their `scores`, a number a row. */
  grow(gradients: Gradients, sample: TreeSample, scores: Float64Array): BoostedTree;
}

/** Grows trees one after the other with one set of scratch memory: one grower a thread. */
export function createBoostedTreeGrower({
  data,
  columns,
  weights,
  options,
}: BoostingTask): BoostedTreeGrower {
  const { start, rows: allRows } = data;
  const { lambda, maxDepth, maxLeaves, learningRate } = options;
  const histograms = createHistogramPool(data);
  const right = new Int32Array(allRows);

  function wordOf({ feature, slot, missingLeft }: GainedSplit): number {
    return splitWord(feature, slot - start[feature], missingLeft);
  }

  /** Puts the rows that go left first; returns where the right side begins. */
  function partition({ from, to, split }: OpenLeaf, rows: Int32Array): number {
    const word = wordOf(split);
    const at = split.feature * allRows;
    let next = from;
    let put = 0;
    // Each row is written to both sides and stays on one: a branch could not be foretold.
    for (let i = from; i < to; i++) {
      const row = rows[i];
      const left = Number(goesLeft(word, columns[at + row]));
      rows[next] = row;
      right[put] = row;
      next += left;
      put += 1 - left;
    }
    rows.set(right.subarray(0, put), next);
    return next;
  }

  return {
    grow(gradients, { rows, features }, scores) {
      const nodes: number[] = [LEAF, 0];
      const finished: Leaf[] = [];
      const open: OpenLeaf[] = [];

      /** Looks how a leaf might be split; it is finished where it may not. */
      function settle(leaf: Leaf): void {
        const { histogram } = leaf;
        const split = histogram && bestSplit(start, features, { ...leaf, histogram }, options);
        if (split) {
          open.push({ ...leaf, split });
        } else {
          histograms.giveBack(histogram);
          finished.push(leaf);
        }
      }

      function splitLeaf(leaf: OpenLeaf): void {
        const { split, depth, histogram: parent } = leaf;
        const middle = partition(leaf, rows);
        const left = nodes.length / 2;
        nodes[2 * leaf.node] = wordOf(split);
        nodes[2 * leaf.node + 1] = left;
        nodes.push(LEAF, 0, LEAF, 0);
        let small: Float64Array | undefined;
        let large: Float64Array | undefined;
        const leftIsSmall = middle - leaf.from <= leaf.to - middle;
        if (depth + 1 < maxDepth && parent) {
          const fewer = leftIsSmall ? rows.subarray(leaf.from, middle) : rows.subarray(middle, leaf.to);
          small = histograms.count(gradients, fewer, features);
          histograms.subtract(parent, small);
          large = parent;
        } else {
          histograms.giveBack(parent);
        }
        settle({
          node: left,
          from: leaf.from,
          to: middle,
          depth: depth + 1,
          gradient: split.gradientLeft,
          hessian: split.hessianLeft,
          histogram: leftIsSmall ? small : large,
        });
        settle({
          node: left + 1,
          from: middle,
          to: leaf.to,
          depth: depth + 1,
          gradient: leaf.gradient - split.gradientLeft,
          hessian: leaf.hessian - split.hessianLeft,
          histogram: leftIsSmall ? large : small,
        });
      }

      const [gradient, hessian] = sumsOf(gradients, rows);
      const histogram = histograms.count(gradients, rows, features);
      settle({ node: 0, from: 0, to: rows.length, depth: 0, gradient, hessian, histogram });
      while (open.length > 0 && open.length + finished.length < maxLeaves) splitLeaf(takeBest(open));
      for (const leaf of open) histograms.giveBack(leaf.histogram);

      const leaves = [...finished, ...open].toSorted((a, b) => a.node - b.node);
      const leafValues = new Float64Array(leaves.length);
      const cover = new Float64Array(nodes.length / 2);
      for (const [i, leaf] of leaves.entries()) {
        nodes[2 * leaf.node + 1] = i;
        // A sample without rows says nothing.
        const value = leaf.hessian > 0 ? (-leaf.gradient / (leaf.hessian + lambda)) * learningRate : 0;
        leafValues[i] = value;
        for (let k = leaf.from; k < leaf.to; k++) {
          scores[rows[k]] += value;
          cover[leaf.node] += weights[rows[k]];
        }
      }
      for (let node = cover.length - 1; node >= 0; node--) {
        const left = nodes[2 * node + 1];
        if (nodes[2 * node] !== LEAF) cover[node] = cover[left] + cover[left + 1];
      }
      return { nodes: Int32Array.from(nodes), cover, leafValues };
    },
  };
}

function sumsOf({ gradient, hessian }: Gradients, rows: Int32Array): [number, number] {
  let gradients = 0;
  let hessians = 0;
  for (let i = 0; i < rows.length; i++) {
    gradients += gradient[rows[i]];
    hessians += hessian[rows[i]];
  }
  return [gradients, hessians];
}

/** The open leaf whose split gains most; of equals the first that was made. */
function takeBest(open: OpenLeaf[]): OpenLeaf {
  let best = 0;
  for (let i = 1; i < open.length; i++) if (open[i].split.gain > open[best].split.gain) best = i;
  return open.splice(best, 1)[0];
}
