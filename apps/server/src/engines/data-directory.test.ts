import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fullDiskAdvice, prepareDataDirectory } from "./data-directory.ts";

const isRoot = process.getuid?.() === 0;
const MODULE = new URL("./data-directory.ts", import.meta.url);
const PROGRAM = `
  import { prepareDataDirectory } from ${JSON.stringify(MODULE.href)};
  try { prepareDataDirectory(process.argv[1]); console.log("fine"); } catch (error) { console.log(error.code, error.message); }
`;
const ORDINARY = ["--reuid=65534", "--regid=65534", "--clear-groups"];
const canBeOrdinary =
  isRoot &&
  spawnSync("setpriv", [
    ...ORDINARY,
    process.execPath,
    "-e",
    `require("node:fs").readFileSync(${JSON.stringify(MODULE.pathname)})`,
  ]).status === 0;
const canMount =
  isRoot && spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"]).status === 0;

describe("the data directory", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "flowlens-data-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is made, with the folders on the way, for its owner only", () => {
    const path = join(folder, "a", "b", "data");
    expect(prepareDataDirectory(path)).toBe(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it("is closed to others when it was open", () => {
    const path = join(folder, "data");
    mkdirSync(path);
    chmodSync(path, 0o755);
    prepareDataDirectory(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it("cannot be a file, nor below one", () => {
    const file = join(folder, "file");
    writeFileSync(file, "precious");
    for (const path of [file, join(file, "data")]) {
      expect(() => prepareDataDirectory(path)).toThrow(
        /cannot be the data directory.* is a file\. Choose another directory/,
      );
    }
    expect(readFileSync(file, "utf8")).toBe("precious");
  });

  it.skipIf(!canBeOrdinary)(
    "says so when it may not be written (needs root to become an ordinary user)",
    () => {
      chmodSync(folder, 0o755);
      const run = (path: string) =>
        spawnSync("setpriv", [...ORDINARY, process.execPath, "--input-type=module", "-e", PROGRAM, path], {
          encoding: "utf8",
          cwd: "/",
        }).stdout;
      expect(run(join(folder, "data"))).toMatch(
        /^DATA_DIRECTORY_UNUSABLE FlowLens may not write to its data directory .*Give it to the user/,
      );
      expect(run(folder)).toMatch(/^DATA_DIRECTORY_UNUSABLE FlowLens may not write/);
    },
  );

  it.skipIf(!isRoot)("is left alone by root when another user works with it (needs root)", () => {
    writeFileSync(join(folder, "lock"), "");
    chownSync(join(folder, "lock"), 65534, 65534);
    expect(() => prepareDataDirectory(folder)).toThrow(
      /is used by the user with uid 65534, and this is uid 0\. Run FlowLens as that user/,
    );
  });

  it.skipIf(!canMount)("says so when its disk is full or read-only (needs root and mounts)", () => {
    const script = `
      mount -t tmpfs -o size=64k tmpfs "$1" && mkdir "$1/data" && { dd if=/dev/zero of="$1/filler" 2>/dev/null; true; } &&
      "$2" --input-type=module -e "$3" "$1/data"; mount -o remount,ro "$1" && "$2" --input-type=module -e "$3" "$1/data"`;
    const { stdout } = spawnSync(
      "unshare",
      ["-m", "sh", "-c", script, "sh", folder, process.execPath, PROGRAM],
      { encoding: "utf8", cwd: "/" },
    );
    const [full, readOnly] = stdout.trim().split("\n");
    expect(full).toMatch(/^DATA_DIRECTORY_UNUSABLE The disk that holds .*data is full\. Free some space/);
    expect(readOnly).toMatch(
      /^DATA_DIRECTORY_UNUSABLE The data directory .* is on a disk that is mounted read-only/,
    );
  });

  it("knows a full disk in the words of either engine, and nothing else", () => {
    expect(
      fullDiskAdvice(`initdb: error: could not write to file "x": No space left on device`, "/d"),
    ).toContain("/d is full");
    expect(
      fullDiskAdvice(
        "Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)",
        "/d",
      ),
    ).toContain("/d is full");
    expect(
      fullDiskAdvice("FATAL: wrote only 4096 of 8192 bytes at block 7\nHINT:  Check free disk space.", "/d"),
    ).toContain("/d is full");
    expect(fullDiskAdvice("FATAL: password authentication failed", "/d")).toBeNull();
  });
});
