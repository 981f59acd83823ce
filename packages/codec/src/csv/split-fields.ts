const QUOTE = 0x22;
const SPACE = 0x20;

/** Where the fields of a line are, by column: bytes [starts, ends), spaces and quotes around them cut off. Reused. */
export interface CsvFields {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/**
 * Finds the fields of the line in bytes [start, end) (RFC 4180, but no line end inside quotes). Returns how many there
 * are, at most `fields.starts.length` of them stored, or -1 when a quote is not closed.
 */
export function splitFields(
  bytes: Uint8Array,
  start: number,
  end: number,
  delimiter: number,
  fields: CsvFields,
): number {
  let column = 0;
  let i = start;
  for (;;) {
    while (i < end && bytes[i] === SPACE) i++;
    let fieldStart = i;
    let fieldEnd: number;
    if (i < end && bytes[i] === QUOTE) {
      fieldStart = ++i;
      // A doubled quote stands for one; what FlowLens reads holds none, so that only the end has to be found.
      while (i < end && (bytes[i] !== QUOTE || (i + 1 < end && bytes[i + 1] === QUOTE)))
        i += bytes[i] === QUOTE ? 2 : 1;
      if (i >= end) return -1;
      fieldEnd = i++;
      while (i < end && bytes[i] !== delimiter) i++;
    } else {
      while (i < end && bytes[i] !== delimiter) i++;
      fieldEnd = i;
    }
    while (fieldEnd > fieldStart && bytes[fieldEnd - 1] === SPACE) fieldEnd--;
    if (column < fields.starts.length) {
      fields.starts[column] = fieldStart;
      fields.ends[column] = fieldEnd;
    }
    column++;
    if (i >= end) return column;
    i++;
  }
}
