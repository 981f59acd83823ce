import type { EvidenceName } from "./evidence.ts";
import { evidenceBits, intrinsicEvidence, SHARED_FACTS, type IntrinsicOptions } from "./intrinsic-score.ts";

/**
 * Wraps a SELECT of conversations (columns: see intrinsic-score.ts) so that it also gives the shared facts,
 * `score` (Int32, hundredths of log-odds that `hi` is the server) and `kinds` (UInt32, see `evidenceBits`).
 */
export function withIntrinsicScore(conversations: string, options: IntrinsicOptions): string {
  const evidence = Object.entries(intrinsicEvidence(options)) as [EvidenceName, string][];
  const columns = evidence.map(([name]) => [name, `e_${name}`] as const);
  const layered = SHARED_FACTS.reduce(
    (inner, facts) =>
      `SELECT *, ${facts.map(([name, sql]) => `(${sql}) AS ${name}`).join(", ")} FROM (${inner})`,
    conversations,
  );
  return `
    SELECT * EXCEPT (${columns.map(([, column]) => column).join(", ")}),
      toInt32(${columns.map(([, column]) => column).join(" + ")}) AS score,
      ${evidenceBits(columns)} AS kinds
    FROM (
      SELECT *, ${evidence.map(([name, sql]) => `toInt32(${sql}) AS e_${name}`).join(",\n        ")}
      FROM (${layered})
    )`;
}
