import { LEAF, splitFeature, type ForestModel } from "../model.ts";

/** What of a model's trees does not depend on the row to explain. */
export interface TreePaths {
  /** Share of the training rows of its parent that came to each node; 1 at a root. */
  readonly share: Float64Array;
  /** Of each tree the most different features on one way down. */
  readonly widest: Int32Array;
  /** Of all trees the most nodes on one way down. */
  readonly deepest: number;
  /** Mean of what the model says, over the training rows as the covers have them; a class each. */
  readonly base: Float64Array;
}

/** A parent stands before its children, so that one pass forward is enough. */
export function tracePaths(model: ForestModel): TreePaths {
  const { nodes, cover, roots, trees } = model;
  const share = new Float64Array(cover.length);
  const reach = new Float64Array(cover.length);
  const depth = new Int32Array(cover.length);
  const base = Float64Array.from(model.baseScore);
  const widest = new Int32Array(trees);
  let deepest = 0;
  for (let tree = 0; tree < trees; tree++) {
    const root = roots[tree];
    share[root] = reach[root] = 1;
    depth[root] = 1;
    const end = tree + 1 < trees ? roots[tree + 1] : cover.length;
    for (let node = root; node < end; node++) {
      deepest = Math.max(deepest, depth[node]);
      const next = nodes[2 * node + 1];
      if (nodes[2 * node] === LEAF) {
        addLeaf(model, tree, { leaf: next, reach: reach[node], to: base });
        continue;
      }
      const weight = cover[next] + cover[next + 1];
      // Where no row came through, either way is as likely.
      share[next] = weight > 0 ? cover[next] / weight : 0.5;
      share[next + 1] = 1 - share[next];
      for (let child = next; child <= next + 1; child++) {
        reach[child] = reach[node] * share[child];
        depth[child] = depth[node] + 1;
      }
    }
    widest[tree] = widestOf(model, root);
  }
  return { share, widest, deepest, base };
}

function addLeaf(
  { kind, classes, trees, leafValues }: ForestModel,
  tree: number,
  { leaf, reach, to }: { leaf: number; reach: number; to: Float64Array },
): void {
  if (kind === "gradient_boosting") {
    to[tree % classes] += reach * leafValues[leaf];
    return;
  }
  for (let c = 0; c < classes; c++) to[c] += (reach * leafValues[leaf * classes + c]) / trees;
}

/** Most different features between this root and any leaf. */
function widestOf({ nodes, features }: ForestModel, root: number): number {
  const met = new Int32Array(features);
  const pending = [root];
  let different = 0;
  let widest = 0;
  // A node, or ~feature where the ways below a split of that feature have been gone.
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    if (item < 0) {
      if (--met[~item] === 0) different--;
      continue;
    }
    const word = nodes[2 * item];
    if (word === LEAF) {
      widest = Math.max(widest, different);
      continue;
    }
    const feature = splitFeature(word);
    if (met[feature]++ === 0) different++;
    const next = nodes[2 * item + 1];
    pending.push(~feature, next + 1, next);
  }
  return widest;
}
