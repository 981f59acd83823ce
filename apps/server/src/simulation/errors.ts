/** Stable codes of the simulation; the message of each is a sentence with a way on. */
export const SIMULATION_ERROR_CODES = [
  "SIMULATION_BAD_OPTION",
  "SIMULATION_NOT_PERMITTED",
  "SIMULATION_SOCKET",
  "SIMULATION_OVER",
  "SIMULATION_BROKE",
] as const;

export type SimulationErrorCode = (typeof SIMULATION_ERROR_CODES)[number];

export class SimulationError extends Error {
  readonly code: SimulationErrorCode;

  constructor(code: SimulationErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "SimulationError";
    this.code = code;
  }
}
