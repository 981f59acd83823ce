import { NOT_CARRIED, REGISTER as R } from "./registers.ts";
import type { Domain } from "./domain.ts";
import { readUnsigned, type RecordLayout } from "./read-record.ts";
import { learnSampling, rateOf } from "./sampling.ts";
import { NETFLOW9_SCOPE, type Template } from "./template.ts";

/** Bounds for what options teach of one exporter; texts are cut at 128 bytes. */
const MAX_INTERFACES = 4_096;
const MAX_ELEMENTS = 1_024;
const MAX_TEXT_BYTES = 128;

const SCOPE_INTERFACE = 2;
const ELEMENT = {
  ingressInterface: 10,
  interfaceName: 82,
  interfaceDescription: 83,
  systemInitTimeMilliseconds: 160,
  informationElementId: 303,
  informationElementDataType: 339,
  informationElementName: 341,
  privateEnterpriseNumber: 346,
} as const;

const text = new TextDecoder();

/**
 * Takes in what an options data record says of its exporter: sampling (of the domain, a sampler or an interface), names
 * of interfaces, when its uptime began, types of enterprise elements (RFC 5610). Returns the sampling rate said, 0 if none.
 */
export function learnOptions(
  bytes: Uint8Array,
  layout: RecordLayout,
  template: Template,
  registers: Float64Array,
  domain: Domain,
): number {
  const fieldOf = (id: number, enterprise = 0): number => {
    const { ids, enterprises } = template;
    for (let field = 0; field < ids.length; field++) {
      if (ids[field] === id && enterprises[field] === enterprise && layout.lengths[field] > 0) return field;
    }
    return -1;
  };
  const numberOf = (field: number): number =>
    field < 0 ? NOT_CARRIED : readUnsigned(bytes, layout.at[field], layout.lengths[field]);
  const textOf = (field: number): string => {
    if (field < 0) return "";
    const at = layout.at[field];
    return trimmed(text.decode(bytes.subarray(at, at + Math.min(layout.lengths[field], MAX_TEXT_BYTES))));
  };

  const scopeInterface = numberOf(fieldOf(SCOPE_INTERFACE, NETFLOW9_SCOPE));
  const inIfField = fieldOf(ELEMENT.ingressInterface);
  const shared = domain.exporter.domains;

  const rate = rateOf(registers);
  if (rate > 0) {
    const isOfInterface = inIfField >= 0 && inIfField < template.scopeFields;
    const index = isOfInterface ? numberOf(inIfField) : scopeInterface;
    // softflowd says interface 0, which no interface has, for all.
    const said = { rate, samplerId: registers[R.samplerId], interfaceIndex: index > 0 ? index : NOT_CARRIED };
    learnSampling(domain.sampling, said);
    learnSampling(shared.sampling, said);
  }

  const initMs = numberOf(fieldOf(ELEMENT.systemInitTimeMilliseconds));
  if (initMs > 0) {
    domain.initMs = initMs;
    domain.initIsGuess = false;
  }

  const nameField = fieldOf(ELEMENT.interfaceName);
  const descriptionField = fieldOf(ELEMENT.interfaceDescription);
  const index = inIfField >= 0 ? numberOf(inIfField) : scopeInterface;
  if (index >= 0 && (nameField >= 0 || descriptionField >= 0)) {
    if (shared.interfaces.has(index) || shared.interfaces.size < MAX_INTERFACES) {
      shared.interfaces.set(index, {
        index,
        name: textOf(nameField),
        description: textOf(descriptionField),
      });
    }
  }

  const elementId = numberOf(fieldOf(ELEMENT.informationElementId));
  const enterprise = numberOf(fieldOf(ELEMENT.privateEnterpriseNumber));
  const name = textOf(fieldOf(ELEMENT.informationElementName));
  if (elementId >= 0 && enterprise > 0 && name !== "") {
    // The enterprise bit may be told with the number.
    const key = `${enterprise}:${elementId & 0x7fff}`;
    if (shared.elements.has(key) || shared.elements.size < MAX_ELEMENTS) {
      shared.elements.set(key, { name, type: numberOf(fieldOf(ELEMENT.informationElementDataType)) });
    }
  }
  return rate;
}

/** Without the zero bytes and spaces that fill a field of fixed length. */
function trimmed(padded: string): string {
  const zero = padded.indexOf("\u0000");
  return (zero < 0 ? padded : padded.slice(0, zero)).trim();
}
