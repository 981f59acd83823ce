import { refuse } from "../forest-error.ts";
import type { SeededRandom } from "../seeded-random.ts";

/** Rows to be divided. */
export interface LabelledRows {
  readonly labels: Uint16Array;
  readonly classes: number;
  /** Group of each row (any whole numbers): rows of one group, an asset say, come on one side together. */
  readonly groups?: ArrayLike<number> | undefined;
}

/** Rows that stay together. */
export interface Unit {
  readonly rows: readonly number[];
  /** The class that most of its rows have; of equals the first. */
  readonly label: number;
}

/** @throws ForestError FOREST_INPUT_INVALID naming what does not fit */
export function unitsByClass({ labels, classes, groups }: LabelledRows): Unit[][] {
  if (labels.length === 0) refuse("There is no row to divide.");
  if (groups !== undefined && groups.length !== labels.length) {
    refuse(`${groups.length} groups for ${labels.length} rows.`);
  }
  const members = new Map<number, number[]>();
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] >= classes) refuse(`row ${row} has label ${labels[row]} of ${classes} classes.`);
    const group = groups?.[row] ?? row;
    const rows = members.get(group);
    if (rows === undefined) members.set(group, [row]);
    else rows.push(row);
  }
  const byClass: Unit[][] = Array.from({ length: classes }, () => []);
  for (const rows of members.values()) {
    const label = commonest(rows, labels);
    byClass[label].push({ rows, label });
  }
  return byClass;
}

function commonest(rows: readonly number[], labels: Uint16Array): number {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(labels[row], (counts.get(labels[row]) ?? 0) + 1);
  let best = labels[rows[0]];
  for (const [label, count] of counts) {
    const most = counts.get(best) ?? 0;
    if (count > most || (count === most && label < best)) best = label;
  }
  return best;
}

/** In random order, the larger before the smaller: what is dealt last then evens out what the large ones left. */
export function largestFirst(units: readonly Unit[], random: SeededRandom): Unit[] {
  return shuffled(units, random).sort((a, b) => b.rows.length - a.rows.length);
}

/** Fisher & Yates. */
export function shuffled<Item>(items: readonly Item[], random: SeededRandom): Item[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const drawn = random.below(i + 1);
    const item = out[drawn];
    out[drawn] = out[i];
    out[i] = item;
  }
  return out;
}
