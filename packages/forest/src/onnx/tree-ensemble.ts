import { cutOf, LEAF, splitBin, splitFeature, splitMissingLeft, type ForestModel } from "../model.ts";
import { floatAtMost } from "./float-at-most.ts";

/** The trees as the attributes of ONNX's TreeEnsembleClassifier have them: a list a property, an entry a node or weight. */
export interface TreeEnsemble {
  readonly nodes: {
    readonly treeids: number[];
    readonly nodeids: number[];
    readonly featureids: number[];
    readonly modes: ("BRANCH_LEQ" | "LEAF")[];
    readonly values: number[];
    readonly truenodeids: number[];
    readonly falsenodeids: number[];
    readonly missing_value_tracks_true: number[];
    readonly hitrates: number[];
  };
  /**
   * What each leaf adds to each class. Of two classes the second alone is summed, under the number 0: from such weights
   * the ONNX runtime makes the outputs of both.
   */
  readonly weights: {
    readonly treeids: number[];
    readonly nodeids: number[];
    readonly ids: number[];
    readonly weights: number[];
  };
}

export function treeEnsembleOf(model: ForestModel): TreeEnsemble {
  const { roots, trees, cover } = model;
  const ensemble: TreeEnsemble = {
    nodes: {
      treeids: [],
      nodeids: [],
      featureids: [],
      modes: [],
      values: [],
      truenodeids: [],
      falsenodeids: [],
      missing_value_tracks_true: [],
      hitrates: [],
    },
    weights: { treeids: [], nodeids: [], ids: [], weights: [] },
  };
  for (let tree = 0; tree < trees; tree++) {
    const end = tree + 1 < trees ? roots[tree + 1] : cover.length;
    for (let node = roots[tree]; node < end; node++) addNode(ensemble, model, { tree, node });
  }
  return ensemble;
}

function addNode(
  { nodes, weights }: TreeEnsemble,
  model: ForestModel,
  { tree, node }: { readonly tree: number; readonly node: number },
): void {
  const root = model.roots[tree];
  const word = model.nodes[2 * node];
  const next = model.nodes[2 * node + 1];
  const isLeaf = word === LEAF;
  nodes.treeids.push(tree);
  nodes.nodeids.push(node - root);
  nodes.modes.push(isLeaf ? "LEAF" : "BRANCH_LEQ");
  nodes.featureids.push(isLeaf ? 0 : splitFeature(word));
  nodes.values.push(isLeaf ? 0 : floatAtMost(cutOf(model.bins, splitFeature(word), splitBin(word))));
  nodes.truenodeids.push(isLeaf ? 0 : next - root);
  nodes.falsenodeids.push(isLeaf ? 0 : next + 1 - root);
  nodes.missing_value_tracks_true.push(!isLeaf && splitMissingLeft(word) ? 1 : 0);
  nodes.hitrates.push(model.cover[node]);
  if (!isLeaf) return;
  const { classes, kind, leafValues, trees } = model;
  const isFirst = weights.ids.length === 0;
  const add = (c: number, weight: number): void => {
    weights.treeids.push(tree);
    weights.nodeids.push(node - root);
    weights.ids.push(c);
    weights.weights.push(weight);
  };
  if (kind === "gradient_boosting") {
    const value = leafValues[next];
    if (classes > 2) {
      add(tree % classes, value);
      return;
    }
    // The score of the second class against the first. The runtime takes scores for probabilities when no weight is
    // below 0, so there is one at least.
    add(0, (tree % 2 === 0 ? -value : value) + (isFirst ? 1 : 0));
    if (isFirst) add(0, -1);
    return;
  }
  if (classes === 2) {
    add(0, leafValues[next * 2 + 1] / trees);
    return;
  }
  // A class that no leaf names would be taken for missing: the first leaf names all.
  for (let c = 0; c < classes; c++) {
    const share = leafValues[next * classes + c];
    if (share > 0 || isFirst) add(c, share / trees);
  }
}
