// What a reader of any file may count on: its size, its name, and that it names no machine of its writer's.
import { readFileSync } from "node:fs";
import { extname } from "node:path/posix";
import { repositoryFiles, ROOT, sourceFiles } from "./source-files.ts";

const MAX_LINES = 400;

/** Tables of constants may be longer. */
const LONG_TABLES: readonly string[] = [
  "packages/codec/src/elements/iana-elements.ts",
  "packages/codec/src/elements/vendor-elements.ts",
];

/** Names that say nothing of what is inside. */
const EMPTY_NAMES = ["util", "utils", "helper", "helpers", "common", "manager", "misc"];

/** Where the project is worked on or fetched from. Nobody else's clone lies there. */
const FOREIGN = [
  { pattern: /(?<![\w.~*<-])\/(?:work|root|home\/\w+|Users\/\w+)\//, what: "a path of one machine" },
  { pattern: /\bregistry\.[a-z0-9-]+\.[a-z]{2,}/i, what: "the host of a package registry" },
  {
    pattern: /\bhttps?:\/\/[^\s/"')]*\b(?:npm|mirror|artifactory|nexus)\b/i,
    what: "the host of a package registry",
  },
];

const TEXT_FILES = new Set([
  "",
  ".css",
  ".html",
  ".js",
  ".json",
  ".md",
  ".mjs",
  ".sh",
  ".sql",
  ".ts",
  ".tsx",
  ".yml",
  ".yaml",
]);

/** The complaints about one file's length and name. */
export function shapeComplaints(file: string, text: string): string[] {
  const lines = text.trimEnd().split("\n").length;
  const words = file.split(/[/.-]/);
  const empty = words.find((word) => EMPTY_NAMES.includes(word));
  return [
    ...(lines > MAX_LINES && !LONG_TABLES.includes(file)
      ? [
          `${file}: ${lines} lines; past ${MAX_LINES} a file is split by meaning (tables of constants: LONG_TABLES)`,
        ]
      : []),
    ...(empty === undefined ? [] : [`${file}: "${empty}" does not say what is inside`]),
  ];
}

/** The complaints about what one file names. */
export function foreignNamesIn(file: string, text: string): string[] {
  return text.split("\n").flatMap((line, index) => {
    const found = FOREIGN.find(({ pattern }) => pattern.test(line));
    return found === undefined ? [] : [`${file}:${index + 1}: names ${found.what}`];
  });
}

function main(): void {
  const read = (file: string) => readFileSync(new URL(encodeURI(file), ROOT), "utf8");
  const complaints = [
    ...sourceFiles().flatMap((file) => shapeComplaints(file, read(file))),
    ...repositoryFiles()
      .filter((file) => TEXT_FILES.has(extname(file)))
      .flatMap((file) => foreignNamesIn(file, read(file))),
  ];
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length > 0 ? 1 : 0;
}

if (import.meta.main) main();
