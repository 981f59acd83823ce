import type { ArgsDef } from "citty";
import { CommandLineError } from "./command-line-error.ts";
import { nearest } from "./output/nearest.ts";

/** Refuses a flag that the command does not have; the parser itself would take it in silence. */
export function refuseUnknownFlags(command: string, args: readonly string[], known: ArgsDef): void {
  const flags = new Set<string>();
  for (const [name, definition] of Object.entries(known)) {
    if (definition.type === "positional") continue;
    flags.add(name);
    if (definition.type === "boolean") flags.add(`no-${name}`);
    for (const alias of [(definition as { alias?: string | string[] }).alias ?? []].flat()) flags.add(alias);
  }
  for (const arg of args) {
    if (arg === "--") return;
    const name = /^--?([^=]+)/.exec(arg)?.[1];
    if (name === undefined || flags.has(name) || /^\d/.test(name)) continue;
    const guess = nearest(name, [...flags]);
    throw new CommandLineError(
      `${command} has no option ${arg.split("=")[0]}${guess ? `; did you mean --${guess}?` : ""} See flowlens ${command} --help.`,
    );
  }
}
