/** A made-up network that sends real export packets over UDP. Not here: what it is made of (synthetic). */
export {
  createSimulation,
  type SentTotals,
  type SimulatedClock,
  type SimulatedExporter,
  type Simulation,
  type SimulationDependencies,
  type SimulationOptions,
  type SimulationProgress,
  type SimulationTarget,
} from "./simulation.ts";
