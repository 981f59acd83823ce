import { existsSync, globSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const CAPTURES = resolve(ROOT, process.env.FLOWLENS_CAPTURES ?? "../shared/captures");

/** Why tests that read third-party captures cannot run, or undefined when they can. */
export const CAPTURES_MISSING: string | undefined = existsSync(CAPTURES)
  ? undefined
  : `no captures under FLOWLENS_CAPTURES (${CAPTURES})`;

/** Absolute path of one capture. */
export function capture(name: string): string {
  return join(CAPTURES, name);
}

/** Names of all pcap and pcapng captures, sorted. */
export function pcapNames(): string[] {
  return CAPTURES_MISSING === undefined ? globSync("**/*.{pcap,pcapng}", { cwd: CAPTURES }).toSorted() : [];
}
