import { LEAF, type FeatureBins, type ForestModel } from "../model.ts";
import type { BoostedTree } from "./grow-tree.ts";

/** Puts trees together, round after round and class after class, into one model to predict with. */
export function assembleBoosting(
  bins: FeatureBins,
  trees: readonly BoostedTree[],
  baseScore: Float64Array,
): ForestModel {
  const nodeCount = trees.reduce((sum, tree) => sum + tree.cover.length, 0);
  const leafCount = trees.reduce((sum, tree) => sum + tree.leafValues.length, 0);
  const roots = new Int32Array(trees.length);
  const nodes = new Int32Array(2 * nodeCount);
  const cover = new Float64Array(nodeCount);
  const leafValues = new Float64Array(leafCount);
  let at = 0;
  let leafAt = 0;
  for (const [t, tree] of trees.entries()) {
    roots[t] = at;
    cover.set(tree.cover, at);
    leafValues.set(tree.leafValues, leafAt);
    for (let node = 0; node < tree.cover.length; node++) {
      const word = tree.nodes[2 * node];
      nodes[2 * (at + node)] = word;
      nodes[2 * (at + node) + 1] = tree.nodes[2 * node + 1] + (word === LEAF ? leafAt : at);
    }
    at += tree.cover.length;
    leafAt += tree.leafValues.length;
  }
  return {
    kind: "gradient_boosting",
    features: bins.cutStart.length - 1,
    classes: baseScore.length,
    trees: trees.length,
    bins,
    roots,
    nodes,
    cover,
    leafValues,
    baseScore,
  };
}
