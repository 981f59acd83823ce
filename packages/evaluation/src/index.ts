/**
 * Answers scored against labelled hosts: shares, calibration, confusion; and the port table they are
 * compared with. Pure: rows in, figures out. Not here: reading captures and label files (server side).
 */
export { LABEL_KINDS, type EvaluationRow, type LabelKind } from "./evaluation-row.ts";
