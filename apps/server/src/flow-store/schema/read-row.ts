import { addressFromStore } from "../queries/address-sql.ts";
import { camelCase, type RowOf, type StoreColumn, type StoreType } from "./column.ts";

/** The SELECT list of the columns, in the form in which `readRow` takes their values out of JSON. */
export function selectList(columns: readonly StoreColumn[]): string {
  return columns.map(({ name, type }) => FORMS[type].select(name)).join(", ");
}

/** A row of `JSONCompactEachRow` as `RowOf` says: camel case, ms since 1970, addresses as text. */
export function readRow<const Columns extends readonly StoreColumn[]>(
  columns: Columns,
  values: readonly unknown[],
): RowOf<Columns> {
  const entries = columns.map(({ name, type }, i) => [camelCase(name), FORMS[type].read(values[i])]);
  return Object.fromEntries(entries) as RowOf<Columns>;
}

interface Form {
  readonly select: (column: string) => string;
  readonly read: (json: unknown) => unknown;
}

const AS_IT_IS: Form = { select: (column) => column, read: (json) => json };
const NUMBER: Form = { select: (column) => column, read: Number };
const ADDRESS: Form = {
  select: (column) => `toString(${column})`,
  read: (json) => addressFromStore(String(json)),
};

const FORMS: Readonly<Record<StoreType, Form>> = {
  UInt8: NUMBER,
  UInt16: NUMBER,
  UInt32: NUMBER,
  // Comes quoted, so that the nearest double is chosen here and not by JSON.parse.
  UInt64: NUMBER,
  IPv6: ADDRESS,
  Date: AS_IT_IS,
  "DateTime('UTC')": {
    select: (column) => `toUnixTimestamp(${column})`,
    read: (json) => Number(json) * 1000,
  },
  "DateTime64(3, 'UTC')": { select: (column) => `toUnixTimestamp64Milli(${column})`, read: Number },
  "Enum8('client' = 0, 'server' = 1)": AS_IT_IS,
  "Array(IPv6)": {
    select: (column) => `arrayMap(x -> toString(x), ${column})`,
    read: (json) => (json as string[]).map(addressFromStore),
  },
  String: AS_IT_IS,
};
