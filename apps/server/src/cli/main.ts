import { stripVTControlCharacters } from "node:util";
import { renderUsage, runCommand, type ArgsDef, type CommandDef } from "citty";
import { COMMANDS, ROOT } from "./command-table.ts";
import { EXIT } from "./exit-code.ts";
import { printError, reportFailure } from "./output/errors.ts";
import { nearest } from "./output/nearest.ts";
import { refuseUnknownFlags } from "./unknown-flags.ts";

/** Runs one command and answers its exit code; never throws, prints one sentence when something failed. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    const asked = name === "help" ? rest[0] : undefined;
    return printHelp(asked);
  }
  if (name === "--version" || name === "-v") {
    process.stdout.write(`${ROOT.meta.version}\n`);
    return EXIT.ok;
  }
  const command = COMMANDS[name];
  if (command === undefined) {
    const guess = nearest(name, Object.keys(COMMANDS));
    printError(
      `there is no command ${JSON.stringify(name)}${guess ? `; did you mean ${guess}?` : ""} See flowlens --help.`,
    );
    return EXIT.refused;
  }
  if (rest.includes("--help") || rest.includes("-h")) return printHelp(name);
  try {
    refuseUnknownFlags(name, rest, command.args as ArgsDef);
    const { result } = await runCommand(command, { rawArgs: rest });
    return typeof result === "number" ? result : EXIT.ok;
  } catch (error) {
    return reportFailure(error);
  }
}

async function printHelp(name: string | undefined): Promise<number> {
  const command = name === undefined ? ROOT : COMMANDS[name];
  if (command === undefined) {
    printError(`there is no command ${JSON.stringify(name)}. See flowlens --help.`);
    return EXIT.refused;
  }
  const usage = await renderUsage(command as CommandDef, command === ROOT ? undefined : (ROOT as CommandDef));
  process.stdout.write(`${process.stdout.isTTY ? usage : stripVTControlCharacters(usage)}\n`);
  return EXIT.ok;
}
