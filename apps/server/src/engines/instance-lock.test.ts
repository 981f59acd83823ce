import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockDataDirectory, lockHolder } from "./instance-lock.ts";

const LOCKING = `
  import { lockDataDirectory } from ${JSON.stringify(new URL("./instance-lock.ts", import.meta.url).href)};
  try {
    await lockDataDirectory(process.argv[1]);
    console.log("locked");
    setInterval(() => {}, 1000);
  } catch (error) {
    console.log(error.code);
  }
`;

describe("the lock of a data directory", () => {
  let directory: string;
  let children: ChildProcess[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "flowlens-lock-"));
  });
  afterEach(() => {
    for (const child of children) child.kill("SIGKILL");
    children = [];
    rmSync(directory, { recursive: true, force: true });
  });

  async function lockElsewhere(): Promise<{ child: ChildProcess; said: string }> {
    const child = spawn(process.execPath, ["--input-type=module", "-e", LOCKING, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    const [chunk] = (await once(child.stdout, "data")) as [Buffer];
    return { child, said: chunk.toString().trim() };
  }

  it("refuses a second one and says who has it since when", async () => {
    const { child, said } = await lockElsewhere();
    expect(said).toBe("locked");
    await expect(lockDataDirectory(directory)).rejects.toMatchObject({
      code: "ENGINE_LOCKED",
      message: expect.stringMatching(
        new RegExp(`${directory} \\(process ${child.pid}, since 20\\d\\d-.*Z\\)\\. Stop that one first`),
      ) as string,
      context: { pid: child.pid },
    });
    expect(lockHolder(directory)).toMatchObject({ pid: child.pid });
  });

  it("refuses a second one in the same process too", async () => {
    const lock = await lockDataDirectory(directory);
    await expect(lockDataDirectory(directory)).rejects.toMatchObject({ code: "ENGINE_LOCKED" });
    lock.release();
    (await lockDataDirectory(directory)).release();
  });

  it("is free again the moment its holder is killed", async () => {
    const { child } = await lockElsewhere();
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(lockHolder(directory)).toBeNull();
    const lock = await lockDataDirectory(directory);
    expect(lockHolder(directory)).toMatchObject({ pid: process.pid });
    lock.release();
  });

  it("is given to exactly one of several that start at the same moment", async () => {
    const outcomes = await Promise.all(Array.from({ length: 6 }, lockElsewhere));
    expect(outcomes.map(({ said }) => said).toSorted()).toEqual([
      ...Array.from({ length: 5 }, () => "ENGINE_LOCKED"),
      "locked",
    ]);
  });

  it("is not held up by those who only look", async () => {
    const looking = setInterval(() => {
      for (let i = 0; i < 50; i++) lockHolder(directory);
    }, 1);
    try {
      for (let round = 0; round < 20; round++) {
        const lock = await lockDataDirectory(directory);
        expect(lockHolder(directory)).toMatchObject({ pid: process.pid });
        lock.release();
      }
    } finally {
      clearInterval(looking);
    }
  });

  it("is free in a directory that was never used, or does not exist", () => {
    expect(lockHolder(directory)).toBeNull();
    expect(lockHolder(join(directory, "nowhere"))).toBeNull();
  });

  it("does not take words in the file for a holder", () => {
    writeFileSync(
      join(directory, "lock"),
      JSON.stringify({ pid: process.pid, since: "2026-01-01T00:00:00Z", host: "h" }),
    );
    expect(lockHolder(directory)).toBeNull();
  });
});
