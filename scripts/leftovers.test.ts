import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findLeftovers } from "./leftovers.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "left-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("leftovers of a test run", () => {
  test("are files in its folder", async () => {
    writeFileSync(join(folder, "forgotten.pcap"), "");
    expect(await findLeftovers(folder, folder, 0)).toEqual({ processes: [], files: ["forgotten.pcap"] });
  });

  test.skipIf(!existsSync("/proc/self/environ"))(
    "are processes with its mark in their environment, their arguments or their working folder",
    async () => {
      const waitForEver = ["-e", "process.stdin.resume(); console.log('up')"];
      const children = [
        spawn(process.execPath, waitForEver, { env: { MARK: folder } }),
        spawn(process.execPath, [...waitForEver, folder], { env: {} }),
        spawn(process.execPath, waitForEver, { env: {}, cwd: folder }),
        spawn(process.execPath, waitForEver, { env: {} }),
      ];
      try {
        await Promise.all(children.map((child) => once(child.stdout, "data")));
        const { processes } = await findLeftovers(folder, folder, 0);
        const pids = processes.map((line) => Number.parseInt(line, 10));
        expect(new Set(pids)).toEqual(new Set(children.slice(0, 3).map(({ pid }) => pid)));
      } finally {
        const exits = children.map((child) => once(child, "exit"));
        for (const child of children) child.kill();
        await Promise.all(exits);
      }
    },
  );

  test("may take a moment to go", async () => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 300)", folder]);
    const exit = once(child, "exit");
    await once(child, "spawn");
    expect(await findLeftovers(folder, folder, 10_000)).toEqual({ processes: [], files: [] });
    expect(await exit).toEqual([0, null]);
  });
});
