import { MAX_FIELDS } from "./read-record.ts";
import type { Definition } from "./template-table.ts";

/** Cuts the fields of one template record out of a datagram. One object is reused. */
export interface FieldList {
  add(id: number, lengthBytes: number, enterprise: number): void;
  /** False once there were more fields than are kept. */
  readonly isWhole: boolean;
  readonly length: number;
  reset(): void;
  definition(id: number, options: { isOptions: boolean; scopeFields: number }): Definition;
}

/** Fields of length 0 are left out: they tell nothing, and a record must not take steps that it has no bytes for. */
export function createFieldList(): FieldList {
  const ids = new Uint16Array(MAX_FIELDS);
  const lengths = new Uint16Array(MAX_FIELDS);
  const enterprises = new Float64Array(MAX_FIELDS);
  let count = 0;
  let isWhole = true;
  return {
    add(id, lengthBytes, enterprise) {
      if (lengthBytes === 0) return;
      if (count >= MAX_FIELDS) {
        isWhole = false;
        return;
      }
      ids[count] = id;
      lengths[count] = lengthBytes;
      enterprises[count] = enterprise;
      count++;
    },
    get isWhole() {
      return isWhole;
    },
    get length() {
      return count;
    },
    reset() {
      count = 0;
      isWhole = true;
    },
    definition: (id, { isOptions, scopeFields }) => ({
      id,
      isOptions,
      scopeFields,
      ids: ids.slice(0, count),
      lengths: lengths.slice(0, count),
      enterprises: enterprises.slice(0, count),
    }),
  };
}
