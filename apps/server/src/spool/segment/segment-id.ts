import { randomBytes } from "node:crypto";

/** `.open`: being written. `.seg`: sealed. `.damaged`: set aside, for a person to look at. */
export const OPEN = ".open";
export const SEALED = ".seg";
export const DAMAGED = ".damaged";

const ID = /^(\d{14})-[0-9a-f]{12}$/;

let lastMs = 0;

/** A name that no segment had or will have; within a process later ones are greater, whatever the clock does. */
export function newSegmentId(nowMs: number): string {
  lastMs = Math.max(nowMs, lastMs + 1);
  return `${String(lastMs).padStart(14, "0")}-${randomBytes(6).toString("hex")}`;
}

/** The id in a file's name with the given ending; undefined when it is no segment's. */
export function idOf(fileName: string, ending: string): string | undefined {
  if (!fileName.endsWith(ending)) return undefined;
  const id = fileName.slice(0, -ending.length);
  return ID.test(id) ? id : undefined;
}

/** When the segment was begun, ms since 1970. */
export function createdAtMs(id: string): number {
  return Number(id.slice(0, 14));
}
