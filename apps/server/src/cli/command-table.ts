import { readFileSync } from "node:fs";
import { defineCommand, type CommandDef } from "citty";
import { decodeCommand } from "./commands/decode.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };

/** Every command by its name, in the order that --help shows them. */
export const COMMANDS: Readonly<Record<string, CommandDef>> = {
  decode: decodeCommand as CommandDef,
};

export const ROOT = {
  ...defineCommand({ subCommands: COMMANDS }),
  meta: { name: "flowlens", version, description: "Names every host on your network from flow records alone" },
};
