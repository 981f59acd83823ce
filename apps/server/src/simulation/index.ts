/** A made-up network that sends real export packets over UDP. Not here: what it is made of (synthetic). */
export { SIMULATION_ERROR_CODES, SimulationError, type SimulationErrorCode } from "./errors.ts";
export { createSimulation, type SimulationDependencies } from "./simulation.ts";
export type {
  SentTotals,
  SimulatedClock,
  SimulatedExporter,
  Simulation,
  SimulationOptions,
  SimulationProgress,
  SimulationTarget,
} from "./simulation-types.ts";
