import type { Calibrator } from "../calibration/calibrator.ts";
import type { ConformalRule } from "../conformal/prediction-sets.ts";
import type { ForestModel } from "../model.ts";
import type { NoveltyRule } from "../novelty/novelty-rule.ts";

/** A value that JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** All that is needed to use a model: what stands in one file. */
export interface ModelFile {
  readonly model: ForestModel;
  /** Which definition of the features the rows must follow. */
  readonly featureVersion: string;
  /** In the order of the columns. */
  readonly featureNames: readonly string[];
  /** In the order of the classes. */
  readonly classNames: readonly string[];
  readonly calibrator: Calibrator;
  /** Fitted on calibrated probabilities. */
  readonly conformal?: ConformalRule;
  readonly novelty?: NoveltyRule;
  /** How it was trained: options, seed, data fingerprint, figures. Written and read, not looked at. */
  readonly facts: Json;
}
