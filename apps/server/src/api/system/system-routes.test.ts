import { setTimeout as sleep } from "node:timers/promises";
import { HealthLive, HealthReady, Problem } from "@flowlens/contract";
import { Value } from "typebox/value";
import { describe, expect, it } from "vitest";
import { TEST_VERSION, withApi } from "../testing.ts";
import { createReadiness } from "./readiness.ts";

let isEngineUp = true;
const api = withApi({
  health: [
    {
      name: "clickhouse",
      check: () => (isEngineUp ? Promise.resolve() : Promise.reject(new Error("It is down."))),
    },
    { name: "metadata store", check: () => api.store.ping() },
  ],
});

async function ask(path: string): Promise<{ status: number; type: string | null; body: unknown }> {
  const response = await fetch(new URL(path, api.url));
  return { status: response.status, type: response.headers.get("content-type"), body: await response.json() };
}

describe.each(["", "/api/v1"])("health below %j", (prefix) => {
  it("is live as long as the process answers", async () => {
    const { status, body } = await ask(`${prefix}/health/live`);
    expect(status).toBe(200);
    expect(Value.Errors(HealthLive, body)).toEqual([]);
    expect(body).toEqual({ status: "live", version: TEST_VERSION });
  });

  it("is ready while everything works, and says what does not", async () => {
    const ready = await ask(`${prefix}/health/ready`);
    expect(ready.status).toBe(200);
    expect(Value.Errors(HealthReady, ready.body)).toEqual([]);

    isEngineUp = false;
    const failed = await ask(`${prefix}/health/ready`);
    isEngineUp = true;
    expect(failed).toMatchObject({ status: 503, type: "application/problem+json; charset=utf-8" });
    expect(Value.Errors(Problem, failed.body)).toEqual([]);
    expect(failed.body).toMatchObject({
      code: "NOT_READY",
      detail: "clickhouse: It is down.",
      checks: [
        { name: "clickhouse", ready: false, reason: "It is down." },
        { name: "metadata store", ready: true, reason: null },
      ],
    });
  });
});

describe("readiness", () => {
  it("does not wait for a part that is silent", async () => {
    const readiness = createReadiness(
      [{ name: "silent", check: () => sleep(60_000, undefined, { ref: false }) }],
      20,
    );
    expect(await readiness()).toEqual([
      { name: "silent", ready: false, reason: "It did not answer within 0.02 s." },
    ]);
  });

  it("asks once for all who ask at the same time, and anew for the next", async () => {
    let asked = 0;
    const check = async () => {
      asked++;
      await sleep(10);
    };
    const readiness = createReadiness([{ name: "counted", check }]);
    await Promise.all([readiness(), readiness(), readiness()]);
    expect(asked).toBe(1);
    await readiness();
    expect(asked).toBe(2);
  });
});

describe("metrics", () => {
  it("count requests by route, not by path", async () => {
    await ask("/api/v1/assets/987654");
    const response = await fetch(new URL("/metrics", api.url));
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await response.text();
    expect(text).toContain(
      'flowlens_http_requests_total{method="GET",route="/api/v1/assets/:id",status="404"} 1',
    );
    expect(text).toContain('flowlens_http_request_duration_seconds_count{route="/health/live"}');
    expect(text).not.toContain("987654");
  });
});
