import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { request, type ClientRequest, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { ImportList, ImportReport, Problem, Task } from "@flowlens/contract";
import { ethernetFrames, packetsOfScript, pcapFile } from "@flowlens/made-traffic";
import { Value } from "typebox/value";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ImportUpload } from "../dependencies.ts";
import { TEST_TOKEN, withApi } from "../testing.ts";

const MEBIBYTE = 1024 ** 2;

const real = withApi({ config: { uploadBytesMax: MEBIBYTE } });

/** Capture of a few conversations; another seed gives another content. */
function capture(seed: number): Uint8Array<ArrayBuffer> {
  const lines = [
    { clients: "10.0.0.11", servers: "10.0.0.5", port: 5432, count: 5, from: "09:00", to: "10:00" },
  ] as const;
  const script = { dayMs: Date.UTC(2026, 2, 3), seed, lines };
  return new Uint8Array(pcapFile(ethernetFrames(packetsOfScript(script))));
}

interface UploadOptions {
  readonly url?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
}

async function upload(
  body: Uint8Array<ArrayBuffer> | null,
  { url = real.url, query = "", headers = {} }: UploadOptions = {},
) {
  const response = await fetch(new URL(`/api/v1/imports${query}`, url), {
    method: "POST",
    body,
    headers: {
      authorization: `Bearer ${TEST_TOKEN}`,
      "content-type": "application/octet-stream",
      ...headers,
    },
  });
  return {
    status: response.status,
    location: response.headers.get("location"),
    body: await response.json(),
  };
}

async function taskOf({ body }: { body: unknown }, url = real.url): Promise<Task> {
  const response = await fetch(new URL(`/api/v1/tasks/${(body as { task_id: string }).task_id}`, url));
  expect(response.status).toBe(200);
  const task: unknown = await response.json();
  expect(Value.Errors(Task, task)).toEqual([]);
  return task as Task;
}

async function endOf(accepted: { body: unknown }, url = real.url): Promise<Task> {
  return vi.waitFor(
    async () => {
      const task = await taskOf(accepted, url);
      expect(task.finished_at).not.toBeNull();
      return task;
    },
    { timeout: 20_000, interval: 20 },
  );
}

function expectNoUploads(): Promise<void> {
  return vi.waitFor(() => expect(real.uploads()).toEqual([]), { timeout: 10_000, interval: 20 });
}

describe("an upload", () => {
  it("is taken in by a task, whose result is the report", async () => {
    const accepted = await upload(capture(1), { query: "?network=office&name=/captures/monday.pcap" });
    expect(accepted.status).toBe(202);
    expect(accepted.location).toBe(`/api/v1/tasks/${(accepted.body as { task_id: string }).task_id}`);
    const task = await endOf(accepted);
    expect(task).toMatchObject({
      type: "import_file",
      name: "Import File",
      description: "/captures/monday.pcap",
      status: "completed",
      total_items: 1,
      processed_items: 1,
      successful_items: 1,
      failed_items: 0,
      parameters: { network: "office", strict: false },
    });
    expect(Value.Errors(ImportReport, task.result)).toEqual([]);
    expect(task.result).toMatchObject({
      file: "/captures/monday.pcap",
      network: "office",
      outcome: "imported",
      format: "pcap",
      bytes: capture(1).length,
      incomplete: null,
    });
    expect((task.result as ImportReport).records).toBeGreaterThan(0);
    await expectNoUploads();
  });

  it("of the same content changes nothing, gzip or not", async () => {
    const first = (await endOf(await upload(capture(2)))).result as ImportReport;
    expect(first).toMatchObject({ outcome: "imported", file: "upload", network: "default" });
    const again = await endOf(await upload(new Uint8Array(gzipSync(capture(2)))));
    expect(again.result).toEqual({ ...first, outcome: "already_imported" });
  });

  it("that breaks off is taken in to its last whole record, or refused when that is asked", async () => {
    const cut = capture(3).slice(0, -7);
    const refused = await endOf(await upload(cut, { query: "?strict=true&name=cut.pcap" }));
    expect(refused).toMatchObject({
      status: "failed",
      failed_items: 1,
      result: null,
      error_message: expect.stringMatching(/^cut\.pcap: .*--strict/),
      error_details: { error_type: "refused", code: "FILE_INCOMPLETE", report: { outcome: "refused" } },
    });
    const taken = await endOf(await upload(cut, { query: "?name=cut.pcap" }));
    expect(taken.result).toMatchObject({
      outcome: "incomplete",
      incomplete: { offset: expect.any(Number), reason: expect.any(String) },
    });
  });

  it("that is no flow file is refused under its own name", async () => {
    const task = await endOf(
      await upload(new TextEncoder().encode("Dear diary"), { query: "?name=diary.txt" }),
    );
    expect(task).toMatchObject({ status: "failed", error_details: { code: "FILE_FORMAT_UNKNOWN" } });
    const { report } = task.error_details as { report: ImportReport };
    expect(Value.Errors(ImportReport, report)).toEqual([]);
    expect(report).toMatchObject({
      file: "diary.txt",
      import_id: null,
      error: { code: "FILE_FORMAT_UNKNOWN" },
    });
    expect(report.error?.message).toMatch(/^diary\.txt: /);
    expect(JSON.stringify(task)).not.toMatch(/diary[^"]*uploads/);
    await expectNoUploads();
  });

  it("is listed with the other imports, newest first", async () => {
    await endOf(await upload(capture(4), { query: "?network=lab&name=lab.pcap" }));
    const ask = async (query: string) => {
      const response = await fetch(new URL(`/api/v1/imports${query}`, real.url));
      return { status: response.status, body: await response.json() };
    };
    const { body } = await ask("?network=lab");
    expect(Value.Errors(ImportList, body)).toEqual([]);
    expect(body).toMatchObject({
      imports: [{ file: "lab.pcap", network: "lab", state: "complete", format: "pcap" }],
    });
    expect(((await ask("?limit=1")).body as ImportList).imports).toHaveLength(1);
    expect(await ask("?network=lba")).toMatchObject({ status: 404, body: { code: "NETWORK_NOT_FOUND" } });
    expect(await ask("?limit=0")).toMatchObject({ status: 400, body: { errors: [{ field: "limit" }] } });
  });
});

describe("an upload is refused at once", () => {
  it.each([
    ["?network=%20x", "network"],
    ["?name=", "name"],
    ["?name=a%0ab", "name"],
    ["?strict=perhaps", "strict"],
    ["?as=netflow", "as"],
  ])("with the query %s", async (query, field) => {
    const { status, body } = await upload(capture(9), { query });
    expect(status).toBe(400);
    expect(Value.Errors(Problem, body)).toEqual([]);
    expect(body).toMatchObject({ code: "PARAMETER_INVALID", errors: [{ field }] });
  });

  it("with a parameter that nobody knows", async () => {
    expect(await upload(capture(9), { query: "?netwrk=x" })).toMatchObject({
      status: 400,
      body: { code: "PARAMETER_UNKNOWN", detail: expect.stringContaining("did you mean network?") },
    });
  });

  it.each(["application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])(
    "as %s",
    async (type) => {
      expect(await upload(capture(9), { headers: { "content-type": type } })).toMatchObject({
        status: 415,
        body: { code: "MEDIA_TYPE_UNSUPPORTED", detail: expect.stringContaining("application/octet-stream") },
      });
    },
  );

  it("without a body or with an empty one", async () => {
    expect(await upload(null)).toMatchObject({ status: 400, body: { code: "UPLOAD_EMPTY" } });
    expect(await upload(new Uint8Array())).toMatchObject({ status: 400, body: { code: "UPLOAD_EMPTY" } });
  });

  it("without the token, before anything of it is written", async () => {
    expect(
      await upload(new Uint8Array(2 * MEBIBYTE), { headers: { authorization: "Bearer no" } }),
    ).toMatchObject({ status: 401 });
    expect(real.uploads()).toEqual([]);
  });

  it("when it says that it is too large, and when it turns out to be", async () => {
    const said = await upload(new Uint8Array(MEBIBYTE + 1));
    expect(said).toMatchObject({
      status: 413,
      body: { code: "UPLOAD_TOO_LARGE", detail: expect.stringContaining("1048576 bytes") },
    });
    const unsaid = begin({ "transfer-encoding": "chunked" });
    unsaid.end(new Uint8Array(2 * MEBIBYTE));
    const [response] = (await once(unsaid, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(413);
    expect(JSON.parse(await text(response))).toMatchObject({ code: "UPLOAD_TOO_LARGE" });
    await expectNoUploads();
  });

  it("and a client that goes on sending is cut off", async () => {
    const endless = begin({ "transfer-encoding": "chunked" });
    endless.on("error", () => {});
    const closed = new Promise((resolve) => endless.once("close", resolve));
    const pouring = setInterval(() => endless.write(new Uint8Array(100_000)), 5);
    const [response] = (await once(endless, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(413);
    response.on("error", () => {}).resume();
    await closed;
    clearInterval(pouring);
    await expectNoUploads();
  });
});

/** A request whose body the test sends itself. */
function begin(headers: Record<string, string> = {}): ClientRequest {
  return request(new URL("/api/v1/imports", real.url), {
    method: "POST",
    headers: {
      authorization: `Bearer ${TEST_TOKEN}`,
      "content-type": "application/octet-stream",
      ...headers,
    },
  });
}

describe("a client that goes away", () => {
  it.each([
    ["with a length", { "content-length": "900000" }],
    ["in chunks", { "transfer-encoding": "chunked" }],
  ] as const)("while it sends %s leaves nothing behind", async (_how, headers) => {
    const tasksBefore = (await real.store.tasks.list()).length;
    const networksBefore = await real.store.networks.list();
    const sending = request(new URL("/api/v1/imports?network=never", real.url), {
      method: "POST",
      headers: {
        authorization: `Bearer ${TEST_TOKEN}`,
        "content-type": "application/octet-stream",
        ...headers,
      },
    });
    sending.on("error", () => {});
    sending.write(new Uint8Array(100_000));
    await vi.waitFor(() => expect(real.uploads()).toHaveLength(1), { timeout: 5_000, interval: 10 });
    sending.destroy();
    await expectNoUploads();
    expect(await real.store.tasks.list()).toHaveLength(tasksBefore);
    expect(await real.store.networks.list()).toEqual(networksBefore);
  });
});

describe("an import under way", () => {
  /** Says how far it is, then waits until it is released or stopped. */
  const importing: ImportUpload = async (path, { onProgress, signal }) => {
    onProgress({ step: "waiting", fileBytes: 0, records: 0 });
    onProgress({ step: "examining", fileBytes: readFileSync(path).length, records: 0 });
    onProgress({ step: "importing", fileBytes: 3, records: 42 });
    await new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true }),
    );
    throw new Error("never");
  };
  const slow = { importing, dataDirectory: real.dataDirectory };
  const apis: ReturnType<typeof real.another>[] = [];

  afterEach(async () => {
    await Promise.all(apis.splice(0).map((api) => api.stop()));
  });

  async function startSlow() {
    const api = real.another(slow);
    apis.push(api);
    return { api, url: (await api.start()).url };
  }

  it("shows how far it is", async () => {
    const { url } = await startSlow();
    const accepted = await upload(capture(5), { url });
    const running = await vi.waitFor(
      async () => {
        const task = await taskOf(accepted, url);
        expect(task.progress).not.toBeNull();
        return task;
      },
      { timeout: 5_000, interval: 20 },
    );
    expect(running).toMatchObject({ status: "running", finished_at: null, result: null });
    expect(running.progress).toMatchObject({ of_bytes: capture(5).length });
  });

  it("is cancelled when that is asked, and only once", async () => {
    const { url } = await startSlow();
    const accepted = await upload(capture(5), { url });
    const cancel = async () => {
      const { task_id: id } = accepted.body as { task_id: string };
      const headers = { authorization: `Bearer ${TEST_TOKEN}` };
      const response = await fetch(new URL(`/api/v1/tasks/${id}/cancel`, url), { method: "POST", headers });
      return { status: response.status, body: await response.json() };
    };
    expect((await cancel()).status).toBe(202);
    expect(await endOf(accepted, url)).toMatchObject({ status: "cancelled", result: null });
    expect(await cancel()).toMatchObject({ status: 409, body: { code: "TASK_ENDED" } });
    await expectNoUploads();
  });

  it("fails with its reason when FlowLens is stopped", async () => {
    const { api, url } = await startSlow();
    const accepted = await upload(capture(5), { url });
    await api.stop();
    expect(await taskOf(accepted)).toMatchObject({
      status: "failed",
      error_message: expect.stringContaining("Import the file again."),
      error_details: { error_type: "stopped" },
    });
    expect(real.uploads()).toEqual([]);
  });

  it("that a killed FlowLens left is failed at the next start, and its upload removed", async () => {
    // What a kill leaves: a file, and a task that nobody works on.
    writeFileSync(join(real.dataDirectory, "uploads", "left-behind"), "half a file");
    writeFileSync(join(real.dataDirectory, "uploads", "half-sent"), "no task yet");
    const left = (folder: string, file: string) =>
      real.store.tasks.create({
        type: "import_file",
        name: "Import File",
        parameters: { upload: { host: "elsewhere", folder, file } },
        triggeredBy: "local",
      });
    const ours = await left("/renamed", "left-behind");
    const theirs = await left("/another/machine", "at-work");
    await startSlow();
    expect(real.uploads()).toEqual([]);
    expect(await real.store.tasks.find(ours.id)).toMatchObject({
      status: "failed",
      errorDetails: { error_type: "stopped" },
    });
    expect(await real.store.tasks.find(theirs.id)).toMatchObject({ status: "pending" });
  });
});

describe("tasks", () => {
  const ask = async (path: string) => {
    const response = await fetch(new URL(`/api/v1/tasks${path}`, real.url));
    return { status: response.status, body: await response.json() };
  };

  it("are listed by type and status", async () => {
    const { body } = await ask("?type=import_file&status=completed&limit=2");
    expect((body as { tasks: Task[] }).tasks.length).toBeLessThanOrEqual(2);
    for (const task of (body as { tasks: Task[] }).tasks) {
      expect(Value.Errors(Task, task)).toEqual([]);
      expect(task).toMatchObject({ type: "import_file", status: "completed" });
    }
    expect(await ask("?status=done")).toMatchObject({ status: 400, body: { errors: [{ field: "status" }] } });
    expect(await ask("?type=Import")).toMatchObject({ status: 400, body: { errors: [{ field: "type" }] } });
  });

  it("that are none are said to be none", async () => {
    expect(await ask("/00000000-0000-4000-8000-000000000000")).toMatchObject({
      status: 404,
      body: { code: "TASK_NOT_FOUND" },
    });
    expect(await ask("/first")).toMatchObject({
      status: 400,
      body: { errors: [{ in: "path", field: "id" }] },
    });
  });
});
