/** How the truth was found: see the captures' index. Kinds are kept apart in every figure; `inferred` is not scored. */
export const LABEL_KINDS = ["doc", "protocol", "external", "inferred"] as const;
export type LabelKind = (typeof LABEL_KINDS)[number];
export const SCORED_KINDS = ["doc", "protocol", "external"] as const;
export type ScoredKind = (typeof SCORED_KINDS)[number];

/** One line of a labels file. */
export interface LabelRow {
  readonly file: string;
  readonly network: string;
  readonly ip: string;
  readonly role: string;
  readonly kind: LabelKind;
  readonly flows: number;
}

export interface LabelledHost {
  readonly network: string;
  readonly ip: string;
  readonly role: string;
  readonly kind: LabelKind;
  /** In the order of the labels, each once. */
  readonly files: readonly string[];
  /** Most flows of any of its lines. */
  readonly flows: number;
}

export interface LabelConflict {
  readonly network: string;
  readonly ip: string;
  readonly kept: string;
  readonly dropped: string;
}

const STRENGTH: Readonly<Record<LabelKind, number>> = { doc: 3, protocol: 2, external: 1, inferred: 0 };

/**
 * The hosts that label lines speak of, each (network, ip) once. Where lines of one host differ, the stronger
 * kind wins (doc, protocol, external, inferred), then the earlier line; what was dropped is listed.
 */
export function labelledHosts(labels: readonly LabelRow[]): {
  hosts: LabelledHost[];
  conflicts: LabelConflict[];
} {
  const byHost = new Map<string, LabelRow[]>();
  for (const label of labels) {
    const key = `${label.network}\n${label.ip}`;
    const known = byHost.get(key);
    if (known === undefined) byHost.set(key, [label]);
    else known.push(label);
  }
  const hosts: LabelledHost[] = [];
  const conflicts: LabelConflict[] = [];
  for (const lines of byHost.values()) {
    const kept = lines.reduce((best, line) => (STRENGTH[line.kind] > STRENGTH[best.kind] ? line : best));
    const dropped = new Set(lines.filter((line) => line.role !== kept.role).map((line) => line.role));
    for (const role of dropped)
      conflicts.push({ network: kept.network, ip: kept.ip, kept: kept.role, dropped: role });
    hosts.push({
      network: kept.network,
      ip: kept.ip,
      role: kept.role,
      kind: kept.kind,
      files: [...new Set(lines.map((line) => line.file))],
      flows: Math.max(...lines.map((line) => line.flows)),
    });
  }
  return { hosts, conflicts };
}
