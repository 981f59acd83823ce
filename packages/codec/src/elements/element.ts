import { IANA_ELEMENTS } from "./iana-elements.ts";
import { OTHER_ELEMENTS } from "./other-elements.ts";
import { VENDOR_ELEMENTS } from "./vendor-elements.ts";

/** An information element as it is shown: name in snake case, abstract data type (RFC 7012 §3.1), "" where not known. */
export interface Element {
  readonly name: string;
  readonly type: string;
  /** False where it is in no table: its name is made of its numbers. */
  readonly isKnown: boolean;
}

/** Types by their number in RFC 5610 §3.1. */
const TYPES: readonly string[] = [
  "octetArray",
  "unsigned8",
  "unsigned16",
  "unsigned32",
  "unsigned64",
  "signed8",
  "signed16",
  "signed32",
  "signed64",
  "float32",
  "float64",
  "boolean",
  "macAddress",
  "string",
  "dateTimeSeconds",
  "dateTimeMilliseconds",
  "dateTimeMicroseconds",
  "dateTimeNanoseconds",
  "ipv4Address",
  "ipv6Address",
];

let elements: Map<string, Element> | undefined;

/** The tables are read when a record is first shown: the collector never asks for a name. */
function tables(): Map<string, Element> {
  if (elements !== undefined) return elements;
  elements = new Map();
  for (const line of IANA_ELEMENTS.trim().split("\n")) {
    const [id, name, type = ""] = line.split(" ");
    elements.set(`0:${id}`, { name, type, isKnown: true });
  }
  for (const line of `${VENDOR_ELEMENTS.trim()}\n${OTHER_ELEMENTS.trim()}`.split("\n")) {
    const [enterprise, id, name, type = ""] = line.split(" ");
    elements.set(`${enterprise}:${id}`, { name, type, isKnown: true });
  }
  return elements;
}

/** The element with this number; `told` is what its exporter said of it (RFC 5610), which counts where no table knows it. */
export function elementOf(
  id: number,
  enterprise: number,
  told?: { readonly name: string; readonly type: number },
): Element {
  const known = tables().get(`${enterprise}:${id}`);
  if (known !== undefined) return known;
  if (told !== undefined) {
    return { name: snakeCase(told.name), type: TYPES[told.type] ?? "", isKnown: true };
  }
  return {
    name: enterprise === 0 ? `element_${id}` : `pen${enterprise}_${id}`,
    type: "",
    isKnown: false,
  };
}

function snakeCase(name: string): string {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1_$2")
    .replaceAll(/[^A-Za-z\d]+/g, "_")
    .toLowerCase();
}
