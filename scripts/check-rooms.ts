// What the layer table promises beyond what oxlint can say: that the table names every room there is, that a
// room has a short door, and that no relative path leads out of a room, in whatever kind of import it stands.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import { doorOf, isServerRoom, loadRooms, type Room, roomOfFile } from "./rooms.ts";
import { ROOT, sourceFiles } from "./source-files.ts";

/** Without the comment that it opens with. */
const DOOR_LINES = 40;
const OPENING_COMMENT = /^(?:\/\*[^]*?\*\/|(?:\/\/.*\n)+)/;

/** A relative path to a TypeScript file in any quotes: imports, `new URL(…)` of a worker, `vi.mock(…)`. */
const RELATIVE_PATH = /(["'`])(\.\.?\/[^"'`\n]*\.tsx?)\1/g;

/** An import whose module is written in backticks is not seen by oxlint's no-restricted-imports. */
const BACKTICK_IMPORT = /\b(?:import|vi\.mock)\(\s*`/;

/** The complaints about one file's relative paths. `file` is given from the repository's root. */
export function strayPathsIn(file: string, text: string, rooms: readonly Room[]): string[] {
  const home = roomOfFile(file, rooms);
  const complaints: string[] = [];
  for (const [, , path = ""] of text.matchAll(RELATIVE_PATH)) {
    const target = normalize(join(dirname(file), path));
    const room = roomOfFile(target, rooms);
    if (home !== undefined && room !== home) {
      complaints.push(`${file}: ${path} leaves the room ${home.room}; import the other room by its name`);
    } else if (home === undefined && room !== undefined && target !== doorOf(room)) {
      complaints.push(`${file}: ${path} enters the room ${room.room} beside its door, ${doorOf(room)}`);
    }
  }
  if (home !== undefined && BACKTICK_IMPORT.test(text)) {
    complaints.push(`${file}: write the imported module in plain quotes, so that the lint rules see it`);
  }
  return complaints;
}

/** The complaints about a room's door, its index.ts. */
export function doorComplaints(door: string, text: string): string[] {
  const exports = text.replace(OPENING_COMMENT, "").trim();
  const lines = exports.split("\n").length;
  return [
    ...(lines > DOOR_LINES ? [`${door}: ${lines} lines; a door has at most ${DOOR_LINES}`] : []),
    ...(/^\s*\/[/*]/.test(text)
      ? []
      : [`${door}: a door opens with a comment that says what the room is and is not`]),
  ];
}

/** The complaints about folders without a row in the table, and rows without their entry in package.json. */
function tableComplaints(rooms: readonly Room[]): string[] {
  const folders = ["packages", "apps/server/src", "test"].flatMap((parent) => foldersIn(parent));
  const unknown = folders
    .filter((folder) => existsSync(new URL(`${folder}/package.json`, ROOT)) || folder.startsWith("apps/"))
    .filter((folder) => !rooms.some((room) => room.path === folder));
  const manifest = JSON.parse(readFileSync(new URL("apps/server/package.json", ROOT), "utf8")) as {
    imports: Record<string, string>;
  };
  const undeclared = rooms
    .filter((room) => isServerRoom(room))
    .filter((room) => `apps/server/${manifest.imports[room.room]?.slice(2)}` !== doorOf(room));
  return [
    ...unknown.map((folder) => `rooms.json: ${folder} is missing from the table`),
    ...undeclared.map((room) => `apps/server/package.json: "imports" does not lead ${room.room} to its door`),
  ];
}

function foldersIn(parent: string): string[] {
  const folder = new URL(`${parent}/`, ROOT);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
    .map((entry) => `${parent}/${entry.name}`);
}

function main(): void {
  const rooms = loadRooms();
  const complaints = tableComplaints(rooms);
  for (const file of sourceFiles()) {
    const text = readFileSync(new URL(file, ROOT), "utf8");
    complaints.push(...strayPathsIn(file, text, rooms));
    if (rooms.some((room) => doorOf(room) === file)) complaints.push(...doorComplaints(file, text));
  }
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length > 0 ? 1 : 0;
}

if (import.meta.main) main();
