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

/** Without a bootstrap every tree saw every row, and no row is predicted. */
export function predictOutOfBag(model: ForestModel, task: ForestTask): OutOfBag {
  const { rows, features, classes, columns } = task.data;
  const probabilities = new Float64Array(rows * classes);
  const trees = new Uint32Array(rows);
  if (!task.options.bootstrap) return { probabilities, trees };
  const binned = new Uint8Array(rows * features);
  for (let feature = 0; feature < features; feature++) {
    for (let row = 0; row < rows; row++) binned[row * features + feature] = columns[feature * rows + row];
  }
  const finder = createLeafFinder(model, rows);
  finder.take(binned, rows);
  const drawing = createRowDrawing(task);
  const counts = new Uint32Array(rows);
  const leaves = new Int32Array(rows);
  for (let tree = 0; tree < model.trees; tree++) {
    drawing.draw(tree, counts);
    finder.find(tree, leaves);
    for (let row = 0; row < rows; row++) {
      if (counts[row] > 0) continue;
      const leaf = leaves[row] * classes;
      const at = row * classes;
      for (let c = 0; c < classes; c++) probabilities[at + c] += model.leafValues[leaf + c];
      trees[row]++;
    }
  }
  for (let row = 0; row < rows; row++) {
    if (trees[row] === 0) continue;
    for (let c = 0; c < classes; c++) probabilities[row * classes + c] /= trees[row];
  }
  return { probabilities, trees };
}
