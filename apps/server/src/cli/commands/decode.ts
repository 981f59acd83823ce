import { createFileDecoding, expandPaths } from "#collection";
import { defineCommand } from "citty";
import { CommandLineError } from "../command-line-error.ts";
import { EXIT } from "../exit-code.ts";
import { printError } from "../output/errors.ts";
import { writeOut } from "../output/write.ts";
import { interruption } from "../interruption.ts";

export const decodeCommand = defineCommand({
  meta: {
    name: "decode",
    description: "Print the flow records of files as NDJSON, one object a record; counters go to stderr",
  },
  args: {
    path: {
      type: "positional",
      description: "Files or directories; read in order with one template state",
      valueHint: "PATH…",
      required: false,
    },
    as: {
      type: "enum",
      options: ["traffic", "export"],
      description:
        "What a capture's packets are: ordinary traffic to be metered, or packets of exporters; told by looking where not given",
    },
    port: {
      type: "string",
      description: "In captures only the export packets that were sent to this UDP port",
      valueHint: "PORT",
    },
    options: {
      type: "boolean",
      description:
        "Print what is no flow too: options records, sFlow's interface counters and notices of discarded packets",
      default: false,
    },
  },
  async run({ args }) {
    const paths = args._;
    if (paths.length === 0) throw new CommandLineError("decode needs a file: flowlens decode FILE…");
    const stop = interruption();
    const totals: Record<string, number> = {};
    let exit: number = EXIT.ok;
    const decoding = createFileDecoding({
      content: args.as,
      optionsRecords: args.options,
      port: portOf(args.port),
      signal: stop.signal,
      onRecords: (records) => writeOut(records.map((record) => `${JSON.stringify(record)}\n`).join("")),
    });
    try {
      for (const file of await expandPaths(paths)) {
        const decoded = await decoding.decode(file.path);
        for (const [name, value] of Object.entries(decoded.counters))
          totals[name] = (totals[name] ?? 0) + value;
        if (!decoded.end.complete) {
          exit = EXIT.incomplete;
          printError(
            `${file.path}: incomplete: ${decoded.end.reason}; decoded up to byte ${decoded.end.offset}.`,
          );
        }
      }
    } finally {
      stop.dispose();
    }
    process.stderr.write(`${JSON.stringify(totals)}\n`);
    return exit;
  },
});

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new CommandLineError(`--port is a UDP port from 1 to 65535, not ${text}`);
  }
  return port;
}
