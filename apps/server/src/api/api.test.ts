import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { text } from "node:stream/consumers";
import { describe, expect, it, vi } from "vitest";
import { TEST_TOKEN, withApi } from "./testing.ts";

const test = withApi();

function beginUpload(url: string) {
  const sending = request(new URL("/api/v1/imports", url), {
    method: "POST",
    headers: {
      authorization: `Bearer ${TEST_TOKEN}`,
      "content-type": "application/octet-stream",
      "transfer-encoding": "chunked",
    },
  });
  sending.write("some of it");
  return sending;
}

describe("the start", () => {
  it("on a port that is taken fails with a way on, and may be tried again", async () => {
    const port = Number(new URL(test.url).port);
    const api = test.another({ config: { port } });
    const refusal = {
      code: "API_PORT_BUSY",
      message: expect.stringContaining("choose another port with --port"),
    };
    await expect(api.start()).rejects.toMatchObject(refusal);
    await expect(api.start()).rejects.toMatchObject({ ...refusal, context: { host: "127.0.0.1", port } });
    await api.stop();
  });

  it("on an address of another machine fails with a way on", async () => {
    const api = test.another({ config: { host: "192.0.2.1" } });
    await expect(api.start()).rejects.toMatchObject({
      code: "API_ADDRESS_UNUSABLE",
      message: expect.stringContaining("--host"),
    });
  });

  it("in a data directory that cannot hold uploads fails with a way on", async () => {
    const folder = mkdtempSync(join(tmpdir(), "flowlens-api-"));
    try {
      const file = join(folder, "file");
      writeFileSync(file, "");
      await expect(test.another({ dataDirectory: file }).start()).rejects.toMatchObject({
        code: "API_UPLOADS_UNUSABLE",
        message: expect.stringContaining("--data"),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("answers an address that this machine reaches, and warns when others do too", async () => {
    const folder = mkdtempSync(join(tmpdir(), "flowlens-api-"));
    const api = test.another({ config: { host: "0.0.0.0" }, dataDirectory: folder });
    try {
      const { url } = await api.start();
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect((await fetch(new URL("/health/live", url))).status).toBe(200);
      expect(test.log()).toContain("can be read by everybody");
    } finally {
      await api.stop();
      rmSync(folder, { recursive: true });
    }
  });

  it("is possible again after a stop", async () => {
    const api = test.another();
    const first = await api.start();
    await api.stop();
    await expect(fetch(new URL("/health/live", first.url))).rejects.toThrow("fetch failed");
    const second = await api.start();
    expect((await fetch(new URL("/health/live", second.url))).status).toBe(200);
    await api.stop();
    await api.stop();
  });
});

describe("the stop", () => {
  it("closes connections that are kept alive, at once", async () => {
    const api = test.another({ config: { stopLimitMs: 60_000 } });
    const { url } = await api.start();
    const agent = new Agent({ keepAlive: true });
    const [response] = (await once(request(new URL("/health/live", url), { agent }).end(), "response")) as [
      IncomingMessage,
    ];
    await text(response);
    expect(Object.keys(agent.freeSockets)).toHaveLength(1);
    await api.stop();
    agent.destroy();
  });

  it("lets a request under way end", async () => {
    const api = test.another({ config: { stopLimitMs: 60_000 } });
    const { url } = await api.start();
    const sending = beginUpload(url);
    await vi.waitFor(() => expect(test.uploads()).toHaveLength(1));
    const stopped = api.stop();
    await sleep(50);
    sending.end();
    const [response] = (await once(sending, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(202);
    const { task_id: id } = JSON.parse(await text(response)) as { task_id: string };
    await stopped;
    // It was no flow file, or it was stopped before that was found: either way its task has ended.
    expect(await test.store.tasks.find(id)).toMatchObject({ status: "failed" });
    expect(test.uploads()).toEqual([]);
  });

  it("breaks off what does not end in time, and leaves nothing of it", async () => {
    const api = test.another({ config: { stopLimitMs: 100 } });
    const { url } = await api.start();
    const sending = beginUpload(url);
    const broken = once(sending, "response").catch((error: unknown) => error);
    await vi.waitFor(() => expect(test.uploads()).toHaveLength(1));
    const begunMs = performance.now();
    await api.stop();
    expect(performance.now() - begunMs).toBeLessThan(5_000);
    expect(await broken).toMatchObject({ code: "ECONNRESET" });
    expect(test.uploads()).toEqual([]);
  });

  it("refuses what comes meanwhile", async () => {
    const api = test.another({ config: { stopLimitMs: 60_000 } });
    const { url } = await api.start();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write("GET /api/v1/networks HTTP/1.1\r\n");
    await once(socket, "connect");
    await sleep(50);
    const stopped = api.stop();
    socket.write("Host: localhost\r\n\r\n");
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toContain('"code":"STOPPING"');
    expect(answer).toMatch(/\r\nretry-after: 2\r\n/i);
    await stopped;
  });
});

describe("an idle connection", () => {
  it("is ended, an upload on it too", async () => {
    const api = test.another({ config: { idleTimeoutMs: 1_000 } });
    const { url } = await api.start();
    const sending = beginUpload(url);
    await expect(once(sending, "response")).rejects.toMatchObject({ code: "ECONNRESET" });
    await vi.waitFor(() => expect(test.uploads()).toEqual([]));
    await api.stop();
  });
});

describe("without the metadata store", () => {
  it("questions are answered with 503, uploads before they are sent, and health goes on", async ({
    skip,
  }) => {
    const engine = test.database.engine();
    skip(engine === undefined, "the PostgreSQL of these tests was given by URL and cannot be stopped");
    await engine?.stop();
    for (const path of [
      "/api/v1/assets",
      "/api/v1/assets/1",
      "/api/v1/networks",
      "/api/v1/imports",
      "/api/v1/tasks",
    ]) {
      const response = await fetch(new URL(path, test.url));
      expect(response.status, path).toBe(503);
      expect(response.headers.get("retry-after")).toBe("2");
      expect(await response.json()).toMatchObject({
        code: "STORE_UNAVAILABLE",
        detail: expect.stringContaining("Try again"),
      });
    }
    const sending = beginUpload(test.url);
    const [response] = (await once(sending, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(503);
    sending.on("error", () => {}).destroy();
    response.on("error", () => {}).resume();
    expect(test.uploads()).toEqual([]);
    expect((await fetch(new URL("/health/live", test.url))).status).toBe(200);
    expect((await fetch(new URL("/api/docs", test.url))).status).toBe(200);
  });
});
