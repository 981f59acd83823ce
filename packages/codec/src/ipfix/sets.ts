import { createFieldList, type SetDecoder } from "../templates/index.ts";
import {
  FIRST_DATA_SET,
  OPTIONS_TEMPLATE_SET,
  SET_HEADER_BYTES,
  TEMPLATE_SET,
  readU16,
  readU32,
} from "./layout.ts";

const ENTERPRISE_BIT = 0x8000;

const fields = createFieldList();

/** Counts that something in a message is wrong. */
type Malformed = (reason: string) => void;

/**
 * Walks the sets in bytes[at, end) of a message (RFC 7011 §3.3, §3.4). Each step goes on by at least a set's header or
 * ends the walk. A set may reach up to `limit`, the end of the datagram, where the header's length lies; behind that it is cut.
 */
export function walkSets(
  bytes: Uint8Array,
  at: number,
  { end, limit }: { readonly end: number; readonly limit: number },
  decoder: SetDecoder,
  malformed: Malformed,
): void {
  while (end - at >= SET_HEADER_BYTES) {
    const id = readU16(bytes, at);
    const length = readU16(bytes, at + 2);
    if (length < SET_HEADER_BYTES) {
      if (id !== 0 || length !== 0 || !isZero(bytes, at, end)) malformed("set_length");
      return;
    }
    if (length > end - at) malformed(length > limit - at ? "set_cut" : "length_lies");
    const setEnd = Math.min(limit, at + length);
    const content = at + SET_HEADER_BYTES;
    if (id >= FIRST_DATA_SET) decoder.dataSet(bytes, content, setEnd, id);
    else if (id === TEMPLATE_SET || id === OPTIONS_TEMPLATE_SET) {
      readTemplates(bytes, content, setEnd, id, decoder, malformed);
    } else malformed("set_id");
    at = setEnd;
  }
  if (at < end && !isZero(bytes, at, end)) malformed("trailing_bytes");
}

/** Template records of one set: definitions, withdrawals of one template (no fields) and of all (the id is that of the set). */
function readTemplates(
  bytes: Uint8Array,
  at: number,
  end: number,
  setId: number,
  decoder: SetDecoder,
  malformed: Malformed,
): void {
  const isOptions = setId === OPTIONS_TEMPLATE_SET;
  while (end - at >= 4) {
    const id = readU16(bytes, at);
    const count = readU16(bytes, at + 2);
    at += 4;
    if (count === 0 && (id >= FIRST_DATA_SET || id === setId)) {
      if (id === setId) decoder.withdrawAll(isOptions);
      else decoder.withdraw(id);
      continue;
    }
    if (id < FIRST_DATA_SET) {
      if (!isZero(bytes, at - 4, end)) malformed("template_id");
      return;
    }
    let scopeCount = 0;
    if (isOptions) {
      if (end - at < 2) {
        malformed("template_cut");
        return;
      }
      scopeCount = readU16(bytes, at);
      at += 2;
    }
    const next = readFields(bytes, at, end, count, scopeCount);
    if (next < 0) {
      malformed("template_cut");
      return;
    }
    at = next;
    if (scopeCount > count) malformed("template_scope");
    else if (!fields.isWhole) malformed("template_too_long");
    else decoder.template(fields.definition(id, { isOptions, scopeFields: scopeFields.count }));
  }
}

/** Of the fields kept, those that are scope: fields of length 0 are not kept. */
const scopeFields = { count: 0 };

/** Reads field specifiers; returns where they end, -1 where they would end behind `end`. */
function readFields(bytes: Uint8Array, at: number, end: number, count: number, scopeCount: number): number {
  fields.reset();
  scopeFields.count = 0;
  for (let field = 0; field < count; field++) {
    if (field === scopeCount) scopeFields.count = fields.length;
    if (end - at < 4) return -1;
    const id = readU16(bytes, at);
    const length = readU16(bytes, at + 2);
    at += 4;
    let enterprise = 0;
    if (id & ENTERPRISE_BIT) {
      if (end - at < 4) return -1;
      enterprise = readU32(bytes, at);
      at += 4;
    }
    fields.add(id & ~ENTERPRISE_BIT, length, enterprise);
  }
  if (scopeCount >= count) scopeFields.count = fields.length;
  return at;
}

function isZero(bytes: Uint8Array, at: number, end: number): boolean {
  for (; at < end; at++) if (bytes[at] !== 0) return false;
  return true;
}
