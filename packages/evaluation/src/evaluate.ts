import { LEVELS, type EvaluationRow, type Level } from "./evaluation-row.ts";
import { SCORED_KINDS, type ScoredKind } from "./labelled-hosts.ts";
import { detailRows, scoreRows, type ScoreDetail, type ScoreFigures } from "./score.ts";

export const METHODS = ["blend", "heuristics", "model", "port_table"] as const;
export type Method = (typeof METHODS)[number];

/** What each method says of the same hosts; null for a method that is not there. */
export type MethodRows = Readonly<Record<Method, readonly EvaluationRow[] | null>>;

type ByKind<Figures> = Readonly<
  Record<ScoredKind, Readonly<Record<Level, Readonly<Record<Method, Figures | null>>>>>
>;

export interface EvaluationReport {
  /** All labelled hosts, seen much or little. */
  readonly by_kind: ByKind<ScoreFigures>;
  /** Only hosts whose label states at least this many flows. */
  readonly seen_min_flows: number;
  readonly by_kind_seen: ByKind<ScoreFigures>;
  /** On all labelled hosts; container and virtual machine apart. */
  readonly per_type: ByKind<ScoreDetail["per_type"]>;
  readonly confusion: ByKind<ScoreDetail["confusion"]>;
  readonly calibration: ByKind<ScoreDetail["calibration"]>;
  /** Rows not scored, since their label is `inferred`. */
  readonly not_scored: number;
}

export interface EvaluateOptions {
  /** Of the bootstrap; the same seed gives the same report. */
  readonly seed: number;
  /** 10 unless given. */
  readonly seenMinFlows?: number;
}

/**
 * Scores what the methods say against the labels. Throws a RangeError when a method names a host twice, when
 * methods speak of different hosts, or when a label's role word is not known.
 */
export function evaluate(rows: MethodRows, options: EvaluateOptions): EvaluationReport {
  checkHosts(rows);
  const seenMinFlows = options.seenMinFlows ?? 10;
  const any = METHODS.flatMap((method) => rows[method] ?? []).filter((row) => row.kind === "inferred");
  const score = (seen: boolean): ByKind<ScoreFigures> =>
    byKind(rows, (kindRows, level) =>
      scoreRows(
        seen ? kindRows.filter((row) => row.labelFlows >= seenMinFlows) : kindRows,
        level,
        options.seed,
      ),
    );
  const detail = byKind(rows, detailRows);
  return {
    by_kind: score(false),
    seen_min_flows: seenMinFlows,
    by_kind_seen: score(true),
    per_type: mapByKind(detail, (one) => one.per_type),
    confusion: mapByKind(detail, (one) => one.confusion),
    calibration: mapByKind(detail, (one) => one.calibration),
    not_scored: new Set(any.map(hostKey)).size,
  };
}

function byKind<Figures>(
  rows: MethodRows,
  figures: (rows: readonly EvaluationRow[], level: Level) => Figures,
): ByKind<Figures> {
  return record(SCORED_KINDS, (kind) =>
    record(LEVELS, (level) =>
      record(METHODS, (method) => {
        const all = rows[method];
        return all === null
          ? null
          : figures(
              all.filter((row) => row.kind === kind),
              level,
            );
      }),
    ),
  );
}

function mapByKind<From, To>(from: ByKind<From>, map: (figures: From) => To): ByKind<To> {
  return record(SCORED_KINDS, (kind) =>
    record(LEVELS, (level) =>
      record(METHODS, (method) => {
        const figures = from[kind][level][method];
        return figures === null ? null : map(figures);
      }),
    ),
  );
}

function record<Key extends string, Value>(
  keys: readonly Key[],
  value: (key: Key) => Value,
): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<Key, Value>;
}

function checkHosts(rows: MethodRows): void {
  let first: { method: Method; hosts: ReadonlySet<string> } | undefined;
  for (const method of METHODS) {
    const all = rows[method];
    if (all === null) continue;
    const hosts = new Set<string>();
    for (const row of all) {
      const key = hostKey(row);
      if (hosts.has(key)) throw new RangeError(`The rows of ${method} name the host ${key} twice.`);
      hosts.add(key);
    }
    if (first === undefined) first = { method, hosts };
    const same = first.hosts.size === hosts.size && [...hosts].every((key) => first?.hosts.has(key));
    if (!same)
      throw new RangeError(`The rows of ${first.method} and of ${method} are not about the same hosts.`);
  }
}

function hostKey(row: EvaluationRow): string {
  return `${row.ip} in ${row.network}`;
}
