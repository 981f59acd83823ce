import { LEAF, type FeatureBins, type ForestModel } from "../model.ts";
import type { GrownTree } from "./grow-tree.ts";
import { createLeafTable } from "./leaf-table.ts";

/** Puts trees together, in their order, into one model to predict with. */
export function assembleForest(bins: FeatureBins, trees: readonly GrownTree[], classes: number): ForestModel {
  const nodeCount = trees.reduce((sum, tree) => sum + tree.cover.length, 0);
  const roots = new Int32Array(trees.length);
  const nodes = new Int32Array(2 * nodeCount);
  const cover = new Float64Array(nodeCount);
  const table = createLeafTable(classes);
  const pure = new Int32Array(classes).fill(-1);
  let at = 0;
  for (const [t, tree] of trees.entries()) {
    roots[t] = at;
    cover.set(tree.cover, at);
    for (let node = 0; node < tree.cover.length; node++) {
      const word = tree.nodes[2 * node];
      const target = tree.nodes[2 * node + 1];
      nodes[2 * (at + node)] = word;
      nodes[2 * (at + node) + 1] = word === LEAF ? leafNumber(tree, target) : at + target;
    }
    at += tree.cover.length;
  }

  /** The number in the table of a leaf that the grown tree numbers so. */
  function leafNumber({ leafWeights }: GrownTree, leaf: number): number {
    if (leaf < classes) {
      if (pure[leaf] < 0) pure[leaf] = table.pure(leaf);
      return pure[leaf];
    }
    const from = (leaf - classes) * classes;
    return table.mixed(leafWeights.subarray(from, from + classes));
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
    leafValues: table.values(),
    baseScore: new Float64Array(classes),
  };
}
