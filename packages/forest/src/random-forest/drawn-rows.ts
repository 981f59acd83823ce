import { seededRandom } from "../seeded-random.ts";
import type { ForestTask } from "./forest-task.ts";

/** How often each row is drawn for a tree. */
export interface RowDrawing {
  /** Into `counts`, a number a row. */
  draw(tree: number, counts: Uint32Array): void;
}

/**
 * Rows without a weight are never drawn, so that a bootstrap sample is as if they were not there. The random numbers
 * are a stream apart from those that draw the tree's features.
 */
export function createRowDrawing({ data, weights, options }: ForestTask): RowDrawing {
  const { labels, rows } = data;
  const drawable = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (weights?.[row] !== 0 && options.classWeights?.[labels[row]] !== 0) drawable[count++] = row;
  }
  return {
    draw(tree, counts) {
      counts.fill(0);
      if (options.bootstrap) {
        const random = seededRandom(options.seed, 2 * tree + 1);
        for (let i = 0; i < count; i++) counts[drawable[random.below(count)]]++;
      } else {
        for (let i = 0; i < count; i++) counts[drawable[i]] = 1;
      }
    },
  };
}
