/**
 * Answers scored against labelled hosts: shares, calibration, confusion; and the port table they are
 * compared with. Pure: rows in, figures out. Not here: reading captures and label files (server side).
 */
export type { EvaluationRow, Level } from "./evaluation-row.ts";
export {
  LABEL_KINDS,
  labelledHosts,
  SCORED_KINDS,
  type LabelConflict,
  type LabelKind,
  type LabelledHost,
  type LabelRow,
  type ScoredKind,
} from "./labelled-hosts.ts";
export { truthOf, type Truth } from "./truth.ts";
export {
  answerByPortTable,
  parsePortTable,
  type PortTableAnswer,
  type PortTableClause,
  type PortTableRule,
} from "./port-table.ts";
export {
  evaluate,
  METHODS,
  type EvaluateOptions,
  type EvaluationReport,
  type Method,
  type MethodRows,
} from "./evaluate.ts";
export type { Confusion, ScoreDetail, ScoreFigures, TypeFigures } from "./score.ts";
export type { CalibrationBin } from "./calibration.ts";
export { DEFAULT_PORT_TABLE } from "./default-port-table.ts";
export { hostLine, type HostLine } from "./host-line.ts";
