/** How one class was recognised. 0 where there is nothing to take a share of. */
export interface ClassFigures {
  /** Share of the rows said to be of the class that are. */
  readonly precision: number;
  /** Share of the rows of the class that were said to be. */
  readonly recall: number;
  /** Harmonic mean of the two. */
  readonly f1: number;
  /** Rows of the class, by weight. */
  readonly support: number;
}

export interface ConfusionFigures {
  /** Share of rows that are right. */
  readonly accuracy: number;
  /** Mean F1 of the classes that stand in the truth or in the answers, each counting the same. */
  readonly macroF1: number;
  /** Mean F1 by support. */
  readonly weightedF1: number;
  readonly perClass: readonly ClassFigures[];
}

/** Weight of the rows of true class t that were taken for class p, at `t * classes + p`. */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  { classes, weights }: { readonly classes: number; readonly weights?: Float64Array | undefined },
): Float64Array {
  const matrix = new Float64Array(classes * classes);
  for (let row = 0; row < truth.length; row++)
    matrix[truth[row] * classes + predicted[row]] += weights?.[row] ?? 1;
  return matrix;
}

/** Accuracy, precision, recall and F1 from a confusion matrix, as scikit-learn has them with `zero_division=0`. */
export function confusionFigures(matrix: Float64Array, classes: number): ConfusionFigures {
  const support = new Float64Array(classes);
  const said = new Float64Array(classes);
  let total = 0;
  let right = 0;
  for (let t = 0; t < classes; t++) {
    for (let p = 0; p < classes; p++) {
      const weight = matrix[t * classes + p];
      support[t] += weight;
      said[p] += weight;
      total += weight;
    }
    right += matrix[t * classes + t];
  }
  const perClass = Array.from(support, (rows, c): ClassFigures => {
    const hits = matrix[c * classes + c];
    return {
      precision: share(hits, said[c]),
      recall: share(hits, rows),
      f1: share(2 * hits, said[c] + rows),
      support: rows,
    };
  });
  const met = perClass.filter((_, c) => support[c] > 0 || said[c] > 0);
  return {
    accuracy: share(right, total),
    macroF1: share(
      met.reduce((sum, { f1 }) => sum + f1, 0),
      met.length,
    ),
    weightedF1: share(
      perClass.reduce((sum, figures) => sum + figures.f1 * figures.support, 0),
      total,
    ),
    perClass,
  };
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
