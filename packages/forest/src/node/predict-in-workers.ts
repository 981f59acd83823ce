import { checkPredictable } from "../predicting/predict.ts";
import type { ForestModel } from "../model.ts";
import type { Matrix } from "../training-set.ts";
import { shareArrays, sharedCounters } from "./share-arrays.ts";
import { withWorkers, type InWorkers } from "./worker-pool.ts";

/**
 * `predictProbabilities` with the rows divided among worker threads; the same bytes, however many there are. It pays
 * from about 50,000 rows on. A matrix in a SharedArrayBuffer is not copied.
 *
 * @throws ForestError FOREST_INPUT_INVALID, FOREST_ABORTED, FOREST_WORKER_DIED
 */
export function predictProbabilitiesInWorkers(
  model: ForestModel,
  matrix: Matrix,
  threads: InWorkers,
): Promise<Float64Array> {
  checkPredictable(model, matrix);
  return withWorkers(threads, async (pool) => {
    const { out } = shareArrays({ out: new Float64Array(matrix.rows * model.classes) });
    const next = sharedCounters(1);
    await pool.run({ kind: "predict", model: shareArrays(model), matrix: shareArrays(matrix), out, next });
    return out.slice();
  });
}
