import { binOf } from "../binning/bin-rows.ts";
import { refuse } from "../forest-error.ts";
import { goesLeft, LEAF, splitFeature, type ForestModel } from "../model.ts";
import { gaussLegendre, type Quadrature } from "./gauss-legendre.ts";
import { tracePaths } from "./tree-paths.ts";

/** Why a model says of one row what it says. */
export interface Explanation {
  /** What is said of a row of which nothing is known, by class: the mean over the training rows. */
  readonly base: Float64Array;
  /**
   * How much feature f moves what is said of class c, at `f * classes + c`. Base and all contributions of a class sum
   * to the probability (random forest) or the score before softmax (gradient boosting). Not calibrated.
   */
  readonly contributions: Float64Array;
}

export interface Explainer {
  /** @throws ForestError FOREST_INPUT_INVALID when the row has other features than the model */
  explain(row: ArrayLike<number>, options?: ExplainOptions): Explanation;
}

export interface ExplainOptions {
  /** Of this class only; contributions to the others stay 0. Default: all. */
  readonly class?: number;
}

/**
 * Exact Shapley values of tree ensembles, "path-dependent" as in Lundberg et al. 2020 ("From local explanations to
 * global understanding with explainable AI for trees"): a feature that is not known goes both ways at its splits, in the
 * shares of the training rows.
 *
 * A leaf with n features on its way adds v × Π (oᵢ or zᵢ), with oᵢ = 1 when the row would go that way and zᵢ the share
 * of training rows that do. Its Shapley values are integrals of polynomials of degree n - 1 (Owen 1972, "Multilinear
 * Extensions of Games"): v (oⱼ - zⱼ) ∫₀¹ Π over i ≠ j of (t oᵢ + (1 - t) zᵢ) dt, and ⌈n / 2⌉ points give them exactly.
 * All terms are between 0 and 1, so long ways lose no digits, as dividing polynomials would.
 * Time: trees × leaves × depth² / 4 and less, since all features that the row does not follow share one integral.
 *
 * What does not depend on the row is worked out here once: keep the explainer for the next row.
 */
export function createExplainer(model: ForestModel): Explainer {
  const paths = tracePaths(model);
  const onlyClass = onlyClasses(model);
  const quadratures = new Map<number, Quadrature>();
  const most = Math.ceil(paths.widest.reduce((max, one) => Math.max(max, one), 1) / 2);
  const scratch = {
    products: new Float64Array(most * (paths.deepest + 1)),
    factors: new Float64Array(most * (paths.deepest + 1)),
    ratios: new Float64Array(most * (paths.deepest + 1)),
    node: new Int32Array(paths.deepest + 1),
    // Of a feature on the way: the depth whose factor holds for it, and what the row and the rows of training do there.
    heldAt: new Int32Array(model.features).fill(-1),
    heldBefore: new Int32Array(paths.deepest + 1),
    follows: new Uint8Array(paths.deepest + 1),
    share: new Float64Array(paths.deepest + 1),
    met: new Int32Array(model.features),
  };

  return {
    explain(row, options = {}) {
      const { features, classes } = model;
      if (row.length !== features) refuse(`the model takes ${features} features, the row has ${row.length}.`);
      const only = options.class;
      if (only !== undefined && !(Number.isInteger(only) && only >= 0 && only < classes)) {
        refuse(`class ${only} of ${classes} classes.`);
      }
      const bins = Uint8Array.from({ length: features }, (_, f) => binOf(model.bins, f, row[f]));
      const contributions = new Float64Array(features * classes);
      for (let tree = 0; tree < model.trees; tree++) {
        const c = model.kind === "gradient_boosting" ? tree % classes : undefined;
        if (c !== undefined && only !== undefined && c !== only) continue;
        const count = Math.max(1, Math.ceil(paths.widest[tree] / 2));
        let quadrature = quadratures.get(count);
        if (quadrature === undefined) quadratures.set(count, (quadrature = gaussLegendre(count)));
        explainTree(model, {
          tree,
          bins,
          only: c ?? only,
          onlyClass,
          quadrature,
          share: paths.share,
          scratch,
          contributions,
        });
      }
      return { base: paths.base.slice(), contributions };
    },
  };
}

interface Walk {
  readonly tree: number;
  readonly bins: Uint8Array;
  /** The one class wanted. */
  readonly only: number | undefined;
  /** Of each leaf value of a forest the class that has it all, or -1. */
  readonly onlyClass: Int32Array;
  readonly quadrature: Quadrature;
  readonly share: Float64Array;
  readonly scratch: {
    readonly products: Float64Array;
    readonly factors: Float64Array;
    /** Of a feature that the row follows: weight × (1 - z) / factor, at each point. */
    readonly ratios: Float64Array;
    readonly node: Int32Array;
    readonly heldAt: Int32Array;
    readonly heldBefore: Int32Array;
    readonly follows: Uint8Array;
    readonly share: Float64Array;
    readonly met: Int32Array;
  };
  readonly contributions: Float64Array;
}

/**
 * Walks a tree depth first. At each depth stands the product over the features met so far, at each point of the
 * quadrature; a feature that comes again replaces its factor by the joint one.
 */
function explainTree(model: ForestModel, walk: Walk): void {
  const { nodes, classes, trees, leafValues } = model;
  const { bins, only, onlyClass, quadrature, scratch, contributions } = walk;
  const { points, weights } = quadrature;
  const { products, factors, ratios, heldAt, heldBefore, follows, met } = scratch;
  const count = points.length;
  const boosted = model.kind === "gradient_boosting";
  let metCount = 0;
  let depth = 0;

  /** Adds a split's child to the way; false when no row of training and not this row goes there. */
  function enter(parent: number, child: number): boolean {
    const feature = splitFeature(nodes[2 * parent]);
    const isLeft = child === nodes[2 * parent + 1];
    const before = heldAt[feature];
    const goes = goesLeft(nodes[2 * parent], bins[feature]) === isLeft;
    const follow = goes && (before < 0 || follows[before] === 1);
    const share = walk.share[child] * (before < 0 ? 1 : scratch.share[before]);
    if (!follow && !(share > 0)) return false;
    depth++;
    scratch.node[depth] = child;
    heldBefore[depth] = before;
    heldAt[feature] = depth;
    follows[depth] = follow ? 1 : 0;
    scratch.share[depth] = share;
    if (before < 0) met[metCount++] = feature;
    const at = depth * count;
    const above = at - count;
    for (let m = 0; m < count; m++) {
      const factor = (follow ? points[m] : 0) + (1 - points[m]) * share;
      factors[at + m] = factor;
      products[at + m] = products[above + m] * factor;
      if (follow) ratios[at + m] = (weights[m] * (1 - share)) / factor;
    }
    if (before < 0) return true;
    const old = before * count;
    for (let m = 0; m < count; m++) products[at + m] /= factors[old + m];
    return true;
  }

  function leave(parent: number): void {
    const feature = splitFeature(nodes[2 * parent]);
    heldAt[feature] = heldBefore[depth];
    if (heldBefore[depth] < 0) metCount--;
    depth--;
  }

  function addLeaf(leaf: number): void {
    const at = depth * count;
    const values = leaf * (boosted ? 1 : classes);
    const c = only ?? onlyClass[leaf];
    const value = boosted ? leafValues[leaf] : c < 0 ? 1 / trees : leafValues[values + c] / trees;
    let unfollowed = 0;
    for (let m = 0; m < count; m++) unfollowed -= (weights[m] * products[at + m]) / (1 - points[m]);
    for (let k = 0; k < metCount; k++) {
      const feature = met[k];
      const held = heldAt[feature];
      let part = unfollowed;
      if (follows[held] === 1) {
        const ratiosAt = held * count;
        part = 0;
        for (let m = 0; m < count; m++) part += products[at + m] * ratios[ratiosAt + m];
      }
      part *= value;
      const to = feature * classes;
      if (c >= 0) contributions[to + c] += part;
      else
        for (let each = 0; each < classes; each++)
          contributions[to + each] += part * leafValues[values + each];
    }
  }

  const root = model.roots[walk.tree];
  if (nodes[2 * root] === LEAF) return;
  products.fill(1, 0, count);
  scratch.node[0] = root;
  // Which child of the node at each depth is to be entered next: 0 left, 1 right, 2 none.
  const turn = new Uint8Array(scratch.node.length);
  for (;;) {
    const node = scratch.node[depth];
    const isLeaf = nodes[2 * node] === LEAF;
    if (isLeaf && (boosted || only === undefined || leafValues[nodes[2 * node + 1] * classes + only] !== 0)) {
      addLeaf(nodes[2 * node + 1]);
    }
    if (isLeaf || turn[depth] === 2) {
      if (depth === 0) return;
      leave(scratch.node[depth - 1]);
      continue;
    }
    const child = nodes[2 * node + 1] + turn[depth]++;
    if (enter(node, child)) turn[depth] = 0;
  }
}

function onlyClasses({ kind, classes, leafValues }: ForestModel): Int32Array {
  if (kind === "gradient_boosting") return new Int32Array(0);
  return Int32Array.from({ length: leafValues.length / classes }, (_, leaf) => {
    const values = leafValues.subarray(leaf * classes, (leaf + 1) * classes);
    const first = values.findIndex((value) => value !== 0);
    return first >= 0 && values.findLastIndex((value) => value !== 0) === first ? first : -1;
  });
}
