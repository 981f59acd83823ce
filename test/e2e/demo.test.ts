import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { AssetList, ExporterList } from "@flowlens/contract";
import { describe, expect, it } from "vitest";
import { startFlowLens, testFolder, type Running } from "./command-line.ts";

const folder = testFolder();
const STOP_LIMIT_MS = 5_000;
const TYPES = [
  "cloud_service",
  "container",
  "database",
  "load_balancer",
  "network_device",
  "server",
  "storage",
  "virtual_machine",
  "workstation",
];

interface Summary {
  readonly complete: boolean;
  readonly seconds_to_first_hosts: number | null;
  readonly hosts: Record<"made" | "seen" | "decided" | "right", number>;
  readonly types: readonly { type: string; made: number; seen: number; decided: number; right: number }[];
  readonly exporters: readonly {
    protocol: string;
    records_sent: number;
    records_received: number;
    records_lost: number;
  }[];
}

/** Starts the demo with a folder for temporary files of its own, so that what it leaves behind can be seen. */
function startDemo(name: string, args: readonly string[]): { running: Running; temporary: string } {
  const temporary = folder.path(name);
  mkdirSync(temporary);
  return {
    temporary,
    running: startFlowLens(["demo", ...args], { data: folder.path("unused"), env: { TMPDIR: temporary } }),
  };
}

async function until(what: string, isSo: () => boolean | Promise<boolean>, running: Running): Promise<void> {
  for (let tries = 0; tries < 900; tries++) {
    if (await isSo()) return;
    await sleep(100);
  }
  throw new Error(
    `within 90 s it did not come to be that ${what}: ${running.stdout()}${running.stderr().slice(-2_000)}`,
  );
}

describe("flowlens demo", () => {
  it("--once sees and names hosts of all nine types, loses nothing, and leaves nothing behind", async () => {
    const { running, temporary } = startDemo("once", [
      "--once",
      "--json",
      "--hosts",
      "100",
      "--speed",
      "2880",
    ]);
    const { code, stdout, stderr } = await running.finished;
    expect(stderr).toBe("");
    const summary = JSON.parse(stdout) as Summary;
    expect(summary.types.map(({ type }) => type).sort()).toEqual(TYPES);
    for (const type of summary.types) {
      expect(type.seen, type.type).toBeGreaterThan(0);
      expect(type.decided, type.type).toBeGreaterThan(0);
    }
    expect(summary.complete).toBe(true);
    expect(code).toBe(0);
    expect(summary.seconds_to_first_hosts).toBeLessThan(60);
    expect(summary.hosts.made).toBe(100);
    expect(summary.hosts.right / summary.hosts.decided).toBeGreaterThan(0.7);
    expect([...new Set(summary.exporters.map(({ protocol }) => protocol))].sort()).toEqual([
      "ipfix",
      "netflow5",
      "netflow9",
      "sflow5",
    ]);
    for (const exporter of summary.exporters) {
      expect(exporter.records_sent, exporter.protocol).toBeGreaterThan(0);
      expect(exporter.records_lost, exporter.protocol).toBe(0);
    }
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("answers over HTTP while the day passes, and ends on Ctrl-C within 5 s without a trace", async () => {
    const { running, temporary } = startDemo("watched", ["--port", "0", "--hosts", "100"]);
    await until("the web page is printed", () => /web page +http/.test(running.stdout()), running);
    const url = /web page +(http:\/\/[\d.]+:\d+)/.exec(running.stdout())![1];
    const assets = async (): Promise<AssetList> =>
      (await (await fetch(`${url}/api/v1/assets?limit=1000`)).json()) as AssetList;
    await until(
      "hosts have names",
      async () => (await assets()).assets.some(({ asset_type }) => asset_type !== "unknown"),
      running,
    );
    const { exporters } = (await (await fetch(`${url}/api/v1/exporters`)).json()) as ExporterList;
    expect(exporters.length).toBeGreaterThan(0);
    for (const exporter of exporters) expect(exporter).toMatchObject({ simulated: true, times_clamped: 0 });
    expect(readdirSync(temporary)).toHaveLength(1);
    const from = performance.now();
    running.kill("SIGINT");
    const { code, stderr } = await running.finished;
    expect(performance.now() - from).toBeLessThan(STOP_LIMIT_MS);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(readdirSync(temporary)).toEqual([]);
    expect(existsSync(folder.path("unused"))).toBe(false);
  });

  it("refuses what it cannot do in one sentence", async () => {
    for (const [args, sentence] of [
      [["--hosts", "3"], /--hosts is a whole number from 100/],
      [["--json"], /add --once/],
    ] as const) {
      const { running, temporary } = startDemo(`refused-${args.length}`, args);
      const { code, stdout, stderr } = await running.finished;
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
      expect(stderr).toMatch(sentence);
      expect(readdirSync(temporary)).toEqual([]);
    }
  });
});
