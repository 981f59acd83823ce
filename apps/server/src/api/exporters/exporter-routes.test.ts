import { Exporter, ExporterList, Problem } from "@flowlens/contract";
import { restingExporter } from "#collection";
import { Value } from "typebox/value";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ApiDependencies } from "../dependencies.ts";
import { TEST_TOKEN, withApi } from "../testing.ts";

let reloads = 0;
/** The exporters as they are kept; nothing is received here. */
const collector: ApiDependencies["collector"] = {
  exporters: async () => (await api.store.exporters.list()).map((one) => restingExporter(one, Date.now())),
  reloadExporters: () => {
    reloads++;
    return Promise.resolve();
  },
  status: () => ({
    enabled: true,
    running: true,
    sockets: [
      {
        address: "0.0.0.0",
        port: 2055,
        protocols: ["netflow5", "netflow9", "ipfix"],
        packets: 12,
        bytes: 9_000,
        refused: 3,
        queueDrops: 0,
        kernelDrops: undefined,
        receiveBufferAskedBytes: 32_000_000,
        receiveBufferBytes: 425_984,
      },
    ],
    refusedSenders: [{ address: "198.51.100.1", packets: 3 }],
    refusedOthers: 0,
    queue: { waitingBytes: 0, limitBytes: 1, waitingPackets: 0, droppedPackets: 0, lostPackets: 0 },
    decoding: { packets: 12, records: 30, counters: {} },
    spool: { storedRecords: 30, droppedRecords: 0, full: false, failure: undefined },
    restarts: 0,
  }),
};
const api = withApi({ collector });

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(new URL(`/api/v1${path}`, api.url), init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function patch(address: string, body: unknown, headers: Record<string, string> = {}) {
  return ask(`/exporters/${encodeURIComponent(address)}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${TEST_TOKEN}`, "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

beforeAll(async () => {
  const network = await api.store.networks.ensure("default");
  await api.store.networks.ensure("lab");
  const nowMs = Date.now();
  await api.store.exporters.upsertSeen(
    ["192.0.2.1", "2001:db8::1"].map((address) => ({
      address,
      protocols: ["ipfix"],
      firstSeenMs: nowMs,
      lastSeenMs: nowMs,
    })),
    network.id,
  );
});
beforeEach(() => void (reloads = 0));

describe("exporters", () => {
  it("are listed with what receives them", async () => {
    const { status, body } = await ask("/exporters");
    expect(status).toBe(200);
    expect(Value.Errors(ExporterList, body)).toEqual([]);
    expect(body).toMatchObject({
      exporters: [{ address: "192.0.2.1", network: "default" }, { address: "2001:db8::1" }],
      sockets: [{ port: 2055, refused: 3, kernel_drops: null }],
      refused_senders: [{ address: "198.51.100.1", packets: 3 }],
    });
  });

  it("are found by their address however it is written", async () => {
    for (const address of ["2001:db8::1", "2001:0DB8:0:0::1"]) {
      const { status, body } = await ask(`/exporters/${encodeURIComponent(address)}`);
      expect(status).toBe(200);
      expect(Value.Errors(Exporter, body)).toEqual([]);
      expect(body).toMatchObject({ address: "2001:db8::1", name: "", sampling_rate_override: null });
    }
    expect(await ask("/exporters/192.0.2.77")).toMatchObject({
      status: 404,
      body: { code: "EXPORTER_NOT_FOUND" },
    });
    expect(await ask("/exporters/router")).toMatchObject({
      status: 400,
      body: { code: "PARAMETER_INVALID", errors: [{ in: "path", field: "address" }] },
    });
  });
});

describe("a change of an exporter", () => {
  it("names it, moves it, overrides its sampling, and the collector takes it in", async () => {
    const changes = { name: "core router", network: "lab", sampling_rate_override: 1_000 };
    const { status, body } = await patch("192.0.2.1", changes);
    expect(status).toBe(200);
    expect(Value.Errors(Exporter, body)).toEqual([]);
    expect(body).toMatchObject(changes);
    expect(reloads).toBe(1);
    const partly = await patch("192.0.2.1", { sampling_rate_override: null });
    expect(partly.body).toMatchObject({ ...changes, sampling_rate_override: null });
    const clock = { real_ms: 1, simulated_ms: 2, speed: 1_440 };
    expect((await patch("192.0.2.1", { simulated_clock: clock })).body).toMatchObject({ simulated: true });
    expect((await patch("192.0.2.1", { simulated_clock: null })).body).toMatchObject({ simulated: false });
  });

  it.each([
    [{ name: 7 }, "PARAMETER_INVALID", "name"],
    [{ name: "x".repeat(201) }, "PARAMETER_INVALID", "name"],
    [{ name: "a\0b" }, "PARAMETER_INVALID", "name"],
    [{ sampling_rate_override: 0 }, "PARAMETER_INVALID", "sampling_rate_override"],
    [{ sampling_rate_override: "1000" }, "PARAMETER_INVALID", "sampling_rate_override"],
    [{ sampling_rate_override: 1.5 }, "PARAMETER_INVALID", "sampling_rate_override"],
    [{ sampling_rate_override: 1e300 }, "PARAMETER_INVALID", "sampling_rate_override"],
    [{ simulated_clock: { speed: -1 } }, "PARAMETER_INVALID", "simulated_clock"],
    [{ simulated_clock: [] }, "PARAMETER_INVALID", "simulated_clock"],
    [{ network: ["lab"] }, "PARAMETER_INVALID", "network"],
    [{ network: "nowhere" }, "NETWORK_NOT_FOUND", "network"],
    [{ samplingrate: 7 }, "PARAMETER_UNKNOWN", "samplingrate"],
    ['{"__proto__": {"name": "x"}}', "PARAMETER_UNKNOWN", "__proto__"],
    ['{"constructor": 1}', "PARAMETER_UNKNOWN", "constructor"],
  ])("as %j is refused: %s names %s, and nothing is changed", async (body, code, field) => {
    const before = await api.store.exporters.list();
    const answer = await patch("192.0.2.1", body);
    expect(Value.Errors(Problem, answer.body)).toEqual([]);
    expect(answer.body).toMatchObject({ code, errors: [{ in: "body", field }] });
    expect(answer.status).toBe(code === "NETWORK_NOT_FOUND" ? 404 : 400);
    expect(await api.store.exporters.list()).toEqual(before);
    expect(reloads).toBe(0);
  });

  it.each([
    ["", "REQUEST_MALFORMED", 400],
    ["{", "REQUEST_MALFORMED", 400],
    ["[]", "REQUEST_MALFORMED", 400],
    ["null", "REQUEST_MALFORMED", 400],
    ['"name"', "REQUEST_MALFORMED", 400],
    ["{}", "PARAMETER_INVALID", 400],
    [`{"name": "${"x".repeat(70_000)}"}`, "BODY_TOO_LARGE", 413],
    ["[".repeat(50_000), "REQUEST_MALFORMED", 400],
  ])("with the body %.20s is refused with %s", async (body, code, status) => {
    expect(await patch("192.0.2.1", body)).toMatchObject({ status, body: { code } });
  });

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
  ])("sent as %s is refused", async (type) => {
    expect(await patch("192.0.2.1", '{"name": "x"}', { "content-type": type })).toMatchObject({
      status: 415,
      body: { code: "MEDIA_TYPE_UNSUPPORTED" },
    });
  });

  it("of an exporter that was never seen is a problem", async () => {
    expect(await patch("192.0.2.99", { name: "x" })).toMatchObject({
      status: 404,
      body: { code: "EXPORTER_NOT_FOUND" },
    });
  });
});
