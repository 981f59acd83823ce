import { refuse } from "../forest-error.ts";
import { SEEDS, whole } from "../checked-options.ts";
import { seededRandom, type SeededRandom } from "../seeded-random.ts";
import { bySide, type Split } from "./stratified-split.ts";
import { largestFirst, shuffled, unitsByClass, type LabelledRows, type Unit } from "./units.ts";

export interface FoldOptions {
  /** 2 up to the number of groups (rows, where there are no groups). Default 5. */
  readonly folds?: number;
  /** Times that all is divided anew. Default 1. */
  readonly repeats?: number;
  /** Whole number. Default 0. */
  readonly seed?: number;
}

/**
 * Stratified repeated k-fold: `repeats × folds` splits; in each repeat every row is tested once. Folds hold as many
 * rows of each class, give or take one; with groups as nearly as groups can be dealt.
 *
 * @throws ForestError FOREST_INPUT_INVALID for rows or options that cannot be
 */
export function stratifiedKFold(of: LabelledRows, options: FoldOptions = {}): Split[] {
  const folds = whole("folds", options.folds ?? 5, [2, 65_535]);
  const repeats = whole("repeats", options.repeats ?? 1, [1, 100_000]);
  const seed = whole("seed", options.seed ?? 0, SEEDS);
  const byClass = unitsByClass(of);
  const units = byClass.reduce((sum, one) => sum + one.length, 0);
  if (units < folds) refuse(`${units} groups of rows cannot fill ${folds} folds.`);
  return Array.from({ length: repeats }, (_, repeat) => {
    const foldOf = new Uint16Array(of.labels.length);
    deal(byClass, { folds, foldOf, random: seededRandom(seed, repeat) });
    return Array.from({ length: folds }, (_fold, fold) => bySide(foldOf, fold));
  }).flat();
}

/** Deals each class in turn: a unit goes where there are fewest of its class, and of those fewest at all. */
function deal(
  byClass: readonly (readonly Unit[])[],
  to: { readonly folds: number; readonly foldOf: Uint16Array; readonly random: SeededRandom },
): void {
  const { folds, foldOf, random } = to;
  const total = new Float64Array(folds);
  const order = shuffled(
    Array.from({ length: folds }, (_, fold) => fold),
    random,
  );
  for (const units of byClass) {
    const ofClass = new Float64Array(folds);
    for (const { rows } of largestFirst(units, random)) {
      let best = order[0];
      for (const fold of order) {
        const fewer = ofClass[fold] - ofClass[best] || total[fold] - total[best];
        if (fewer < 0) best = fold;
      }
      ofClass[best] += rows.length;
      total[best] += rows.length;
      for (const row of rows) foldOf[row] = best;
    }
  }
}
