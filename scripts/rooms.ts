// The layer table of rooms.json: read, checked for sense, and asked who may import whom.
import { readFileSync } from "node:fs";

/** One folder with one door. */
export interface Room {
  /** Imports go to lower layers only. */
  readonly layer: number;
  /** `flow` for the package @flowlens/flow, `#api` for a folder of the server. */
  readonly room: string;
  /** From the repository's root, without a slash at the end. */
  readonly path: string;
  /** Rooms that production code may import; `*` stands for all of lower layers. */
  readonly mayImport: readonly string[];
  /** Packages from npm that only rooms with them in this list may import; `@scope/*` stands for a whole scope. */
  readonly owns?: readonly string[];
  /** Tests may import it, production code may not. */
  readonly testsOnly?: boolean;
  /** `browser`: it knows a DOM, a clock and chance, and no Node. */
  readonly runsIn?: "browser";
  /** The one folder of a package that may know Node, and what its door is entered as: `@flowlens/forest/workers`. */
  readonly nodeDoor?: { readonly entry: string; readonly folder: string };
  /** What the room is, for the table in ARCHITECTURE.md. */
  readonly is: string;
}

const ROOMS_FILE = new URL("../rooms.json", import.meta.url);

/** Reads rooms.json. Throws when the table contradicts itself. */
export function loadRooms(): Room[] {
  const { rooms } = JSON.parse(readFileSync(ROOMS_FILE, "utf8")) as { rooms: Room[] };
  const complaints = contradictionsIn(rooms);
  if (complaints.length > 0) throw new Error(`rooms.json: ${complaints.join("; ")}`);
  return rooms;
}

/** What cannot be true of a layer table: an import upwards or sideways, a name twice, a name unknown. */
export function contradictionsIn(rooms: readonly Room[]): string[] {
  const byName = new Map(rooms.map((room) => [room.room, room]));
  const complaints: string[] = [];
  if (byName.size !== rooms.length) complaints.push("a room stands there twice");
  for (const room of rooms) {
    for (const name of room.mayImport) {
      if (name === "*") continue;
      const target = byName.get(name);
      if (target === undefined) complaints.push(`${room.room} may import ${name}, which is no room`);
      else if (target.layer >= room.layer)
        complaints.push(`${room.room} may import ${name}, which is not below it`);
    }
  }
  return complaints;
}

/** The names of the rooms that production code of `room` may import. */
export function importableBy(room: Room, rooms: readonly Room[]): Set<string> {
  const below = rooms.filter((other) => other.layer < room.layer && other.testsOnly !== true);
  return new Set(room.mayImport.includes("*") ? below.map((other) => other.room) : room.mayImport);
}

/**
 * The names of the rooms that tests of `room` may import: everything on their layer or below, since a test of
 * a store starts an engine and a test of the meter reads a capture, and what was made for tests.
 */
export function importableByTestsOf(room: Room, rooms: readonly Room[]): Set<string> {
  return new Set(
    rooms
      .filter((other) => other !== room && (other.layer <= room.layer || other.testsOnly === true))
      .map((other) => other.room),
  );
}

/** Whether the room is a folder of the server, entered by `#name`. Else it is a package. */
export function isServerRoom(room: Room): boolean {
  return room.room.startsWith("#");
}

/** What an import of the room is written as: `@flowlens/flow`, `#api`. */
export function specifierOf(room: string): string {
  return room.startsWith("#") ? room : `@flowlens/${room}`;
}

/** The file that is the room's door, from the repository's root. */
export function doorOf(room: Room): string {
  return isServerRoom(room) ? `${room.path}/index.ts` : `${room.path}/src/index.ts`;
}

/** The room that a file lies in, if any. */
export function roomOfFile(file: string, rooms: readonly Room[]): Room | undefined {
  return rooms.find((room) => file.startsWith(`${room.path}/`));
}

/** The layer table as Markdown, highest layer first, as one reads a building. */
export function roomsTable(rooms: readonly Room[]): string {
  const lines = [...rooms]
    .sort((a, b) => b.layer - a.layer)
    .map((room) => `| ${room.layer} | \`${room.room}\` | ${room.is} | ${importsOf(room)} |`);
  return ["| layer | room | what it is | may import |", "|---|---|---|---|", ...lines].join("\n");
}

function importsOf(room: Room): string {
  const rooms = room.mayImport.includes("*") ? "every room below" : room.mayImport.join(", ");
  const owned = (room.owns ?? []).map((name) => `\`${name}\``).join(", ");
  const note = room.testsOnly === true ? "; only tests import it" : "";
  return `${rooms === "" ? "nothing of ours" : rooms}${owned === "" ? "" : `; knows ${owned}`}${note}`;
}
