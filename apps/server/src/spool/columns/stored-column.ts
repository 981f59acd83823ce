import {
  createFlowBatch,
  FLOW_COLUMNS,
  startFlow,
  type ColumnType,
  type FlowBatch,
  type FlowBatchColumn,
} from "@flowlens/flow";

/** A column as a segment's header names it, and where its values go. */
export interface StoredColumn {
  readonly type: ColumnType;
  readonly key: FlowBatchColumn;
}

/** What the header of a segment says of its columns: `name:type` in the order of the payload. */
export const CATALOGUE: readonly string[] = FLOW_COLUMNS.map(({ name, type }) => `${name}:${type}`);

const STORED: ReadonlyMap<string, StoredColumn> = new Map(
  FLOW_COLUMNS.map(({ name, type }) => [`${name}:${type}`, { type, key: keyOf(name) }]),
);

export const STORED_COLUMNS: readonly StoredColumn[] = [...STORED.values()];

/** The columns that a segment's catalogue names, or the first name that this version does not know. */
export function columnsOf(catalogue: readonly string[]): readonly StoredColumn[] | { unknown: string } {
  const columns: StoredColumn[] = [];
  for (const entry of catalogue) {
    const column = STORED.get(entry);
    if (column === undefined) return { unknown: entry };
    columns.push(column);
  }
  return columns;
}

/** Writes the "not said" value of each column that the segment, older than it, does not carry. */
export function fillMissing(
  batch: FlowBatch,
  carried: readonly StoredColumn[],
  rows: { readonly from: number; readonly to: number },
): void {
  if (carried.length === STORED_COLUMNS.length) return;
  const present = new Set(carried.map(({ key }) => key));
  for (const { type, key } of STORED_COLUMNS) {
    if (present.has(key)) continue;
    const width = type === "address" ? 16 : 1;
    batch[key].fill(NOT_SAID[key][0], rows.from * width, rows.to * width);
  }
}

/** One row of "not said"; addresses that are not said are all zeros. */
const NOT_SAID = createFlowBatch(1);
startFlow(NOT_SAID);

function keyOf(name: string): FlowBatchColumn {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as FlowBatchColumn;
}
