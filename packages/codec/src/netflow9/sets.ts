import { NETFLOW9_SCOPE, createFieldList, type SetDecoder } from "../templates/index.ts";
import { FIRST_DATA_SET, OPTIONS_TEMPLATE_SET, SET_HEADER_BYTES, TEMPLATE_SET, readU16 } from "./layout.ts";

const fields = createFieldList();

/** Counts that something in a datagram is wrong. */
type Malformed = (reason: string) => void;

/**
 * Walks the flow sets in bytes[at, end) of a v9 datagram (RFC 3954 §5.2, §5.3, §6.1). Each step goes on by at least a
 * set's header or ends the walk. A set cut off by the end of the datagram is read as far as it goes.
 */
export function walkFlowSets(
  bytes: Uint8Array,
  at: number,
  end: number,
  decoder: SetDecoder,
  malformed: Malformed,
): void {
  while (end - at >= SET_HEADER_BYTES) {
    const id = readU16(bytes, at);
    const length = readU16(bytes, at + 2);
    if (length < SET_HEADER_BYTES) {
      // Zeros behind the last set are padding: Palo Alto fills its datagrams so.
      if (id !== 0 || length !== 0 || !isZero(bytes, at, end)) malformed("set_length");
      return;
    }
    if (length > end - at) malformed("set_cut");
    const setEnd = Math.min(end, at + length);
    const content = at + SET_HEADER_BYTES;
    if (id >= FIRST_DATA_SET) decoder.dataSet(bytes, content, setEnd, id);
    else if (id === TEMPLATE_SET) readTemplates(bytes, content, setEnd, decoder, malformed);
    else if (id === OPTIONS_TEMPLATE_SET) readOptionsTemplates(bytes, content, setEnd, decoder, malformed);
    else malformed("set_id");
    at = setEnd;
  }
  if (at < end && !isZero(bytes, at, end)) malformed("trailing_bytes");
}

function readTemplates(
  bytes: Uint8Array,
  at: number,
  end: number,
  decoder: SetDecoder,
  malformed: Malformed,
): void {
  while (end - at >= 4) {
    const id = readU16(bytes, at);
    const count = readU16(bytes, at + 2);
    if (id < FIRST_DATA_SET) {
      if (!isZero(bytes, at, end)) malformed("template_id");
      return;
    }
    at += 4;
    if (count * 4 > end - at) {
      malformed("template_cut");
      return;
    }
    fields.reset();
    for (const fieldsEnd = at + count * 4; at < fieldsEnd; at += 4) {
      fields.add(readU16(bytes, at), readU16(bytes, at + 2), 0);
    }
    if (count === 0) malformed("template_without_fields");
    else if (!fields.isWhole) malformed("template_too_long");
    else decoder.template(fields.definition(id, { isOptions: false, scopeFields: 0 }));
  }
}

function readOptionsTemplates(
  bytes: Uint8Array,
  at: number,
  end: number,
  decoder: SetDecoder,
  malformed: Malformed,
): void {
  while (end - at >= 6) {
    const id = readU16(bytes, at);
    const scopeBytes = readU16(bytes, at + 2);
    const optionBytes = readU16(bytes, at + 4);
    if (id < FIRST_DATA_SET) {
      if (!isZero(bytes, at, end)) malformed("template_id");
      return;
    }
    at += 6;
    if (scopeBytes + optionBytes > end - at || (scopeBytes | optionBytes) % 4 !== 0) {
      malformed("template_cut");
      return;
    }
    fields.reset();
    const scopeEnd = at + scopeBytes;
    for (; at < scopeEnd; at += 4) fields.add(readU16(bytes, at), readU16(bytes, at + 2), NETFLOW9_SCOPE);
    const scopeFields = fields.length;
    for (const optionsEnd = scopeEnd + optionBytes; at < optionsEnd; at += 4) {
      fields.add(readU16(bytes, at), readU16(bytes, at + 2), 0);
    }
    if (scopeBytes + optionBytes === 0) malformed("template_without_fields");
    else if (!fields.isWhole) malformed("template_too_long");
    else decoder.template(fields.definition(id, { isOptions: true, scopeFields }));
  }
}

function isZero(bytes: Uint8Array, at: number, end: number): boolean {
  for (; at < end; at++) if (bytes[at] !== 0) return false;
  return true;
}
