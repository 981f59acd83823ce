/** One column of a table printed for people. */
export interface TableColumn<Row> {
  readonly title: string;
  readonly align?: "left" | "right";
  readonly cell: (row: Row) => string;
}

/** Rows under their titles, each column as wide as its widest cell; one line a row, no frame. */
export function formatTable<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columns.map((column, i) =>
    Math.max(column.title.length, ...cells.map((line) => line[i].length)),
  );
  const line = (texts: readonly string[]): string =>
    columns
      .map((column, i) =>
        column.align === "right" ? texts[i].padStart(widths[i]) : texts[i].padEnd(widths[i]),
      )
      .join("  ")
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...cells.map(line)]
    .map((text) => `${text}\n`)
    .join("");
}
