/**
 * The whole path at a glance: `npm run bench -- [--json]`. Runs each stage's benchmark at a size that takes a minute
 * or so and puts their figures into one object. Each can be run alone, larger: see the header of its file.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machineFacts } from "./harness.ts";

const STAGES: readonly { readonly name: string; readonly args: readonly string[] }[] = [
  { name: "decode", args: [] },
  { name: "spool", args: ["--rows", "2000000", "--no-load"] },
  { name: "insert", args: ["--rows", "2000000"] },
  { name: "fold", args: ["--rows", "2000000"] },
  { name: "features", args: ["--hosts", "10000", "--conversations", "1000000"] },
  { name: "forest", args: ["--rows", "10000", "--seeds", "1"] },
  { name: "api", args: ["--assets", "20000", "--queries", "200"] },
];

const { values: options } = parseArgs({ options: { json: { type: "boolean", default: false } } });

function run(name: string, args: readonly string[]): Promise<unknown> {
  const script = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args, "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(JSON.parse(out));
      else reject(new Error(`bench/${name}.ts ended with code ${code}.`));
    });
  });
}

const figures: Record<string, unknown> = {};
for (const { name, args } of STAGES) {
  process.stderr.write(`\n${name}\n`);
  figures[name] = await run(name, args);
}
const command = ["npm run bench --", ...process.argv.slice(2)].join(" ");
if (options.json)
  process.stdout.write(`${JSON.stringify({ command, machine: machineFacts(), ...figures })}\n`);
