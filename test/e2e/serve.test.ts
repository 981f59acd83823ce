import { createSocket } from "node:dgram";
import { readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AssetDetail, AssetList, ImportReport } from "@flowlens/contract";
import { ethernetFrames, packetsOfScript, pcapFile } from "@flowlens/made-traffic";
import { describe, expect, it } from "vitest";
import { flowLens, startFlowLens, testFolder } from "./command-line.ts";

const folder = testFolder();
const STOP_LIMIT_MS = 5_000;

const capture = pcapFile(
  ethernetFrames(
    packetsOfScript({
      dayMs: Date.UTC(2026, 2, 3),
      seed: 3,
      lines: [
        {
          clients: ["10.3.0.20", "10.3.0.21", "10.3.0.22"],
          servers: "10.3.0.5",
          port: 3306,
          count: 60,
          from: "08:00",
          to: "20:00",
        },
      ],
    }),
  ),
);

async function serviceOf(data: string): Promise<{ url: string; token: string }> {
  for (let tries = 0; tries < 300; tries++) {
    if (existsSync(join(data, "serve.json"))) {
      return JSON.parse(readFileSync(join(data, "serve.json"), "utf8")) as { url: string; token: string };
    }
    await sleep(100);
  }
  throw new Error("serve did not come up within 30 s");
}

describe("flowlens serve", () => {
  it("answers the API, has other commands speak to it, refuses a second one, and ends within 5 s", async () => {
    const data = folder.path("data");
    const serve = startFlowLens(["serve", "--port", "0"], { data });
    try {
      const { url, token } = await serviceOf(data);
      const file = folder.write("database.pcap", capture);

      const imported = await flowLens(["import", file, "--json"], { data });
      expect(imported.code, imported.stderr).toBe(0);
      expect((JSON.parse(imported.stdout) as { imports: ImportReport[] }).imports).toMatchObject([
        { outcome: "imported", file },
      ]);
      const refused = await flowLens(["import", folder.write("words.txt", "no flows\n"), "--json"], { data });
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain("words.txt");

      const list = (await (await fetch(`${url}/api/v1/assets?type=database`)).json()) as AssetList;
      expect(list.assets.map((asset) => asset.address)).toEqual(["10.3.0.5"]);
      const detail = (await (await fetch(`${url}/api/v1/assets/${list.assets[0].id}`)).json()) as AssetDetail;
      expect(detail.explanation?.reasons.map((reason) => reason.sentence).join("\n")).toMatch(/3306/);
      expect(detail.history).toMatchObject([{ from_type: "unknown", to_type: "database" }]);
      const commandLine = await flowLens(["assets", "--json", "--type", "database"], { data });
      expect((JSON.parse(commandLine.stdout) as AssetList).assets).toEqual(list.assets);

      expect((await fetch(`${url}/api/v1/imports`, { method: "POST", body: "x" })).status).toBe(401);
      expect(
        (await fetch(`${url}/health/ready`)).status + (await fetch(`${url}/api/v1/health/ready`)).status,
      ).toBeLessThan(700);
      const second = await flowLens(["serve", "--port", "0"], { data });
      expect(second.code).toBe(1);
      expect(second.stderr).toMatch(/Another FlowLens uses the data directory/);
      // What opens the API to writing is shown nowhere.
      expect(serve.stdout() + serve.stderr() + imported.stdout + imported.stderr).not.toContain(token);
    } finally {
      const from = performance.now();
      serve.kill("SIGTERM");
      const { code } = await serve.finished;
      expect(code).toBe(0);
      expect(performance.now() - from).toBeLessThan(STOP_LIMIT_MS);
      expect(existsSync(join(data, "serve.json"))).toBe(false);
    }
  });

  it("says in one sentence which port is taken, and leaves nothing running", async () => {
    const taken = createSocket("udp4");
    await new Promise<void>((resolve) => taken.bind(0, "0.0.0.0", resolve));
    const data = folder.path("busy");
    try {
      const { port } = taken.address();
      const { code, stdout, stderr } = await flowLens(
        ["serve", "--port", "0", "--netflow-port", String(port)],
        { data },
      );
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      const said = stderr.split("\n").filter((line) => line.startsWith("flowlens: "));
      expect(said).toHaveLength(1);
      expect(said[0]).toContain(`${port}/udp`);
      expect(said[0]).toContain("COLLECTOR_PORT_BUSY");
      // The data directory is free again.
      expect((await flowLens(["assets", "--json"], { data })).code).toBe(0);
    } finally {
      taken.close();
    }
  });
});
