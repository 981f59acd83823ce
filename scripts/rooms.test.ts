import { describe, expect, test } from "vitest";
import {
  contradictionsIn,
  importableBy,
  importableByTestsOf,
  loadRooms,
  type Room,
  roomsTable,
} from "./rooms.ts";

const ROOMS: readonly Room[] = [
  { layer: 0, room: "flow", path: "packages/flow", mayImport: [], is: "the record" },
  { layer: 1, room: "codec", path: "packages/codec", mayImport: ["flow"], is: "bytes to records" },
  { layer: 1, room: "metering", path: "packages/metering", mayImport: [], is: "packets to records" },
  { layer: 1, room: "made", path: "test/made", mayImport: ["flow"], testsOnly: true, is: "made captures" },
  { layer: 2, room: "#api", path: "apps/server/src/api", mayImport: ["*"], owns: ["fastify"], is: "HTTP" },
];

function named(name: string): Room {
  const room = ROOMS.find((candidate) => candidate.room === name);
  if (room === undefined) throw new Error(name);
  return room;
}

describe("the layer table", () => {
  test("of this repository holds together", () => {
    expect(loadRooms().length).toBeGreaterThan(10);
  });

  test("lets production code import what is listed, and nothing made for tests", () => {
    expect(importableBy(named("codec"), ROOMS)).toEqual(new Set(["flow"]));
    expect(importableBy(named("#api"), ROOMS)).toEqual(new Set(["flow", "codec", "metering"]));
  });

  test("lets tests import their own layer, those below and what was made for tests", () => {
    expect(importableByTestsOf(named("metering"), ROOMS)).toEqual(new Set(["flow", "codec", "made"]));
    expect(importableByTestsOf(named("flow"), ROOMS)).toEqual(new Set(["made"]));
  });

  test.each([
    [[...ROOMS, { ...named("codec"), path: "elsewhere" }], "a room stands there twice"],
    [[{ ...named("codec"), mayImport: ["flwo"] }], "codec may import flwo, which is no room"],
    [
      [...ROOMS, { ...named("flow"), room: "up", mayImport: ["codec"] }],
      "up may import codec, which is not below it",
    ],
    [
      [...ROOMS, { ...named("codec"), room: "side", mayImport: ["codec"] }],
      "side may import codec, which is not below it",
    ],
  ])("is refused when it contradicts itself (%#)", (rooms, complaint) => {
    expect(contradictionsIn(rooms)).toEqual([complaint]);
  });

  test("reads from the top layer down in Markdown", () => {
    const rows = roomsTable(ROOMS).split("\n");
    expect(rows[2]).toBe("| 2 | `#api` | HTTP | every room below; knows `fastify` |");
    expect(rows.at(-1)).toBe("| 0 | `flow` | the record | nothing of ours |");
    expect(rows).toContain("| 1 | `made` | made captures | flow; only tests import it |");
  });
});
