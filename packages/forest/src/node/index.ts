/**
 * The same learners in worker threads, entered as `@flowlens/forest/workers`: the one part of the package that knows
 * Node. Results are byte for byte those of one thread. Not here: anything about trees.
 */
export { trainRandomForestInWorkers, type ForestInWorkers } from "./train-random-forest-in-workers.ts";
export {
  trainGradientBoostingInWorkers,
  type BoostingInWorkers,
} from "./train-gradient-boosting-in-workers.ts";
export { predictProbabilitiesInWorkers } from "./predict-in-workers.ts";
export type { InWorkers } from "./worker-pool.ts";
