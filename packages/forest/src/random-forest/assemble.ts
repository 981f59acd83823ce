import { LEAF, type FeatureBins, type ForestModel } from "../model.ts";
import type { GrownTree } from "./grow-tree.ts";

/** Puts trees together, in their order, into one model to predict with. */
export function assembleForest(bins: FeatureBins, trees: readonly GrownTree[], classes: number): ForestModel {
  const nodeCount = trees.reduce((sum, tree) => sum + tree.cover.length, 0);
  const roots = new Int32Array(trees.length);
  const nodes = new Int32Array(2 * nodeCount);
  const cover = new Float64Array(nodeCount);
  const values = createLeafValues(classes);
  let at = 0;
  for (const [t, tree] of trees.entries()) {
    roots[t] = at;
    cover.set(tree.cover, at);
    for (let node = 0; node < tree.cover.length; node++) {
      const word = tree.nodes[2 * node];
      const target = tree.nodes[2 * node + 1];
      nodes[2 * (at + node)] = word;
      nodes[2 * (at + node) + 1] = word === LEAF ? values.numberOf(tree.leafWeights, target) : at + target;
    }
    at += tree.cover.length;
  }
  return {
    kind: "random_forest",
    features: bins.cutStart.length - 1,
    classes,
    trees: trees.length,
    bins,
    roots,
    nodes,
    cover,
    leafValues: values.all(),
    baseScore: new Float64Array(classes),
  };
}

/** Each distribution of classes is kept once: most leaves are of one class alone. */
function createLeafValues(classes: number) {
  const values: number[] = [];
  const pure = new Int32Array(classes).fill(-1);
  const mixed = new Map<string, number>();

  function add(shares: Float64Array): number {
    for (const share of shares) values.push(share);
    return values.length / classes - 1;
  }

  return {
    /** The leaf as a grown tree numbers it. */
    numberOf(mixedWeights: Float64Array, leaf: number): number {
      if (leaf < classes) {
        if (pure[leaf] < 0)
          pure[leaf] = add(Float64Array.from({ length: classes }, (_, c) => (c === leaf ? 1 : 0)));
        return pure[leaf];
      }
      const weights = mixedWeights.subarray((leaf - classes) * classes, (leaf - classes + 1) * classes);
      const sum = weights.reduce((total, weight) => total + weight, 0);
      const shares = weights.map((weight) => weight / sum);
      const key = shares.join(" ");
      let number = mixed.get(key);
      if (number === undefined) {
        number = add(shares);
        mixed.set(key, number);
      }
      return number;
    },
    all: () => Float64Array.from(values),
  };
}
