import { LEAF, splitFeature, type ForestModel } from "../model.ts";

/**
 * How much each feature's splits tell apart, over the training rows; summing to 1, or all 0 where nothing is split.
 *
 * Of a random forest the mean decrease in Gini impurity (Breiman et al. 1984), each tree counting the same, as
 * scikit-learn has it: leaves and covers hold all that is needed. Of gradient boosting the decrease in the squared error
 * of what the trees say, by cover (Friedman 2001, "Greedy Function Approximation", §8.1): the gain itself would need the
 * second derivatives, which the model does not keep.
 *
 * Such importances favour features with many values and say nothing of new rows; `permutationImportances` does.
 */
export function splitImportances(model: ForestModel): Float64Array {
  const { features, roots, trees, cover } = model;
  const out = new Float64Array(features);
  for (let tree = 0; tree < trees; tree++) {
    const end = tree + 1 < trees ? roots[tree + 1] : cover.length;
    const ofTree = model.kind === "random_forest" ? giniDecrease : varianceDecrease;
    const decrease = ofTree(model, roots[tree], end);
    const scale = model.kind === "random_forest" ? sumOf(decrease) : 1;
    for (let f = 0; f < features; f++) if (scale > 0) out[f] += decrease[f] / scale;
  }
  const sum = sumOf(out);
  return sum > 0 ? out.map((one) => one / sum) : out;
}

/** Children stand behind their parents, so going backwards finds both summed up. */
function giniDecrease(
  { nodes, cover, classes, leafValues, features }: ForestModel,
  root: number,
  end: number,
) {
  const out = new Float64Array(features);
  const weights = new Float64Array((end - root) * classes);
  // Σ over the classes of weight², divided by the weight: what Gini impurity takes from the weight.
  const purity = new Float64Array(end - root);
  for (let node = end - 1; node >= root; node--) {
    const at = (node - root) * classes;
    const next = nodes[2 * node + 1];
    const isLeaf = nodes[2 * node] === LEAF;
    let weight = 0;
    let squares = 0;
    for (let c = 0; c < classes; c++) {
      const below = (next - root) * classes + c;
      const here = isLeaf
        ? cover[node] * leafValues[next * classes + c]
        : weights[below] + weights[below + classes];
      weights[at + c] = here;
      weight += here;
      squares += here * here;
    }
    purity[node - root] = weight > 0 ? squares / weight : 0;
    if (isLeaf) continue;
    const gained = purity[next - root] + purity[next + 1 - root] - purity[node - root];
    out[splitFeature(nodes[2 * node])] += Math.max(0, gained);
  }
  return out;
}

function varianceDecrease({ nodes, cover, leafValues, features }: ForestModel, root: number, end: number) {
  const out = new Float64Array(features);
  const mean = new Float64Array(end - root);
  for (let node = end - 1; node >= root; node--) {
    const next = nodes[2 * node + 1];
    if (nodes[2 * node] === LEAF) {
      mean[node - root] = leafValues[next];
      continue;
    }
    const weight = cover[next] + cover[next + 1];
    if (!(weight > 0)) continue;
    const apart = mean[next - root] - mean[next + 1 - root];
    mean[node - root] = (cover[next] * mean[next - root] + cover[next + 1] * mean[next + 1 - root]) / weight;
    out[splitFeature(nodes[2 * node])] += ((cover[next] * cover[next + 1]) / weight) * apart * apart;
  }
  return out;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, one) => sum + one, 0);
}
