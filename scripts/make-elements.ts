// Makes the tables of information elements in packages/codec/src/elements from the registries they come from:
//
//   node scripts/make-elements.ts ipfix.xml packet-netflow.c
//
// ipfix.xml: IANA's registry "IP Flow Information Export (IPFIX) Entities" (https://www.iana.org/assignments/ipfix/ipfix.xml).
// packet-netflow.c: Wireshark's dissector, of which only numbers and names of elements are taken: those that vendors use
// and IANA does not list, and those that IANA listed after the copy of its registry.
// The committed tables are of the copy of 2019-07-25 that comes in the source of libfixbuf 2.4.1 (Debian), and of
// Wireshark 4.4.18 (Debian).
import { readFileSync, writeFileSync } from "node:fs";

interface Element {
  readonly enterprise: number;
  readonly id: number;
  readonly name: string;
  readonly type: string;
}

const FOLDER = new URL("../packages/codec/src/elements/", import.meta.url);

/** Wireshark's lists that are kept, by enterprise number (IANA, "Private Enterprise Numbers"). */
const VENDORS: Readonly<Record<string, number>> = {
  cisco: 9,
  juniper: 2636,
  ixia: 3054,
  netscaler: 5951,
  barracuda: 10_704,
  gigamon: 26_866,
  ntop: 35_632,
};
/** nProbe sends its elements in NetFlow v9 above this number. */
const NTOP_BASE = 57_472;
/** v9 elements from here on are of vendors. */
const FIRST_VENDOR_ID = 32_768;

/** Elements of IANA's registry; those without a type are reserved. */
function readIana(xml: string): Element[] {
  return [...xml.matchAll(/<record[\s>][\s\S]*?<\/record>/g)].flatMap(([record]) => {
    const text = (tag: string) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(record)?.[1].trim();
    const [id, name, type] = [text("elementId"), text("name"), text("dataType")];
    if (id === undefined || name === undefined || type === undefined || !/^\d+$/.test(id)) return [];
    return [{ enterprise: 0, id: Number(id), name: snakeCase(name), type }];
  });
}

/** The entries of one of Wireshark's lists. */
function readList(source: string, list: string): { id: number; name: string }[] {
  const body = new RegExp(`value_string ${list}\\[\\] = \\{([\\s\\S]*?)\\n\\};`).exec(source)?.[1];
  if (body === undefined) throw new Error(`There is no list ${list} in Wireshark's source.`);
  return [...body.matchAll(/\{\s*(\d+)( \+ NTOP_BASE)?\s*,\s*"([^"]+)"\s*\}/g)].map(([, id, base, name]) => ({
    id: Number(id) + (base === undefined ? 0 : NTOP_BASE),
    name: snakeCase(name),
  }));
}

/** `sourceIPv4Address` and `Source IP Country` to `source_ipv4_address` and `source_ip_country`. */
export function snakeCase(name: string): string {
  return name
    .replaceAll(/IPv([46])/g, "Ipv$1")
    .replaceAll(/([a-z\d])([A-Z])/g, "$1_$2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .replaceAll(/[^A-Za-z\d]+/g, "_")
    .replaceAll(/_{2,}/g, "_")
    .toLowerCase();
}

/** One line an element; the type is left out where it is not known. */
function table(name: string, comment: string, elements: readonly Element[]): string {
  const lines = elements
    .toSorted((a, b) => a.enterprise - b.enterprise || a.id - b.id)
    .map(({ enterprise, id, name: element, type }) =>
      [...(enterprise === 0 ? [] : [enterprise]), id, element, ...(type === "" ? [] : [type])].join(" "),
    );
  return `// Made by scripts/make-elements.ts; do not edit.\n\n/** ${comment} */\nexport const ${name} = \`\n${lines.join("\n")}\n\`;\n`;
}

function main(): void {
  const [ianaPath, wiresharkPath] = process.argv.slice(2);
  if (ianaPath === undefined || wiresharkPath === undefined) {
    throw new Error("Name both sources: node scripts/make-elements.ts ipfix.xml packet-netflow.c");
  }
  const iana = readIana(readFileSync(ianaPath, "utf8"));
  const newest = Math.max(...iana.map(({ id }) => id));
  const source = readFileSync(wiresharkPath, "utf8");
  const shared = readList(source, "v9_v10_template_types");
  const known = new Set(iana.map(({ id }) => id));
  const later = shared.filter(({ id }) => id > newest && id < FIRST_VENDOR_ID);
  const proprietary = shared.filter(({ id }) => id >= FIRST_VENDOR_ID && !known.has(id));
  const vendors = Object.entries(VENDORS).flatMap(([vendor, enterprise]) =>
    readList(source, `v10_template_types_${vendor}`).map((each) => ({ ...each, enterprise, type: "" })),
  );
  writeFileSync(
    new URL("iana-elements.ts", FOLDER),
    table(
      "IANA_ELEMENTS",
      "Elements by number: number, name, abstract data type (RFC 7012 §3.1) where known.",
      [...iana, ...[...later, ...proprietary].map((each) => ({ ...each, enterprise: 0, type: "" }))],
    ),
  );
  writeFileSync(
    new URL("vendor-elements.ts", FOLDER),
    table("VENDOR_ELEMENTS", "Elements of vendors: enterprise number, number, name.", vendors),
  );
}

if (import.meta.main) main();
