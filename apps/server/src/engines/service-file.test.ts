import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockDataDirectory } from "./instance-lock.ts";
import { findService, publishService } from "./service-file.ts";

describe("the running service of a data directory", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "flowlens-service-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("is found while its process holds the directory, and not afterwards", async () => {
    const lock = await lockDataDirectory(directory);
    const published = publishService(directory, { url: "http://127.0.0.1:8000", token: "t" });
    expect(findService(directory)).toEqual({ pid: process.pid, url: "http://127.0.0.1:8000", token: "t" });
    expect(statSync(join(directory, "serve.json")).mode & 0o777).toBe(0o600);
    published.withdraw();
    expect(findService(directory)).toBeNull();
    lock.release();
  });

  it("does not count when its process was killed, though its words are still there", async () => {
    const lock = await lockDataDirectory(directory);
    publishService(directory, { url: "http://127.0.0.1:8000" });
    lock.release();
    expect(findService(directory)).toBeNull();
  });

  it("does not count when another process has taken the directory since", async () => {
    writeFileSync(
      join(directory, "serve.json"),
      JSON.stringify({ pid: process.pid + 1, url: "http://127.0.0.1:8000" }),
    );
    const lock = await lockDataDirectory(directory);
    expect(findService(directory)).toBeNull();
    lock.release();
  });

  it("is not found in a directory that does not exist, nor in a file that was cut off", () => {
    expect(findService(join(directory, "nowhere"))).toBeNull();
    writeFileSync(join(directory, "serve.json"), `{"pid": 1, "ur`);
    expect(findService(directory)).toBeNull();
  });
});
