import {
  calibrationBand90,
  calibrationBins,
  expectedCalibrationError,
  type CalibrationBin,
  type Judgement,
} from "./calibration.ts";
import type { EvaluationRow, Level } from "./evaluation-row.ts";
import { isDecided, isRight, truthOf, type Truth } from "./truth.ts";

/** Shares are 0–1; null where nothing is there to take a share of. */
export interface ScoreFigures {
  readonly hosts: number;
  /** Share of hosts given an answer other than `unknown`. */
  readonly decided: number | null;
  readonly right_of_decided: number | null;
  /** Share of all hosts given a wrong answer. */
  readonly wrong_of_all: number | null;
  /** (right − wrong) / hosts. */
  readonly right_less_wrong: number | null;
  /** Hosts without a type of this level, and the share of them left `unknown` or called `endpoint`. */
  readonly without_type: number;
  readonly unknown_right: number | null;
  /** Expected calibration error of the decided, and its bootstrap 90 % band; null for methods without confidence. */
  readonly ece: number | null;
  readonly ece_band_90: readonly [number, number] | null;
}

/** Container and virtual machine apart: an answer of one for the other is wrong here. */
export interface TypeFigures {
  /** Hosts that are of the type, and hosts it was answered for. */
  readonly n: number;
  readonly answered: number;
  readonly right: number;
  readonly precision: number | null;
  readonly recall: number | null;
}

/** truth → answer → hosts. */
export type Confusion = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface ScoreDetail {
  readonly per_type: Readonly<Record<string, TypeFigures>>;
  readonly confusion: Confusion;
  readonly calibration: readonly CalibrationBin[];
}

interface Judged {
  readonly answer: string;
  readonly truth: Truth;
  readonly confidence: number | null;
}

/** Headline figures of one method on `rows`. Container and virtual machine count as one class. */
export function scoreRows(rows: readonly EvaluationRow[], level: Level, seed: number): ScoreFigures {
  const judged = rows.map((row) => judge(row, level));
  const decided = judged.filter((one) => isDecided(one.answer));
  const right = decided.filter((one) => isRight(one.answer, one.truth, level)).length;
  const without = judged.filter((one) => one.truth[level] === "unknown");
  const leftUnknown = without.filter((one) => one.answer === "unknown" || one.answer === "endpoint").length;
  const judgements = judgementsOf(decided, level);
  return {
    hosts: rows.length,
    decided: share(decided.length, rows.length),
    right_of_decided: share(right, decided.length),
    wrong_of_all: share(decided.length - right, rows.length),
    right_less_wrong: share(2 * right - decided.length, rows.length),
    without_type: without.length,
    unknown_right: share(leftUnknown, without.length),
    ece: expectedCalibrationError(judgements),
    ece_band_90: calibrationBand90(judgements, seed),
  };
}

/** Tables of one method on `rows`: per type, confusion, calibration bins. Types in alphabetical order. */
export function detailRows(rows: readonly EvaluationRow[], level: Level): ScoreDetail {
  const judged = rows.map((row) => judge(row, level));
  const confusion: Record<string, Record<string, number>> = {};
  for (const { answer, truth } of judged) {
    const line = (confusion[truth[level]] ??= {});
    line[answer] = (line[answer] ?? 0) + 1;
  }
  const types = new Set(judged.flatMap((one) => [one.answer, one.truth[level]]));
  types.delete("unknown");
  const perType: Record<string, TypeFigures> = {};
  for (const type of [...types].sort()) perType[type] = typeFigures(judged, type, level);
  return {
    per_type: perType,
    confusion,
    calibration: calibrationBins(
      judgementsOf(
        judged.filter((one) => isDecided(one.answer)),
        level,
      ),
    ),
  };
}

function typeFigures(judged: readonly Judged[], type: string, level: Level): TypeFigures {
  const n = judged.filter((one) => one.truth[level] === type).length;
  const answered = judged.filter((one) => one.answer === type);
  const right = answered.filter((one) =>
    type === "endpoint" ? isRight(type, one.truth, level) : one.truth[level] === type,
  ).length;
  return {
    n,
    answered: answered.length,
    right,
    precision: share(right, answered.length),
    recall: share(right, n),
  };
}

function judge(row: EvaluationRow, level: Level): Judged {
  const truth = truthOf(row.labelRole);
  if (truth === undefined) {
    throw new RangeError(
      `The label of ${row.ip} in ${row.network} has the role "${row.labelRole}", which has no place among the types.`,
    );
  }
  if (level === "core") return { answer: row.answerCore, truth, confidence: row.confidence };
  return {
    answer: row.answerRole,
    truth,
    confidence: row.roleConfidence === undefined ? row.confidence : row.roleConfidence,
  };
}

function judgementsOf(decided: readonly Judged[], level: Level): Judgement[] {
  return decided.flatMap(({ answer, truth, confidence }) =>
    confidence === null ? [] : [{ confidence, right: isRight(answer, truth, level) }],
  );
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
