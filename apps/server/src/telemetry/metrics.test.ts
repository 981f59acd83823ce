import { describe, expect, it } from "vitest";
import { createMetrics, silentMetrics } from "./metrics.ts";

async function sample(metrics: { text(): Promise<string> }): Promise<string[]> {
  return (await metrics.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

describe("the metrics", () => {
  it("are counted, set and observed, with their labels and the registry's", async () => {
    const metrics = createMetrics({ labels: { instance: "one" } });
    const dropped = metrics.counter({ name: "flowlens_dropped_total", help: "Dropped.", labels: ["reason"] });
    dropped.add(2, { reason: "malformed" });
    dropped.add(3, { reason: "malformed" });
    metrics.gauge({ name: "flowlens_queue_length", help: "Waiting." }).set(7);
    const seconds = metrics.histogram({
      name: "flowlens_fold_seconds",
      help: "Time of a fold.",
      buckets: [1, 10],
    });
    seconds.observe(0.5);
    seconds.observe(5);
    expect(await sample(metrics)).toEqual([
      'flowlens_dropped_total{reason="malformed",instance="one"} 5',
      'flowlens_queue_length{instance="one"} 7',
      'flowlens_fold_seconds_bucket{le="1",instance="one"} 1',
      'flowlens_fold_seconds_bucket{le="10",instance="one"} 2',
      'flowlens_fold_seconds_bucket{le="+Inf",instance="one"} 2',
      'flowlens_fold_seconds_sum{instance="one"} 5.5',
      'flowlens_fold_seconds_count{instance="one"} 2',
    ]);
    expect(metrics.contentType).toContain("text/plain");
  });

  it("are measured when somebody asks, and what is gone is gone", async () => {
    const metrics = createMetrics();
    const engines = new Map([
      ["clickhouse", 280],
      ["postgres", 26],
    ]);
    metrics.measured({
      name: "flowlens_engine_bytes",
      help: "Memory.",
      labels: ["engine"],
      read: () => [...engines].map(([engine, value]) => ({ value, labels: { engine } })),
    });
    expect(await sample(metrics)).toEqual([
      'flowlens_engine_bytes{engine="clickhouse"} 280',
      'flowlens_engine_bytes{engine="postgres"} 26',
    ]);
    engines.delete("postgres");
    expect(await sample(metrics)).toEqual(['flowlens_engine_bytes{engine="clickhouse"} 280']);
  });

  it("tell of the process when asked to", async () => {
    expect((await sample(createMetrics({ ofProcess: true }))).join("\n")).toMatch(
      /^process_resident_memory_bytes \d+$/m,
    );
    expect(await sample(createMetrics())).toEqual([]);
  });

  it("must carry a name of ours, and each name once", () => {
    const metrics = createMetrics();
    expect(() => metrics.counter({ name: "requests_total", help: "x" })).toThrow("it begins with flowlens_");
    metrics.counter({ name: "flowlens_requests_total", help: "x" });
    expect(() => metrics.counter({ name: "flowlens_requests_total", help: "x" })).toThrow(
      "already been registered",
    );
    createMetrics().counter({ name: "flowlens_requests_total", help: "x" });
  });

  it("can be switched off", () => {
    const metrics = silentMetrics;
    expect(() => {
      metrics.counter({ name: "any", help: "x" }).add(1);
      metrics.gauge({ name: "any", help: "x" }).set(1);
      metrics.histogram({ name: "any", help: "x", buckets: [] }).observe(1);
      metrics.measured({ name: "any", help: "x", read: () => [] });
    }).not.toThrow();
  });
});
