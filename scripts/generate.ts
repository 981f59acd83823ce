// Writes the files that are made from others, or with --check says which of them have drifted.
//
//   npm run generate
//   node scripts/generate.ts --check
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { lintConfig } from "./lint-config.ts";
import { loadRooms, roomsTable } from "./rooms.ts";

interface Generated {
  /** From the repository's root. */
  readonly path: string;
  /** The wanted content; a document that only holds a generated part gets its present content to put it into. */
  readonly content: (present: string) => string;
}

const ROOT = new URL("../", import.meta.url);
const TABLE_BEGIN = "<!-- rooms:begin -->";
const TABLE_END = "<!-- rooms:end -->";

const GENERATED: readonly Generated[] = [
  { path: ".oxlintrc.json", content: () => `${JSON.stringify(lintConfig(loadRooms()), null, 2)}\n` },
  { path: "ARCHITECTURE.md", content: (present) => withTable(present, roomsTable(loadRooms())) },
];

/** Puts the table between the two markers. Throws when the document lacks them. */
export function withTable(document: string, table: string): string {
  const begin = document.indexOf(TABLE_BEGIN);
  const end = document.indexOf(TABLE_END);
  if (begin === -1 || end < begin) {
    throw new Error(
      `it needs two lines between which the layer table goes:\n  ${TABLE_BEGIN}\n  ${TABLE_END}`,
    );
  }
  return `${document.slice(0, begin + TABLE_BEGIN.length)}\n\n${table}\n\n${document.slice(end)}`;
}

function main(): void {
  const checking = process.argv.includes("--check");
  for (const { path, content } of GENERATED) {
    const file = new URL(path, ROOT);
    const present = existsSync(file) ? readFileSync(file, "utf8") : "";
    try {
      const wanted = content(present);
      if (wanted === present) continue;
      if (checking) throw new Error("it is not what its source gives; run `npm run generate` and commit it");
      writeFileSync(file, wanted);
      console.log(`${path}: written`);
    } catch (error) {
      console.error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
}

if (import.meta.main) main();
