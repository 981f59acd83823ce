import { LEAF, type ForestModel } from "../model.ts";

/**
 * Numbers of the leaf values that binned rows reach in the tree with this root, as many rows as `leaves` has room for.
 * Four rows go down side by side: each step waits for memory, and so four wait at once.
 */
export function findLeaves(model: ForestModel, root: number, binned: Uint8Array, leaves: Int32Array): void {
  const { nodes, features } = model;
  const rootWord = nodes[2 * root];
  const rootNext = nodes[2 * root + 1];
  const rows = leaves.length;
  let row = 0;
  for (; row + 3 < rows; row += 4) {
    const a = row * features;
    const b = a + features;
    const c = b + features;
    const d = c + features;
    let wordA = rootWord;
    let wordB = rootWord;
    let wordC = rootWord;
    let wordD = rootWord;
    let nextA = rootNext;
    let nextB = rootNext;
    let nextC = rootNext;
    let nextD = rootNext;
    while ((wordA & wordB & wordC & wordD) !== LEAF) {
      if (wordA !== LEAF) {
        const node = 2 * (nextA + goesRight(wordA, binned[a + (wordA & 0xffff)]));
        wordA = nodes[node];
        nextA = nodes[node + 1];
      }
      if (wordB !== LEAF) {
        const node = 2 * (nextB + goesRight(wordB, binned[b + (wordB & 0xffff)]));
        wordB = nodes[node];
        nextB = nodes[node + 1];
      }
      if (wordC !== LEAF) {
        const node = 2 * (nextC + goesRight(wordC, binned[c + (wordC & 0xffff)]));
        wordC = nodes[node];
        nextC = nodes[node + 1];
      }
      if (wordD !== LEAF) {
        const node = 2 * (nextD + goesRight(wordD, binned[d + (wordD & 0xffff)]));
        wordD = nodes[node];
        nextD = nodes[node + 1];
      }
    }
    leaves[row] = nextA;
    leaves[row + 1] = nextB;
    leaves[row + 2] = nextC;
    leaves[row + 3] = nextD;
  }
  for (; row < rows; row++) {
    let word = rootWord;
    let next = rootNext;
    while (word !== LEAF) {
      const node = 2 * (next + goesRight(word, binned[row * features + (word & 0xffff)]));
      word = nodes[node];
      next = nodes[node + 1];
    }
    leaves[row] = next;
  }
}

/** 1 where the bin goes right, else 0: the sign bit of a difference, since a branch could not be foretold. */
function goesRight(word: number, bin: number): number {
  return (((word >>> 16) & 0xff) - ((bin + (word >>> 24)) & 0xff)) >>> 31;
}
