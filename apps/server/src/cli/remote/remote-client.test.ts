import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ImportReport, type AssetList } from "@flowlens/contract";
import { NO_COUNTS } from "@flowlens/features";
import { DEFAULT_HEURISTIC_THRESHOLDS } from "@flowlens/heuristics";
import { ethernetFrames, packetsOfScript, pcapFile } from "@flowlens/made-traffic";
import type { ImportUpload } from "#api";
import { TEST_TOKEN, TEST_VERSION, withApi } from "#api/testing";
import { observeHost } from "#assets";
import { Value } from "typebox/value";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createRemoteClient, type RemoteClient, type RemoteProgress } from "./remote-client.ts";

const MEBIBYTE = 1024 ** 2;

let isUp = true;
const api = withApi({
  config: { uploadBytesMax: 8 * MEBIBYTE },
  health: [
    {
      name: "clickhouse",
      check: () => (isUp ? Promise.resolve() : Promise.reject(new Error("It is down."))),
    },
  ],
});
const folder = mkdtempSync(join(tmpdir(), "flowlens-remote-"));
const others: Server[] = [];

afterAll(() => {
  rmSync(folder, { recursive: true });
  for (const other of others) other.close();
});

function client(token: string | null = TEST_TOKEN, url = api.url): RemoteClient {
  return createRemoteClient({ url, token: token ?? undefined });
}

function capture(seed: number, count = 5): Uint8Array {
  const lines = [
    { clients: "10.0.0.11", servers: "10.0.0.5", port: 5432, count, from: "09:00", to: "10:00" },
  ] as const;
  return pcapFile(ethernetFrames(packetsOfScript({ dayMs: Date.UTC(2026, 2, 3), seed, lines })));
}

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("assets over HTTP", () => {
  beforeAll(async () => {
    const network = await api.store.networks.ensure("default");
    const period = { fromMs: Date.UTC(2026, 2, 3), toMs: Date.UTC(2026, 2, 4) };
    const seen = { firstSeenMs: period.fromMs, lastSeenMs: period.fromMs };
    const hosts = Array.from({ length: 7 }, (_, i) => ({
      address: `10.0.0.${i + 1}`,
      isInternal: true,
      counts: { ...NO_COUNTS, ...seen, clients: i },
    }));
    await api.store.assets.record(
      network.id,
      hosts.map((host) =>
        observeHost(host, {
          period,
          firstSeenMs: period.fromMs,
          thresholds: DEFAULT_HEURISTIC_THRESHOLDS,
          standing: undefined,
        }),
      ),
    );
  });

  it("come page by page, all of them", async () => {
    const pages: AssetList[] = [];
    for await (const page of client().listAssets({ sort: "clients", order: "desc", limit: 3 }))
      pages.push(page);
    expect(pages.map(({ assets }) => assets.length)).toEqual([3, 3, 1]);
    expect(pages.flatMap(({ assets }) => assets.map(({ address }) => address)).at(0)).toBe("10.0.0.7");
  });

  it("are filtered by lists and texts alike", async () => {
    const query = { type: ["unknown", "server"], address: "10.0.0.0/30", with_total: true };
    const { value: page } = await client().listAssets(query)[Symbol.asyncIterator]().next();
    expect((page as AssetList).total).toBe(3);
  });

  it("are shown one by one, and need no token", async () => {
    const { value: page } = await client(null).listAssets()[Symbol.asyncIterator]().next();
    const [first] = (page as AssetList).assets;
    expect(await client(null).getAsset(first.id)).toMatchObject({ address: "10.0.0.1", history: [] });
  });

  it("that are not there, or asked for wrongly, are errors with code and sentence", async () => {
    await expect(client().getAsset(424_242)).rejects.toMatchObject({
      code: "ASSET_NOT_FOUND",
      message: expect.stringContaining("424242"),
      context: { status: 404 },
    });
    await expect(client().listAssets({ limit: 0 })[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "PARAMETER_INVALID",
      message: 'limit must be 1 to 1000, not "0".',
    });
  });
});

describe("a file over HTTP", () => {
  it("is taken in and reported like a local one, with progress", async () => {
    const path = file("monday.pcap", capture(1, 2_000));
    const steps: RemoteProgress[] = [];
    const report = await client().importFile(path, {
      network: "office",
      onProgress: (progress) => steps.push(progress),
    });
    expect(Value.Errors(ImportReport, report)).toEqual([]);
    expect(report).toMatchObject({
      file: path,
      network: "office",
      outcome: "imported",
      format: "pcap",
      incomplete: null,
    });
    const sent = steps.filter(({ step }) => step === "uploading");
    expect(sent.length).toBeGreaterThan(1);
    expect(sent.at(-1)).toMatchObject({
      fileBytes: capture(1, 2_000).length,
      ofBytes: capture(1, 2_000).length,
    });
    expect(api.uploads()).toEqual([]);
  });

  it("that is there already changes nothing", async () => {
    const first = await client().importFile(file("a.pcap", capture(2)));
    const again = await client().importFile(file("a.pcap.gz", gzipSync(capture(2))), { name: "again" });
    expect(again).toEqual({ ...first, file: "again", outcome: "already_imported" });
  });

  it("that breaks off is taken in as far as it goes, or refused when strictness is asked", async () => {
    const path = file("cut.pcap", capture(3).subarray(0, -5));
    expect(await client().importFile(path, { strict: true })).toMatchObject({
      outcome: "refused",
      error: { code: "FILE_INCOMPLETE", message: expect.stringContaining(path) },
    });
    expect(await client().importFile(path)).toMatchObject({
      outcome: "incomplete",
      import_id: expect.any(Number),
    });
  });

  it.each([
    ["diary.txt", "Dear diary", "FILE_FORMAT_UNKNOWN"],
    ["empty", "", "FILE_FORMAT_UNKNOWN"],
    ["missing", undefined, "FILE_NOT_FOUND"],
  ])("that is none is refused before it is sent: %s", async (name, content, code) => {
    const path = content === undefined ? join(folder, name) : file(name, content);
    const tasksBefore = (await api.store.tasks.list()).length;
    const report = await client().importFile(path, { network: "nowhere" });
    expect(Value.Errors(ImportReport, report)).toEqual([]);
    expect(report).toMatchObject({ file: path, network: "nowhere", outcome: "refused", error: { code } });
    expect(report.error?.message).toContain(path);
    expect(await api.store.tasks.list()).toHaveLength(tasksBefore);
  });

  it("is refused without the token, although it is still being sent", async () => {
    const path = file("large.pcap", Buffer.concat([capture(4), new Uint8Array(6 * MEBIBYTE)]));
    await expect(client("wrong").importFile(path)).rejects.toMatchObject({
      code: "TOKEN_REFUSED",
      message: expect.stringContaining("serve.json"),
    });
  });

  it("that is too large is refused although it is still being sent", async () => {
    const path = file("huge.pcap", Buffer.concat([capture(5), new Uint8Array(64 * MEBIBYTE)]));
    await expect(client().importFile(path)).rejects.toMatchObject({
      code: "UPLOAD_TOO_LARGE",
      context: { status: 413 },
    });
    expect(api.uploads()).toEqual([]);
  });

  it("is left off when it is stopped while it is sent", async () => {
    const path = file("stopped.pcap", Buffer.concat([capture(6), new Uint8Array(6 * MEBIBYTE)]));
    const stop = new AbortController();
    const importing = client().importFile(path, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(importing).rejects.toMatchObject({
      code: "IMPORT_CANCELLED",
      message: expect.stringContaining(path),
    });
    await vi.waitFor(() => expect(api.uploads()).toEqual([]), { timeout: 5_000 });
  });

  it("is undone when it is stopped while it is taken in", async () => {
    const importing: ImportUpload = (_path, { onProgress, signal }) => {
      onProgress({ step: "importing", fileBytes: 1, records: 2 });
      return new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(new Error("stopped"))),
      );
    };
    const slow = api.another({ importing });
    const { url } = await slow.start();
    const stop = new AbortController();
    const asked = client(TEST_TOKEN, url).importFile(file("slow.pcap", capture(7)), {
      signal: stop.signal,
      onProgress: ({ step }) => {
        if (step === "importing") stop.abort();
      },
    });
    await expect(asked).rejects.toMatchObject({ code: "IMPORT_CANCELLED" });
    const [task] = await api.store.tasks.list({ limit: 1 });
    expect(task).toMatchObject({ status: "cancelled" });
    await slow.stop();
  });

  it("that fails for another reason than the file is an error with that reason", async () => {
    const importing: ImportUpload = () => Promise.reject(new Error("ClickHouse does not answer."));
    const broken = api.another({ importing });
    const { url } = await broken.start();
    await expect(client(TEST_TOKEN, url).importFile(file("b.pcap", capture(8)))).rejects.toMatchObject({
      code: "REMOTE_IMPORT_FAILED",
      message: expect.stringMatching(/b\.pcap: ClickHouse does not answer\.$/),
    });
    await broken.stop();
  });
});

describe("health over HTTP", () => {
  it("says that all works, or what does not", async () => {
    expect(await client().health()).toMatchObject({ status: "ready", version: TEST_VERSION });
    isUp = false;
    await expect(client().health()).rejects.toMatchObject({
      code: "NOT_READY",
      message: "clickhouse: It is down.",
    });
    isUp = true;
  });
});

describe("somebody else", () => {
  it("who does not answer is said to be away", async () => {
    const away = client(TEST_TOKEN, "http://127.0.0.1:9");
    const refusal = { code: "REMOTE_UNREACHABLE", message: expect.stringContaining("http://127.0.0.1:9") };
    await expect(away.health()).rejects.toMatchObject(refusal);
    await expect(away.importFile(file("c.pcap", capture(9)))).rejects.toMatchObject(refusal);
  });

  it.each([
    ["text/html", "<h1>It works!</h1>"],
    ["application/json", '{"error":"no"}'],
  ])("who answers with %s is told apart", async (type, body) => {
    const other = createServer((_request, response) =>
      response.writeHead(404, { "content-type": type }).end(body),
    );
    others.push(other);
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await expect(client(TEST_TOKEN, `http://127.0.0.1:${port}`).health()).rejects.toMatchObject({
      code: "REMOTE_ANSWER_STRANGE",
    });
  });
});
