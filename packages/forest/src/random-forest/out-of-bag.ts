import type { ForestModel } from "../model.ts";
import { createLeafFinder } from "../predicting/leaf-finder.ts";
import { createRowDrawing } from "./drawn-rows.ts";
import type { ForestTask } from "./forest-task.ts";

/** Predictions for the training rows by those trees that did not see them (Breiman 1996, "Out-of-bag estimation"). */
export interface OutOfBag {
  /** `rows × classes`; zeros in a row that every tree saw. */
  readonly probabilities: Float64Array;
  /** How many trees had a say in each row. A row of weight 0 is seen by none, and so all have. */
  readonly trees: Uint32Array;
}

/** Nothing predicted yet. */
export function emptyOutOfBag({ data }: ForestTask): OutOfBag {
  return { probabilities: new Float64Array(data.rows * data.classes), trees: new Uint32Array(data.rows) };
}

/**
 * Predicts rows [fromRow, toRow) into `out`; without a bootstrap none, since every tree saw every row.
 * A row's answer does not depend on which rows are predicted with it.
 */
export function predictOutOfBag(
  model: ForestModel,
  task: ForestTask,
  out: OutOfBag,
  [fromRow, toRow]: readonly [number, number] = [0, task.data.rows],
): void {
  if (!task.options.bootstrap) return;
  const { rows, features, classes, columns } = task.data;
  const { probabilities, trees } = out;
  const count = toRow - fromRow;
  const binned = new Uint8Array(count * features);
  for (let feature = 0; feature < features; feature++) {
    const column = columns.subarray(feature * rows + fromRow, feature * rows + toRow);
    for (let row = 0; row < count; row++) binned[row * features + feature] = column[row];
  }
  const finder = createLeafFinder(model, count);
  finder.take(binned, count);
  const drawing = createRowDrawing(task);
  const counts = new Uint32Array(rows);
  const leaves = new Int32Array(count);
  for (let tree = 0; tree < model.trees; tree++) {
    drawing.draw(tree, counts);
    finder.find(tree, leaves);
    for (let i = 0; i < count; i++) {
      const row = fromRow + i;
      if (counts[row] > 0) continue;
      const leaf = leaves[i] * classes;
      const at = row * classes;
      for (let c = 0; c < classes; c++) probabilities[at + c] += model.leafValues[leaf + c];
      trees[row]++;
    }
  }
  for (let row = fromRow; row < toRow; row++) {
    if (trees[row] === 0) continue;
    for (let c = 0; c < classes; c++) probabilities[row * classes + c] /= trees[row];
  }
}
