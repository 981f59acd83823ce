import { chmodSync, mkdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { zeekConnTsv, conversationsOf } from "@flowlens/made-traffic";
import { describe, expect, it } from "vitest";
import { expandPaths } from "./expand-paths.ts";
import { examineFile } from "./flow-file.ts";
import { madeFolder, OFFICE, officePcap } from "./testing/made-files.ts";

const folder = madeFolder();
const pcap = officePcap();

describe("examineFile", () => {
  it("gives a file and its gzip the same hash, whatever they are called", async () => {
    const plain = await examineFile(folder.write("a.txt", pcap));
    const zipped = await examineFile(folder.write("b.csv", gzipSync(pcap)));
    expect(plain).toMatchObject({
      format: "pcap",
      content: "traffic",
      contentBytes: pcap.length,
      end: { complete: true },
    });
    expect(zipped).toMatchObject({ format: "pcap", contentBytes: pcap.length, end: { complete: true } });
    expect(zipped.sha256).toBe(plain.sha256);
  });

  it("reads two gzip members as one content", async () => {
    const half = pcap.length >> 1;
    const members = Buffer.concat([gzipSync(pcap.subarray(0, half)), gzipSync(pcap.subarray(half))]);
    const one = await examineFile(folder.write("members.gz", members));
    expect(one.contentBytes).toBe(pcap.length);
    expect(one.end).toEqual({ complete: true });
  });

  it("says where a capture breaks off: after its last whole packet", async () => {
    const cut = await examineFile(folder.write("cut.pcap", pcap.subarray(0, pcap.length - 5)));
    expect(cut.end.complete).toBe(false);
    if (cut.end.complete) return;
    expect(cut.end.offset).toBeGreaterThan(24);
    expect(cut.end.offset).toBeLessThan(pcap.length - 5);
    expect(cut.end.reason).toMatch(/breaks off/);
  });

  it("uses all that a broken gzip still holds", async () => {
    const zipped = gzipSync(pcap);
    const cut = await examineFile(folder.write("cut.gz", zipped.subarray(0, zipped.length - 2_000)));
    expect(cut.end.complete).toBe(false);
    expect(cut.contentBytes).toBeGreaterThan(pcap.length / 2);
    const damaged = Buffer.from(zipped);
    damaged.fill(0xff, zipped.length - 2_000);
    expect((await examineFile(folder.write("bad.gz", damaged))).end.complete).toBe(false);
    const onlyTrailerCut = await examineFile(
      folder.write("trailer.gz", zipped.subarray(0, zipped.length - 4)),
    );
    expect(onlyTrailerCut.contentBytes).toBe(pcap.length);
    expect(onlyTrailerCut.end).toEqual({
      complete: false,
      offset: pcap.length,
      reason: "the gzip data breaks off",
    });
  });

  it("reads Zeek's log by its content", async () => {
    const log = await examineFile(folder.write("whatever", zeekConnTsv(conversationsOf(OFFICE))));
    expect(log).toMatchObject({ format: "zeek-tsv", end: { complete: true } });
    expect(log.content).toBeUndefined();
  });

  it.each([
    ["empty", new Uint8Array(), "FILE_FORMAT_UNKNOWN"],
    ["words.txt", "This is no capture.\nNeither is this.\n", "FILE_FORMAT_UNKNOWN"],
    ["noise.bin", Uint8Array.from({ length: 400 }, (_, i) => (i * 89 + 7) & 0xff), "FILE_FORMAT_UNKNOWN"],
    ["header.pcap", pcap.subarray(0, 12), "FILE_BROKEN"],
  ])("refuses %s in one sentence that names it", async (name, content, code) => {
    const path = folder.write(name, content);
    const refusal = await examineFile(path).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code });
    expect((refusal as Error).message.startsWith(`${path}: `)).toBe(true);
    expect((refusal as Error).message).not.toContain("\n");
  });

  it("names a file that is not there, and one it may not read", async (context) => {
    await expect(examineFile(folder.path("nowhere"))).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    if (process.getuid?.() === 0)
      context.skip("root may read every file; the unprivileged run is in the import's end-to-end test");
    const path = folder.write("closed.pcap", pcap);
    chmodSync(path, 0);
    await expect(examineFile(path)).rejects.toMatchObject({ code: "FILE_NOT_PERMITTED" });
  });

  it("stops when it is told to", async () => {
    const path = folder.write("stop.pcap", pcap);
    await expect(examineFile(path, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
  });
});

describe("expandPaths", () => {
  it("lists a directory's files by name, below it too, without dot files", async () => {
    mkdirSync(folder.path("tree/sub"), { recursive: true });
    folder.write("tree/b.pcap", "");
    folder.write("tree/a.pcap", "");
    folder.write("tree/.hidden", "");
    folder.write("tree/sub/c.pcap", "");
    const files = await expandPaths([folder.path("tree"), folder.path("tree/b.pcap")]);
    expect(files).toEqual([
      { path: folder.path("tree/a.pcap"), named: false },
      { path: folder.path("tree/b.pcap"), named: false },
      { path: folder.path("tree/sub/c.pcap"), named: false },
      { path: folder.path("tree/b.pcap"), named: true },
    ]);
  });
});
