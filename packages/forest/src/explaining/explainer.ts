import { binOf } from "../binning/bin-rows.ts";
import { refuse } from "../forest-error.ts";
import { goesLeft, LEAF, splitFeature, type ForestModel } from "../model.ts";
import { gaussLegendre } from "./gauss-legendre.ts";
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
  const integrals = new Map<number, Integral>();
  const most = Math.ceil(paths.widest.reduce((max, one) => Math.max(max, one), 1) / 2);
  const steps = paths.deepest + 1;
  const scratch: Scratch = {
    products: new Float64Array(most * steps),
    factors: new Float64Array(most * steps),
    ratios: new Float64Array(most * steps),
    integrand: new Float64Array(most),
    node: new Int32Array(steps),
    turn: new Uint8Array(steps),
    line: new Int32Array(steps),
    unfollowed: new Int32Array(steps),
    reach: new Float64Array(steps),
    heldBefore: new Int32Array(steps),
    follows: new Uint8Array(steps),
    share: new Float64Array(steps),
    heldAt: new Int32Array(model.features).fill(-1),
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
        let integral = integrals.get(count);
        if (integral === undefined) integrals.set(count, (integral = integralOf(count)));
        explainTree(model, {
          tree,
          bins,
          only: c ?? only,
          onlyClass,
          integral,
          shares: paths.share,
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
  readonly integral: Integral;
  /** Of each node. */
  readonly shares: Float64Array;
  readonly scratch: Scratch;
  readonly contributions: Float64Array;
}

/** Memory of a walk: a place a depth, or as many as the quadrature has points. */
interface Scratch {
  readonly products: Float64Array;
  readonly factors: Float64Array;
  /** Of a feature that the row follows: (1 - z) / factor, at each point. */
  readonly ratios: Float64Array;
  readonly integrand: Float64Array;
  readonly node: Int32Array;
  /** Which child of the node is to be entered next: 0 left, 1 right, 2 none. */
  readonly turn: Uint8Array;
  /** The depth at which the product in force stands. */
  readonly line: Int32Array;
  /** Features so far that the row does not follow, and the product of their shares. */
  readonly unfollowed: Int32Array;
  readonly reach: Float64Array;
  /** What `heldAt` had before this step's feature was met. */
  readonly heldBefore: Int32Array;
  readonly follows: Uint8Array;
  readonly share: Float64Array;
  /** Of each feature the depth whose factor holds for it now, or -1. */
  readonly heldAt: Int32Array;
  /** The features on the way, in the order they were met. */
  readonly met: Int32Array;
}

interface Integral {
  readonly points: Float64Array;
  /** Weight of point m times (1 - point)^power, at `power × points + m`. */
  readonly weights: Float64Array;
}

function integralOf(count: number): Integral {
  const { points, weights } = gaussLegendre(count);
  const powers = Float64Array.from({ length: (2 * count + 1) * count }, (_, at) => {
    const m = at % count;
    return weights[m] * (1 - points[m]) ** Math.floor(at / count);
  });
  return { points, weights: powers };
}

/**
 * Walks a tree depth first. The features that the row does not follow give the integrand (1 - t) and their share each: a
 * count and a number at each depth are enough for them. For those that it follows the product stands at each point of
 * the quadrature, in a line of its own wherever it changes; a feature that comes again replaces its factor by the joint
 * one. One function with all its state in local variables, since this is what takes the time.
 */
function explainTree(model: ForestModel, walk: Walk): void {
  const { nodes, classes, leafValues } = model;
  const { bins, only, onlyClass, scratch, contributions, shares } = walk;
  const { points, weights } = walk.integral;
  const { products, factors, ratios, integrand } = scratch;
  const { node: nodeAt, turn, line, unfollowed, reach } = scratch;
  const { heldAt, heldBefore, follows, share: shareAt, met } = scratch;
  const count = points.length;
  const boosted = model.kind === "gradient_boosting";
  const scale = boosted ? 1 : 1 / model.trees;
  const root = model.roots[walk.tree];
  if (nodes[2 * root] === LEAF) return;
  products.fill(1, 0, count);
  nodeAt[0] = root;
  turn[0] = line[0] = unfollowed[0] = 0;
  reach[0] = scale;
  let metCount = 0;
  let depth = 0;
  for (;;) {
    const word = nodes[2 * nodeAt[depth]];
    const next = nodes[2 * nodeAt[depth] + 1];
    if (word !== LEAF && turn[depth] < 2) {
      // One step down: left first, then right.
      const isLeft = turn[depth] === 0;
      const child = isLeft ? next : next + 1;
      turn[depth]++;
      const feature = splitFeature(word);
      const before = heldAt[feature];
      const followed = before < 0 || follows[before] === 1;
      const follow = followed && goesLeft(word, bins[feature]) === isLeft;
      const share = before < 0 ? shares[child] : shares[child] * shareAt[before];
      // Where neither the row nor any row of training goes, nothing is added.
      if (!follow && !(share > 0)) continue;
      const above = line[depth] * count;
      depth++;
      nodeAt[depth] = child;
      turn[depth] = 0;
      heldBefore[depth] = before;
      heldAt[feature] = depth;
      follows[depth] = follow ? 1 : 0;
      shareAt[depth] = share;
      if (before < 0) met[metCount++] = feature;
      line[depth] = line[depth - 1];
      reach[depth] = reach[depth - 1];
      unfollowed[depth] = unfollowed[depth - 1];
      if (!follow) {
        // A feature that was not followed before had its share counted above, all but this one.
        reach[depth] *= followed ? share : shares[child];
        if (followed) unfollowed[depth]++;
      }
      if (!follow && (before < 0 || !followed)) continue;
      const at = depth * count;
      line[depth] = depth;
      if (follow) {
        for (let m = 0; m < count; m++) {
          const factor = points[m] + (1 - points[m]) * share;
          factors[at + m] = factor;
          products[at + m] = products[above + m] * factor;
          ratios[at + m] = (1 - share) / factor;
        }
      } else for (let m = 0; m < count; m++) products[at + m] = products[above + m];
      if (before >= 0) {
        const old = before * count;
        for (let m = 0; m < count; m++) products[at + m] /= factors[old + m];
      }
      continue;
    }
    const c = only ?? (word === LEAF ? onlyClass[next] : 0);
    const value = word !== LEAF ? 0 : boosted ? leafValues[next] : c < 0 ? 1 : leafValues[next * classes + c];
    if (value !== 0) {
      const at = line[depth] * count;
      const power = unfollowed[depth] * count;
      let aside = 0;
      const factor = value * reach[depth];
      for (let m = 0; m < count; m++) {
        integrand[m] = weights[power + m] * products[at + m] * factor;
        if (power > 0) aside -= weights[power - count + m] * products[at + m];
      }
      aside *= factor;
      for (let k = 0; k < metCount; k++) {
        const feature = met[k];
        const held = heldAt[feature];
        let part = aside;
        if (follows[held] === 1) {
          const ratiosAt = held * count;
          part = 0;
          for (let m = 0; m < count; m++) part += integrand[m] * ratios[ratiosAt + m];
        }
        const to = feature * classes;
        if (c >= 0) contributions[to + c] += part;
        else
          for (let each = 0; each < classes; each++)
            contributions[to + each] += part * leafValues[next * classes + each];
      }
    }
    // Back up.
    if (depth === 0) return;
    const feature = splitFeature(nodes[2 * nodeAt[depth - 1]]);
    const before = heldBefore[depth];
    heldAt[feature] = before;
    if (before < 0) metCount--;
    depth--;
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
