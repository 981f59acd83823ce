import { LEAF, splitWord } from "../model.ts";
import type { CheckedBoostingOptions } from "./options.ts";
import type { SlottedRows } from "./slots.ts";

/** A regression tree on gradients, as it has grown. */
export interface BoostedTree {
  /** As in ForestModel.nodes, node and leaf numbers counted within the tree. */
  readonly nodes: Int32Array;
  readonly cover: Float64Array;
  /** What each leaf adds to the score, learning rate included. */
  readonly leafValues: Float64Array;
}

/** Gradients and second derivatives of the loss by a class's score, a row each, weights included. */
export interface Gradients {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

interface OpenLeaf {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly gradient: number;
  readonly hessian: number;
  readonly histogram: Float64Array | undefined;
  gain: number;
  feature: number;
  /** The last slot that goes left. */
  slot: number;
  missingLeft: boolean;
}

export interface BoostedTreeGrower {
  /**
   * Grows on the first `count` rows of `order` and the features listed; adds what the tree says to the scores of all
   * those rows, at `row * classes + c`.
   */
  grow(
    gradients: Gradients,
    sample: { readonly order: Int32Array; readonly count: number; readonly features: Int32Array },
    scores: { readonly all: Float64Array; readonly classes: number; readonly c: number },
  ): BoostedTree;
}

/** Grows trees one after the other with one set of scratch memory: one grower a thread. */
export function createBoostedTreeGrower(
  data: SlottedRows,
  weights: Float64Array,
  options: CheckedBoostingOptions,
): BoostedTreeGrower {
  const { slots, start } = data;
  const width = data.features;
  const histogramLength = 2 * start[width];
  const { lambda, minGain, minChildHessian, maxDepth, maxLeaves, learningRate } = options;
  const spare: Float64Array[] = [];
  const right = new Int32Array(data.rows);

  const takeHistogram = (): Float64Array => {
    const histogram = spare.pop();
    if (histogram === undefined) return new Float64Array(histogramLength);
    histogram.fill(0);
    return histogram;
  };

  function fill(
    histogram: Float64Array,
    { gradient, hessian }: Gradients,
    order: Int32Array,
    [from, to]: readonly [number, number],
    features: Int32Array,
  ): void {
    const all = features.length === width;
    for (let i = from; i < to; i++) {
      const row = order[i];
      const g = gradient[row];
      const h = hessian[row];
      const at = row * width;
      if (all) {
        for (let k = at; k < at + width; k++) {
          const slot = slots[k] << 1;
          histogram[slot] += g;
          histogram[slot + 1] += h;
        }
      } else {
        for (let k = 0; k < features.length; k++) {
          const slot = slots[at + features[k]] << 1;
          histogram[slot] += g;
          histogram[slot + 1] += h;
        }
      }
    }
  }

  /** Gain of a split (Chen & Guestrin 2016, eq. 7, without the half). */
  function search(leaf: OpenLeaf, features: Int32Array): void {
    const { histogram, gradient, hessian } = leaf;
    if (histogram === undefined) return;
    const unsplit = (gradient * gradient) / (hessian + lambda);
    let best = Math.max(minGain, 1e-10);
    for (let k = 0; k < features.length; k++) {
      const feature = features[k];
      const first = start[feature];
      const missing = start[feature + 1] - 1;
      const missingGradient = histogram[2 * missing];
      const missingHessian = histogram[2 * missing + 1];
      const hasMissing = missingHessian > 0;
      for (let way = 0; way < (hasMissing ? 2 : 1); way++) {
        let g = way === 0 ? 0 : missingGradient;
        let h = way === 0 ? 0 : missingHessian;
        // With missing values on the right, the last bin may stand against them alone.
        const end = way === 0 && hasMissing ? missing : missing - 1;
        for (let slot = first; slot < end; slot++) {
          const here = histogram[2 * slot + 1];
          if (here === 0) continue;
          g += histogram[2 * slot];
          h += here;
          const rest = hessian - h;
          if (h < minChildHessian) continue;
          if (rest < minChildHessian) break;
          const other = gradient - g;
          const gain = (g * g) / (h + lambda) + (other * other) / (rest + lambda) - unsplit;
          if (gain > best) {
            best = gain;
            leaf.gain = gain;
            leaf.feature = feature;
            leaf.slot = slot;
            leaf.missingLeft = hasMissing ? way === 1 : h > rest;
          }
        }
      }
    }
  }

  function partition(leaf: OpenLeaf, order: Int32Array): number {
    const { from, to, feature, slot: limit, missingLeft } = leaf;
    const missing = start[feature + 1] - 1;
    let next = from;
    let put = 0;
    for (let i = from; i < to; i++) {
      const row = order[i];
      const slot = slots[row * width + feature];
      if (slot === missing ? missingLeft : slot <= limit) order[next++] = row;
      else right[put++] = row;
    }
    for (let i = 0; i < put; i++) order[next + i] = right[i];
    return next;
  }

  return {
    grow(gradients, { order, count, features }, { all, classes, c }) {
      const nodes: number[] = [LEAF, 0];
      const cover: number[] = [];
      const finished: OpenLeaf[] = [];
      const open: OpenLeaf[] = [];

      const weigh = (
        node: number,
        from: number,
        to: number,
        depth: number,
        histogram?: Float64Array,
      ): OpenLeaf => {
        let gradient = 0;
        let hessian = 0;
        let weight = 0;
        for (let i = from; i < to; i++) {
          const row = order[i];
          gradient += gradients.gradient[row];
          hessian += gradients.hessian[row];
          weight += weights[row];
        }
        cover[node] = weight;
        return {
          node,
          from,
          to,
          depth,
          gradient,
          hessian,
          histogram,
          gain: 0,
          feature: -1,
          slot: 0,
          missingLeft: false,
        };
      };
      const settle = (leaf: OpenLeaf): void => {
        if (leaf.depth < maxDepth) search(leaf, features);
        if (leaf.feature >= 0) {
          open.push(leaf);
          return;
        }
        if (leaf.histogram) spare.push(leaf.histogram);
        finished.push(leaf);
      };

      const whole = takeHistogram();
      fill(whole, gradients, order, [0, count], features);
      settle(weigh(0, 0, count, 0, whole));
      while (open.length > 0 && open.length + finished.length < maxLeaves) {
        const leaf = takeBest(open);
        const word = splitWord(leaf.feature, leaf.slot - start[leaf.feature], leaf.missingLeft);
        const middle = partition(leaf, order);
        const left = cover.length;
        nodes[2 * leaf.node] = word;
        nodes[2 * leaf.node + 1] = left;
        nodes.push(LEAF, 0, LEAF, 0);
        const leftIsSmall = middle - leaf.from <= leaf.to - middle;
        const parent = leaf.histogram;
        if (leaf.depth + 1 >= maxDepth || parent === undefined) {
          if (parent) spare.push(parent);
          settle(weigh(left, leaf.from, middle, leaf.depth + 1));
          settle(weigh(left + 1, middle, leaf.to, leaf.depth + 1));
          continue;
        }
        const small = takeHistogram();
        fill(small, gradients, order, leftIsSmall ? [leaf.from, middle] : [middle, leaf.to], features);
        subtract(parent, small);
        settle(weigh(left, leaf.from, middle, leaf.depth + 1, leftIsSmall ? small : parent));
        settle(weigh(left + 1, middle, leaf.to, leaf.depth + 1, leftIsSmall ? parent : small));
      }
      for (const leaf of open) if (leaf.histogram) spare.push(leaf.histogram);
      const leaves = [...finished, ...open].toSorted((a, b) => a.node - b.node);
      const leafValues = new Float64Array(leaves.length);
      for (const [i, leaf] of leaves.entries()) {
        nodes[2 * leaf.node + 1] = i;
        const value = (-leaf.gradient / (leaf.hessian + lambda)) * learningRate;
        leafValues[i] = Number.isFinite(value) ? value : 0;
        for (let k = leaf.from; k < leaf.to; k++) all[order[k] * classes + c] += leafValues[i];
      }
      return { nodes: Int32Array.from(nodes), cover: Float64Array.from(cover), leafValues };
    },
  };
}

/** The open leaf whose split gains most; of equals the first that was made. */
function takeBest(open: OpenLeaf[]): OpenLeaf {
  let best = 0;
  for (let i = 1; i < open.length; i++) if (open[i].gain > open[best].gain) best = i;
  return open.splice(best, 1)[0];
}

/** What is left of the parent's histogram is the other child's. */
function subtract(parent: Float64Array, child: Float64Array): void {
  for (let i = 0; i < parent.length; i += 2) {
    parent[i] -= child[i];
    const rest = parent[i + 1] - child[i + 1];
    // Rounding may leave a trace where nothing is.
    parent[i + 1] = rest > 1e-12 ? rest : 0;
  }
}
