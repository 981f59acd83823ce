import { defineCommand, type CommandDef } from "citty";
import { assetsCommand } from "./commands/assets.ts";
import { decodeCommand } from "./commands/decode.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { exportersCommand } from "./commands/exporters.ts";
import { importCommand } from "./commands/import.ts";
import { serveCommand } from "./commands/serve.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { VERSION } from "./version.ts";

/** Every command by its name, in the order that --help shows them. */
// oxlint-disable-next-line typescript/no-explicit-any -- each command has arguments of its own; citty's own type for a table of them says any
export const COMMANDS: Readonly<Record<string, CommandDef<any>>> = {
  import: importCommand,
  assets: assetsCommand,
  exporters: exportersCommand,
  serve: serveCommand,
  simulate: simulateCommand,
  demo: demoCommand,
  decode: decodeCommand,
  evaluate: evaluateCommand,
  doctor: doctorCommand,
};

export const ROOT = {
  ...defineCommand({ subCommands: COMMANDS }),
  meta: {
    name: "flowlens",
    version: VERSION,
    description: "Names every host on your network from flow records alone",
  },
};
