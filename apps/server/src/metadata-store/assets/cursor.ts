import { MetadataStoreError } from "../errors.ts";

/** The place in a sorted list after which the next page begins: the last row's sort value as SQL text, and its id. */
export interface CursorPlace {
  readonly value: string;
  readonly id: number;
}

/**
 * An opaque text for the place. `order` names the sort; a cursor is only good for the order it was made in.
 * Pages are found by comparing with the place, not by counting rows: rows that come or go meanwhile shift nothing.
 */
export function encodeCursor(order: string, { value, id }: CursorPlace): string {
  return Buffer.from(JSON.stringify([order, value, id]), "utf8").toString("base64url");
}

/** @throws METADATA_STORE_BAD_CURSOR when the text is none that `encodeCursor` wrote for this order */
export function decodeCursor(order: string, cursor: string): CursorPlace {
  const parts = parse(cursor);
  if (!Array.isArray(parts) || parts.length !== 3) throw badCursor("It is none that was given out.");
  const [madeFor, value, id] = parts as unknown[];
  if (madeFor !== order) throw badCursor("It belongs to a list in another order.");
  if (typeof value !== "string" || !Number.isSafeInteger(id))
    throw badCursor("It is none that was given out.");
  return { value, id: id as number };
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

export function badCursor(why: string): MetadataStoreError {
  return new MetadataStoreError(
    "METADATA_STORE_BAD_CURSOR",
    `The cursor cannot be used. ${why} Ask for the first page, without a cursor.`,
    { context: { field: "cursor" } },
  );
}
