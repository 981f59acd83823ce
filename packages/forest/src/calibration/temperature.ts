import { takePredictions, type Predictions } from "../evaluation/predictions.ts";
import { logLoss } from "../evaluation/probability-scores.ts";
import { calibrate, type TemperatureCalibrator } from "./calibrator.ts";

/** Tried one after the other; 1e-15 is none. */
const FLOORS = [1e-15, 1e-6, 1e-4, 1e-3, 3e-3, 0.01, 0.02, 0.03, 0.05, 0.08];
const LOG_TEMPERATURE_FROM = Math.log(0.05);
const LOG_TEMPERATURE_TO = Math.log(20);
const STEPS = 25;
/** Two numbers need no more rows than about this: of more, every second, third and so on is looked at. */
const ENOUGH_ROWS = 10_000;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** The temperature and floor with the least log loss. The loss has one valley in 1 / temperature: golden section finds it. */
export function fitTemperature(all: Predictions): TemperatureCalibrator {
  const step = Math.ceil(all.labels.length / ENOUGH_ROWS);
  const predictions =
    step === 1
      ? all
      : takePredictions(
          all,
          Array.from(all.labels.keys()).filter((row) => row % step === 0),
        );
  let best: TemperatureCalibrator = { kind: "temperature", temperature: 1, floor: FLOORS[0] };
  let bestLoss = lossWith(best, predictions);
  for (const floor of FLOORS) {
    const lossAt = (logTemperature: number): number =>
      lossWith({ kind: "temperature", temperature: Math.exp(logTemperature), floor }, predictions);
    const temperature = Math.exp(goldenSection(lossAt, LOG_TEMPERATURE_FROM, LOG_TEMPERATURE_TO));
    const found: TemperatureCalibrator = { kind: "temperature", temperature, floor };
    const loss = lossWith(found, predictions);
    if (loss < bestLoss) {
      best = found;
      bestLoss = loss;
    }
  }
  return best;
}

function lossWith(calibrator: TemperatureCalibrator, predictions: Predictions): number {
  const { probabilities, classes } = predictions;
  return logLoss({ ...predictions, probabilities: calibrate(calibrator, probabilities, classes) });
}

/** Kiefer 1953. */
function goldenSection(valueAt: (x: number) => number, from: number, to: number): number {
  let low = from;
  let high = to;
  let left = high - GOLDEN * (high - low);
  let right = low + GOLDEN * (high - low);
  let atLeft = valueAt(left);
  let atRight = valueAt(right);
  for (let step = 0; step < STEPS; step++) {
    if (atLeft <= atRight) {
      high = right;
      right = left;
      atRight = atLeft;
      left = high - GOLDEN * (high - low);
      atLeft = valueAt(left);
    } else {
      low = left;
      left = right;
      atLeft = atRight;
      right = low + GOLDEN * (high - low);
      atRight = valueAt(right);
    }
  }
  return (low + high) / 2;
}
