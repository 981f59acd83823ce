import { seededRandom } from "../seeded-random.ts";

/** What a tree is grown from: how often each row was drawn, and with which weights. */
export interface Drawing {
  readonly seed: number;
  readonly bootstrap: boolean;
  readonly classWeights: Float64Array | undefined;
}

/** The stream of random numbers that draws the rows of a tree; another one than that which draws its features. */
export function drawRows(tree: number, { seed, bootstrap }: Drawing, counts: Uint32Array): void {
  if (!bootstrap) {
    counts.fill(1);
    return;
  }
  const random = seededRandom(seed, 2 * tree + 1);
  counts.fill(0);
  for (let i = 0; i < counts.length; i++) counts[random.below(counts.length)]++;
}

/** Weight of each row in a tree: times drawn × its own weight × its class's. */
export function rowWeights(
  tree: number,
  drawing: Drawing,
  { labels, weights }: { readonly labels: Uint16Array; readonly weights: Float64Array | undefined },
  scratch: { readonly counts: Uint32Array; readonly out: Float64Array },
): Float64Array {
  const { counts, out } = scratch;
  drawRows(tree, drawing, counts);
  for (let row = 0; row < out.length; row++) {
    out[row] = counts[row] * (weights?.[row] ?? 1) * (drawing.classWeights?.[labels[row]] ?? 1);
  }
  return out;
}
