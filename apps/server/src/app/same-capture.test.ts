import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeNetflow5 } from "@flowlens/codec";
import { FEATURES_V1 } from "@flowlens/features";
import { createFlowBatch, type FlowBatch } from "@flowlens/flow";
import {
  conversationsOf,
  ethernetFrames,
  ipv4,
  link,
  packetBytes,
  packetsOfScript,
  pcapFile,
  udp,
  zeekConnTsv,
  type CapturedFrame,
  type NetworkScript,
} from "@flowlens/made-traffic";
import { createMeter } from "@flowlens/metering";
import { createPacketHeaders, LINK_TYPE, parsePacket } from "@flowlens/packet";
import { silentLogger } from "#telemetry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFlowLens, type FlowLens } from "./flowlens.ts";
import { loadSettings } from "./settings.ts";

const HOUR_MS = 3_600_000;
const SLACK = 0.05;
const staff = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `10.2.0.${first + i}`);

const SCRIPT: NetworkScript = {
  dayMs: Date.UTC(2026, 2, 4),
  seed: 5,
  lines: [
    {
      clients: staff(20, 4),
      servers: "10.2.0.10",
      port: 5432,
      count: 80,
      from: "08:00",
      to: "16:00",
      rounds: [1, 4],
      responseBytes: [200, 9_000],
    },
    {
      clients: staff(40, 20),
      servers: ["10.2.0.11", "203.0.113.9"],
      port: 443,
      count: 25,
      from: "07:00",
      to: "19:00",
      durationMs: [50, 20_000],
    },
    {
      clients: staff(40, 20),
      servers: "10.2.0.2",
      port: 53,
      protocol: "udp",
      count: 30,
      from: "07:00",
      to: "19:00",
    },
    // A session of ten minutes: cut by every exporter's active timeout and by window borders, one line in Zeek's log.
    {
      clients: staff(40, 3),
      servers: "10.2.0.12",
      port: 22,
      count: 4,
      from: "09:00",
      to: "15:00",
      rounds: 200,
      durationMs: 600_000,
    },
    { clients: "10.2.0.3", servers: staff(40, 20), protocol: "icmp", count: 6, from: "08:00", to: "18:00" },
    {
      clients: "10.2.0.99",
      servers: staff(1, 60),
      port: 8443,
      count: 1,
      from: "11:00",
      to: "11:02",
      outcome: "refused",
    },
  ],
};

/** What the meter makes of the script's packets, exported as v5 with no word on who opened what. */
function asNetflow5(): Uint8Array {
  const frames: CapturedFrame[] = [];
  let sequence = 0;
  const batch: FlowBatch = createFlowBatch(30);
  const meter = createMeter(
    {
      batch,
      emit: () => {
        const unixMs = Math.max(...batch.timeEnd.subarray(0, batch.length));
        const encoded = encodeNetflow5(batch, {
          unixMs,
          sysUptimeMs: 30 * HOUR_MS,
          sequence,
          toRow: batch.length,
        });
        sequence = encoded.nextSequence;
        for (const datagram of encoded.datagrams) frames.push(frameOf(datagram, unixMs));
      },
    },
    { initiators: false },
  );
  const headers = createPacketHeaders();
  for (const packet of packetsOfScript(SCRIPT)) {
    const { bytes } = packetBytes(packet);
    parsePacket(bytes, 0, bytes.length, LINK_TYPE.raw, headers);
    meter.packet(headers, bytes, packet.timeMs, bytes.length);
  }
  meter.finish();
  return pcapFile(frames);
}

function frameOf(datagram: Uint8Array, timeMs: number): CapturedFrame {
  const payload = udp({ sourcePort: 40_000, destinationPort: 2055 }, datagram);
  return {
    timeMs,
    bytes: link.ethernet(ipv4({ source: "192.0.2.7", destination: "192.0.2.8", protocol: 17 }, payload)),
  };
}

describe("the same capture", () => {
  const directory = mkdtempSync(join(tmpdir(), "flowlens-same-"));
  let flowLens: FlowLens;

  beforeAll(async () => {
    const settings = loadSettings({ environment: {}, dataDirectory: join(directory, "data") });
    flowLens = createFlowLens(settings, { logger: silentLogger });
    await flowLens.start();
  });
  afterAll(async () => {
    await flowLens.stop();
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  });

  async function vectorsOf(
    name: string,
    content: Uint8Array | string,
  ): Promise<Map<string, readonly (number | null)[]>> {
    const path = join(directory, name);
    writeFileSync(path, content);
    const network = await flowLens.metadata.networks.ensure(name);
    await flowLens.importFile(path, { network });
    await flowLens.settle(network);
    const { assets } = await flowLens.metadata.assets.list({
      filter: { networkId: network.id },
      limit: 1_000,
    });
    const vectors = new Map<string, readonly (number | null)[]>();
    for (const { id, address } of assets) {
      const detail = await flowLens.metadata.assets.find({ id });
      if (detail?.evidence) vectors.set(address, detail.evidence.vector);
    }
    return vectors;
  }

  it("gives every host the same vector within 5 % a feature, read as pcap, as Zeek log and as NetFlow v5", async () => {
    const pcap = await vectorsOf("as-pcap", pcapFile(ethernetFrames(packetsOfScript(SCRIPT))));
    const zeek = await vectorsOf("as-zeek", zeekConnTsv(conversationsOf(SCRIPT)));
    const netflow5 = await vectorsOf("as-v5", asNetflow5());
    expect(pcap.size).toBeGreaterThan(30);
    expect([...zeek.keys()]).toEqual([...pcap.keys()]);
    expect([...netflow5.keys()]).toEqual([...pcap.keys()]);
    const off: string[] = [];
    for (const [address, vector] of pcap) {
      for (const [other, vectors] of [
        ["zeek", zeek],
        ["v5", netflow5],
      ] as const) {
        vector.forEach((value, i) => {
          const theirs = vectors.get(address)?.[i] ?? null;
          if (!agree(value, theirs))
            off.push(`${address} ${FEATURES_V1.features[i].name}: pcap ${value}, ${other} ${theirs}`);
        });
      }
    }
    expect(off).toEqual([]);
  }, 120_000);
});

function agree(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= SLACK * Math.max(Math.abs(a), Math.abs(b));
}
