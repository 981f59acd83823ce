import { goesLeft, LEAF, splitFeature, type ForestModel } from "../model.ts";

/** Finds the leaves that binned rows reach. */
export interface LeafFinder {
  /** The rows that `find` is about from now on: `rows × features` bins, row after row. */
  take(binned: Uint8Array, rows: number): void;
  /** The number of the leaf value that each row reaches in a tree, into `leaves`. */
  find(tree: number, leaves: Int32Array): void;
}

/** @param rows how many are to be sent through all trees: for few of them it does not pay to prepare the trees. */
export function createLeafFinder(model: ForestModel, rows: number): LeafFinder {
  return 4 * rows * model.trees < model.cover.length ? createPlainFinder(model) : createPreparedFinder(model);
}

function createPlainFinder({ roots, nodes, features }: ForestModel): LeafFinder {
  let taken: Uint8Array = new Uint8Array();
  let rows = 0;
  return {
    take(binned, count) {
      taken = binned;
      rows = count;
    },
    find(tree, leaves) {
      for (let row = 0; row < rows; row++) {
        let node = roots[tree];
        for (let word = nodes[2 * node]; word !== LEAF; word = nodes[2 * node]) {
          const bin = taken[row * features + splitFeature(word)];
          node = nodes[2 * node + 1] + (goesLeft(word, bin) ? 0 : 1);
        }
        leaves[row] = nodes[2 * node + 1];
      }
    },
  };
}

/** Of a prepared node's first word: column below, then the highest bin that goes left; the sign bit marks a leaf. */
const LIMIT_SHIFT = 17;
const COLUMN = 2 ** LIMIT_SHIFT - 1;
/** Every bin "goes left", and left of a leaf is the leaf. */
const SETTLED = 0x8000_0000 | (255 << LIMIT_SHIFT);

/**
 * The same trees with nothing left to ask on the way down: each feature has two columns, the second turned by one so
 * that missing values come first, for the splits where they go left; a leaf is its own child. So a step has no branch,
 * and four rows go down side by side: each step waits for memory, and so four wait at once.
 */
function createPreparedFinder({ roots, nodes, features }: ForestModel): LeafFinder {
  const steps = new Int32Array(nodes.length);
  for (let at = 0; at < nodes.length; at += 2) {
    const word = nodes[at];
    if (word === LEAF) {
      steps[at] = SETTLED;
      steps[at + 1] = at;
    } else {
      const turn = word >>> 24;
      steps[at] = (splitFeature(word) + turn * features) | (((word >>> 16) & 0xff) << LIMIT_SHIFT);
      steps[at + 1] = 2 * nodes[at + 1];
    }
  }
  const width = 2 * features;
  let taken = new Uint8Array();
  let rows = 0;

  return {
    take(binned, count) {
      rows = count;
      // Rows beyond the last make four of it.
      if (taken.length < (count + 3) * width) taken = new Uint8Array((count + 3) * width);
      for (let row = 0, i = 0, at = 0; row < count; row++, at += features) {
        for (let feature = 0; feature < features; feature++, i++, at++) {
          const bin = binned[i];
          taken[at] = bin;
          taken[at + features] = bin + 1;
        }
      }
    },
    find(tree, leaves) {
      const rootWord = steps[2 * roots[tree]];
      const rootNext = steps[2 * roots[tree] + 1];
      for (let row = 0; row < rows; row += 4) {
        const a = row * width;
        const b = a + width;
        const c = b + width;
        const d = c + width;
        let wordA = rootWord;
        let wordB = rootWord;
        let wordC = rootWord;
        let wordD = rootWord;
        let nextA = rootNext;
        let nextB = rootNext;
        let nextC = rootNext;
        let nextD = rootNext;
        while ((wordA & wordB & wordC & wordD) >= 0) {
          const atA = nextA + goesRight(wordA, taken[a + (wordA & COLUMN)]);
          const atB = nextB + goesRight(wordB, taken[b + (wordB & COLUMN)]);
          const atC = nextC + goesRight(wordC, taken[c + (wordC & COLUMN)]);
          const atD = nextD + goesRight(wordD, taken[d + (wordD & COLUMN)]);
          wordA = steps[atA];
          nextA = steps[atA + 1];
          wordB = steps[atB];
          nextB = steps[atB + 1];
          wordC = steps[atC];
          nextC = steps[atC + 1];
          wordD = steps[atD];
          nextD = steps[atD + 1];
        }
        // What is written beyond the end of `leaves` goes nowhere.
        leaves[row] = nodes[nextA + 1];
        leaves[row + 1] = nodes[nextB + 1];
        leaves[row + 2] = nodes[nextC + 1];
        leaves[row + 3] = nodes[nextD + 1];
      }
    },
  };
}

/** 2, the words of a node, where the bin is above the limit, else 0: the sign bit of a difference. */
function goesRight(word: number, bin: number): number {
  return (((word >>> LIMIT_SHIFT) - bin) >>> 31) << 1;
}
