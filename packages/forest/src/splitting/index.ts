/** Rows divided for training and testing, classes spread and groups whole. Not here: how trees split (random-forest). */
export { stratifiedKFold, type FoldOptions } from "./stratified-k-fold.ts";
export { stratifiedSplit, type Split, type SplitOptions } from "./stratified-split.ts";
export { takeMatrixRows, takeRows } from "./take-rows.ts";
export type { LabelledRows } from "./units.ts";
