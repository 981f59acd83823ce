import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

/** Loaded before the command, it makes this Node say that it is Node 20. */
const AS_NODE_20 = `data:text/javascript,Object.defineProperty(process, "versions", { value: { node: "20.1.0" } })`;

let folder: string;
let command: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bin-"));
  command = join(folder, "apps/server/bin/flowlens.mjs");
  mkdirSync(dirname(command), { recursive: true });
  cpSync(fileURLToPath(new URL("flowlens.mjs", import.meta.url)), command);
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Puts a command line in place of the real one: the body of `main(argv)`. */
function writeCommandLine(body: string): void {
  const cli = join(folder, "apps/server/src/cli");
  mkdirSync(cli, { recursive: true });
  writeFileSync(
    join(cli, "index.ts"),
    `export async function main(argv: string[]): Promise<number> { ${body} }`,
  );
}

function installNode(): void {
  mkdirSync(join(folder, "node_modules"));
  const manifest = createRequire(import.meta.url).resolve("node/package.json");
  symlinkSync(dirname(manifest), join(folder, "node_modules/node"));
}

function start(nodeOptions: string[], args: string[] = []) {
  const child = spawn(process.execPath, [...nodeOptions, command, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const output = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.err += text));
  return { child, output, exit: once(child, "close").then(([code]) => code as number | null) };
}

describe("the flowlens command", () => {
  test("hands its arguments to the command line and exits with its code", async () => {
    writeCommandLine("console.log(argv.join()); return 3;");
    const { output, exit } = start([], ["assets", "--json"]);
    expect(await exit).toBe(3);
    expect(output).toEqual({ out: "assets,--json\n", err: "" });
  });

  test("starts itself again with the Node that npm brought where the present one is too old", async () => {
    writeCommandLine("console.log(process.versions.node, argv.join()); return 4;");
    installNode();
    const { output, exit } = start(["--import", AS_NODE_20], ["doctor"]);
    expect(await exit).toBe(4);
    expect(output).toEqual({ out: `${process.versions.node} doctor\n`, err: "" });
  });

  test("says what to do where there is no newer Node", async () => {
    const { output, exit } = start(["--import", AS_NODE_20]);
    expect(await exit).toBe(1);
    expect(output.err).toBe(
      `flowlens needs Node.js 24 or newer and was started with 20.1.0: run \`npm ci\` in ${folder}/, ` +
        "which brings the right one, and start it again.\n",
    );
  });

  test("hands an order to stop on to the newer Node", async () => {
    writeCommandLine(`
      const stopped = new Promise<number>((resolve) => process.once("SIGTERM", () => resolve(7)));
      const waiting = setInterval(() => {}, 1000);
      console.log("ready");
      const code = await stopped;
      clearInterval(waiting);
      return code;`);
    installNode();
    const { child, exit } = start(["--import", AS_NODE_20]);
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    expect(await exit).toBe(7);
  });

  test("ends quietly when the reader of its output has gone", async () => {
    writeCommandLine(`
      for (;;) {
        console.log("another line");
        await new Promise((resolve) => setTimeout(resolve, 1));
      }`);
    const { child, output, exit } = start([]);
    await once(child.stdout, "data");
    child.stdout.destroy();
    expect(await exit).toBe(0);
    expect(output.err).toBe("");
  });

  test("lets a command that listens for the order to stop put its things away when the reader has gone", async () => {
    writeCommandLine(`
      let stopping = false;
      process.once("SIGTERM", () => { stopping = true; });
      while (!stopping) {
        console.log("another line");
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      console.error("put away");
      return 5;`);
    const { child, output, exit } = start([]);
    await once(child.stdout, "data");
    child.stdout.destroy();
    expect(await exit).toBe(5);
    expect(output.err).toBe("put away\n");
  });
});
