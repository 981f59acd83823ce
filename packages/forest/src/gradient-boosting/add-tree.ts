import { LEAF, splitBin, splitFeature, splitMissingLeft } from "../model.ts";
import type { BoostedTree } from "./grow-tree.ts";
import type { SlottedRows } from "./slots.ts";

/** Adds what a tree says of the listed rows, or of all, to their scores, a number a row. */
export function addTree(
  { nodes, leafValues }: BoostedTree,
  { rows, features, slots, start }: SlottedRows,
  scores: Float64Array,
  only?: Int32Array,
): void {
  const count = only?.length ?? rows;
  for (let i = 0; i < count; i++) {
    const row = only === undefined ? i : only[i];
    let node = 0;
    for (let word = nodes[0]; word !== LEAF; word = nodes[2 * node]) {
      const feature = splitFeature(word);
      const slot = slots[row * features + feature];
      const isMissing = slot === start[feature + 1] - 1;
      const goesLeft = isMissing ? splitMissingLeft(word) : slot - start[feature] <= splitBin(word);
      node = nodes[2 * node + 1] + (goesLeft ? 0 : 1);
    }
    scores[row] += leafValues[nodes[2 * node + 1]];
  }
}
