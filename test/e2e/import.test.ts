import { chmodSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { AssetListItem, ImportReport } from "@flowlens/contract";
import {
  conversationsOf,
  ethernetFrames,
  packetsOfScript,
  pcapFile,
  zeekConnTsv,
  type NetworkScript,
} from "@flowlens/made-traffic";
import { describe, expect, it } from "vitest";
import { flowLens, startFlowLens, testFolder } from "./command-line.ts";

const NOBODY = 65_534;
const folder = testFolder();

const office: NetworkScript = {
  dayMs: Date.UTC(2026, 2, 3),
  seed: 11,
  lines: [
    {
      clients: names("10.1.0.", 30, 5),
      servers: "10.1.0.10",
      port: 5432,
      count: 60,
      from: "08:00",
      to: "18:00",
      requestBytes: 400,
      responseBytes: 5_000,
    },
    {
      clients: names("10.1.0.", 50, 25),
      servers: ["10.1.0.20", "10.1.0.21"],
      port: 443,
      count: 30,
      from: "08:00",
      to: "17:00",
    },
    {
      clients: names("10.1.0.", 50, 25),
      servers: "10.1.0.2",
      port: 53,
      protocol: "udp",
      count: 20,
      from: "08:00",
      to: "17:00",
    },
    {
      clients: "10.1.9.9",
      servers: names("10.1.0.", 1, 90),
      port: 23,
      count: 1,
      from: "12:00",
      to: "12:05",
      outcome: "unanswered",
    },
  ],
};
const pcap = pcapFile(ethernetFrames(packetsOfScript(office)));

interface Imported {
  readonly imports: readonly ImportReport[];
  readonly hosts: readonly AssetListItem[];
}

describe("flowlens import", () => {
  it("lists every host with its type and reason to hand, and changes nothing the second time", async () => {
    const data = folder.path("plain");
    const file = folder.write("office.pcap", pcap);
    const first = await flowLens(["import", file, "--json"], { data });
    expect(first.stderr).toBe("");
    expect(first.code).toBe(0);
    const { imports, hosts } = JSON.parse(first.stdout) as Imported;
    expect(imports).toMatchObject([{ outcome: "imported", format: "pcap", incomplete: null }]);
    const database = hosts.find((host) => host.address === "10.1.0.10");
    expect(database).toMatchObject({
      asset_type: "database",
      classification_method: "heuristic",
      clients: 5,
      conversations: 300,
    });
    expect(database?.served_ports.map((port) => port.name)).toEqual(["5432/tcp"]);
    // The scanner opened nothing that was accepted, and the scanned serve nothing.
    expect(hosts.find((host) => host.address === "10.1.9.9")).toMatchObject({
      asset_type: "unknown",
      conversations: 0,
    });
    expect(hosts.filter((host) => host.served_ports.some((port) => port.port === 23))).toEqual([]);

    const again = await flowLens(["import", folder.write("copy.gz", gzipSync(pcap)), "--json"], { data });
    const second = JSON.parse(again.stdout) as Imported;
    expect(second.imports).toMatchObject([{ outcome: "already_imported", import_id: imports[0].import_id }]);
    expect(second.hosts).toEqual(hosts);

    const table = await flowLens(["assets"], { data });
    expect(table.stdout).toMatch(/10\.1\.0\.10 +database/);
    const listed = await flowLens(["assets", "--json"], { data });
    expect((JSON.parse(listed.stdout) as { assets: AssetListItem[] }).assets.length).toBe(hosts.length);
  });

  it("counts the same after kill -9 at any moment and the same import again", async () => {
    const lines = conversationsOf({
      ...office,
      lines: office.lines.map((line) => ({ ...line, count: line.count * 40 })),
    });
    const file = folder.write("large.log", zeekConnTsv(lines));
    const clean = JSON.parse(
      (await flowLens(["import", file, "--json"], { data: folder.path("clean") })).stdout,
    ) as Imported;
    const data = folder.path("killed");
    for (const afterMs of [700, 1_100, 1_500, 2_200]) {
      const running = startFlowLens(["import", file, "--json"], { data });
      await sleep(afterMs);
      running.kill("SIGKILL");
      await running.finished;
    }
    const finished = await flowLens(["import", file, "--json"], { data });
    expect(finished.code).toBe(0);
    const after = JSON.parse(finished.stdout) as Imported;
    expect(after.hosts.map(counted)).toEqual(clean.hosts.map(counted));
    expect(after.imports[0].records).toBe(clean.imports[0].records);
  });

  it("takes a broken-off file to its last whole record with exit 3, or refuses it when strict", async () => {
    const data = folder.path("cut");
    const file = folder.write("cut.pcap", pcap.subarray(0, pcap.length - 7));
    const strict = await flowLens(["import", "--strict", file, "--json"], { data });
    expect(strict.code).toBe(1);
    expect(JSON.parse(strict.stdout)).toMatchObject({ imports: [{ outcome: "refused" }], hosts: [] });
    expect((await flowLens(["assets", "--json"], { data })).stdout).toContain('"assets":[]');
    const loose = await flowLens(["import", file, "--json"], { data });
    expect(loose.code).toBe(3);
    const [report] = (JSON.parse(loose.stdout) as Imported).imports;
    expect(report.outcome).toBe("incomplete");
    expect(report.incomplete?.offset).toBeGreaterThan(24);
    expect(report.incomplete?.offset).toBeLessThan(pcap.length - 7);
    expect(loose.stderr).toContain(`byte ${report.incomplete?.offset}`);
  });

  it("refuses what it cannot read in one sentence, with exit 1, and makes nothing", async (context) => {
    const data = folder.path("refused");
    const words = folder.write("words.txt", "nothing of the kind\n");
    const broken = folder.write("broken.pcap", pcap.subarray(0, 11));
    for (const file of [words, broken, folder.path("missing.pcap")]) {
      const refused = await flowLens(["import", file], { data });
      expect(refused.code).toBe(1);
      expect(refused.stdout).toBe("");
      expect(refused.stderr.trimEnd().split("\n")).toHaveLength(1);
      expect(refused.stderr).toContain(file);
    }
    if (process.getuid?.() !== 0)
      context.skip("only root can run a command under another user, to whom a file is closed");
    const closed = folder.write("closed.pcap", pcap);
    chmodSync(closed, 0o600);
    chmodSync(folder.path(""), 0o755);
    const asNobody = await flowLens(["decode", closed], { data, uid: NOBODY });
    expect(asNobody).toMatchObject({ code: 1, stdout: "" });
    expect(asNobody.stderr).toMatch(/closed\.pcap: no permission to read it/);
    expect(existsSync(folder.path("nothing"))).toBe(false);
  });

  it("takes a directory and several files, and leaves out what is no flow file", async () => {
    const data = folder.path("many");
    const first = folder.write("one.pcap", pcap);
    const { code, stdout, stderr } = await flowLens(
      [
        "import",
        first,
        folder.write("two.log", zeekConnTsv(conversationsOf({ ...office, seed: 12 }))),
        "--json",
      ],
      { data },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect((JSON.parse(stdout) as Imported).imports.map((report) => report.outcome)).toEqual([
      "imported",
      "imported",
    ]);
  });
});

function names(prefix: string, first: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${first + i}`);
}

/** What was counted, without what tells one store from another. */
function counted({ id: _id, type_since: _since, classified_at: _at, ...same }: AssetListItem) {
  return same;
}
