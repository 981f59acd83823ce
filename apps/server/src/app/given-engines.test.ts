import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ethernetFrames, packetsOfScript, pcapFile } from "@flowlens/made-traffic";
import { withEngines } from "#engines/testing";
import { silentLogger } from "#telemetry";
import { afterAll, describe, expect, it } from "vitest";
import { createFlowLens } from "./flowlens.ts";
import { loadSettings } from "./settings.ts";

const capture = pcapFile(
  ethernetFrames(
    packetsOfScript({
      dayMs: Date.UTC(2026, 2, 3),
      seed: 9,
      lines: [
        {
          clients: ["10.4.0.1", "10.4.0.2"],
          servers: "10.4.0.9",
          port: 5432,
          count: 60,
          from: "09:00",
          to: "12:00",
        },
      ],
    }),
  ),
);

describe("FlowLens on servers that are given by URL", () => {
  const given = withEngines();
  const directory = mkdtempSync(join(tmpdir(), "flowlens-given-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));

  it("makes its databases there and takes a capture in by the same code", async () => {
    const { clickhouse, postgres } = given;
    const clickhouseUrl = new URL(`${clickhouse.url}/flowlens_given`);
    clickhouseUrl.username = clickhouse.username;
    const settings = loadSettings({
      environment: {
        FLOWLENS_CLICKHOUSE_URL: clickhouseUrl.href,
        FLOWLENS_CLICKHOUSE_PASSWORD: clickhouse.password,
        FLOWLENS_POSTGRES_URL: `postgres://${postgres.user}@${postgres.host}:${postgres.port}/flowlens_given`,
        FLOWLENS_POSTGRES_PASSWORD: postgres.password,
      },
      dataDirectory: join(directory, "data"),
    });
    const flowLens = createFlowLens(settings, { logger: silentLogger });
    try {
      await flowLens.start();
      expect(flowLens.engines.status().map((status) => status.mode)).toEqual(["url", "url"]);
      const path = join(directory, "capture.pcap");
      writeFileSync(path, capture);
      const network = await flowLens.metadata.networks.ensure("default");
      const { outcome } = await flowLens.importFile(path, { network });
      await flowLens.settle(network);
      const { assets } = await flowLens.metadata.assets.list({ filter: { types: ["database"] } });
      expect(outcome).toBe("imported");
      expect(assets.map((asset) => asset.address)).toEqual(["10.4.0.9"]);
    } finally {
      await flowLens.stop();
    }
  });
});
