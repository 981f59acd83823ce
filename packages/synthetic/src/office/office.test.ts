import {
  createExportDecoder,
  encodeIpfix,
  encodeNetflow5,
  encodeNetflow9,
  encodeSflow5,
} from "@flowlens/codec";
import {
  createFlowBatch,
  formatAddress,
  IP_PROTOCOL,
  isUnicast,
  parseAddress,
  parseAddressRange,
  rangeContains,
  type FlowBatch,
} from "@flowlens/flow";
import { describe, expect, it } from "vitest";
import type { MadeExporter, MadeNetwork, TrafficOptions } from "../network/made-network.ts";
import { createOffice, type OfficeOptions } from "./create-office.ts";

/** A Wednesday. */
const DAY = Date.UTC(2026, 2, 4);
const HOUR_MS = 3_600_000;
const TEN = DAY + 10 * HOUR_MS;
const AN_HOUR_LATER = TEN + HOUR_MS;

const office = (more: Partial<OfficeOptions> = {}): MadeNetwork =>
  createOffice({ seed: 5, hosts: 120, dayStartMs: DAY, timeZone: "UTC", ...more });

/** A line a record: what, when, how much. */
function records(
  of: MadeNetwork,
  [fromMs, toMs]: readonly [number, number],
  options?: TrafficOptions,
): string[][] {
  const byExporter: string[][] = of.exporters.map(() => []);
  for (const { batches } of of.flows(fromMs, toMs, options)) {
    for (const [i, batch] of batches.entries()) {
      for (let row = 0; row < batch.length; row++) byExporter[i].push(lineOf(batch, row));
    }
  }
  return byExporter;
}

function lineOf(batch: FlowBatch, row: number): string {
  const at = row * 16;
  return [
    batch.timeStart[row],
    batch.timeEnd[row],
    formatAddress(batch.srcAddr, at),
    batch.srcPort[row],
    formatAddress(batch.dstAddr, at),
    batch.dstPort[row],
    batch.ipProtocol[row],
    batch.tcpFlags[row],
    batch.icmpTypeCode[row],
    batch.packets[row],
    batch.bytes[row],
  ].join(" ");
}

describe("a made-up office", () => {
  it("is the same for the same seed, and another for another", () => {
    const minutes = [TEN, TEN + HOUR_MS / 4] as const;
    const first = records(office(), minutes);
    expect(first.flat().length).toBeGreaterThan(4_000);
    expect(records(office(), minutes)).toEqual(first);
    expect(records(office({ seed: 6 }), minutes)[0]).not.toEqual(first[0]);
  });

  it("says the same whatever the steps it is taken in", () => {
    const minutes = [TEN, TEN + HOUR_MS / 4] as const;
    expect(records(office(), minutes, { stepMs: 1_000 })).toEqual(
      records(office(), minutes, { stepMs: 47_000 }),
    );
  });

  it("goes on unchanged for the others when scans are left out", () => {
    const night = [DAY + 2 * HOUR_MS, DAY + 2.5 * HOUR_MS] as const;
    const network = office();
    const scanner = network.hosts.find(({ role }) => role === "vulnerability scanner")?.address ?? "";
    const withScan = records(network, night).map((lines) =>
      lines.filter((line) => !line.includes(` ${scanner} `)),
    );
    const without = records(office({ scans: false }), night).flat();
    const left = new Set(withScan.flat());
    // Ports of the client count up with what a host opens, so that only those are moved whom the scan made speak.
    const kept = without.filter((line) => left.has(line)).length;
    expect(kept / without.length).toBeGreaterThan(0.97);
  });

  it.each([100, 240, 600, 2_000])("of %d hosts has all nine types on addresses of its own", (hosts) => {
    const network = office({ hosts });
    expect(network.hosts.length).toBe(hosts);
    expect(new Set(network.hosts.map(({ type }) => type)).size).toBe(9);
    expect(new Set(network.hosts.map(({ address }) => address)).size).toBe(hosts);
    const ranges = network.internalRanges.flatMap((text) => parseAddressRange(text) ?? []);
    for (const { address, isInternal } of network.hosts) {
      const bytes = parseAddress(address) ?? new Uint8Array(16);
      expect(isUnicast(bytes)).toBe(true);
      expect(ranges.some((range) => rangeContains(range, bytes))).toBe(isInternal);
    }
    const devices = network.hosts.filter(({ type }) => type === "network_device").map(({ name }) => name);
    for (const { name, address } of network.exporters) {
      expect(devices).toContain(name);
      expect(network.hosts.find((host) => host.name === name)?.address).toBe(address);
    }
  });

  it.each([99, 2_001, 150.5])("of %d hosts is refused", (hosts) => {
    expect(() => office({ hosts })).toThrow(RangeError);
  });

  it("counts what its exporters say, and reports no packet that was not sent", () => {
    const network = office();
    const traffic = network.flows(TEN, AN_HOUR_LATER);
    const sums = network.exporters.map(() => ({ records: 0, bytes: 0, packets: 0 }));
    let latest = 0;
    for (const step of traffic) {
      for (const [i, batch] of step.batches.entries()) {
        const ahead = network.exporters[i].clockAheadMs;
        for (let row = 0; row < batch.length; row++) {
          sums[i].records++;
          sums[i].bytes += batch.bytes[row];
          sums[i].packets += batch.packets[row];
          expect(batch.timeEnd[row]).toBeGreaterThanOrEqual(batch.timeStart[row]);
          expect(batch.timeEnd[row] - ahead).toBeLessThan(step.toMs);
          expect(batch.bytes[row]).toBeGreaterThanOrEqual(28 * batch.packets[row]);
          latest = Math.max(latest, batch.timeEnd[row]);
        }
      }
    }
    expect(sums).toEqual(traffic.totals);
    for (const { records: count } of sums) expect(count).toBeGreaterThan(100);
    expect(traffic.conversations.answered).toBeGreaterThan(2_000);
    expect(traffic.accepted.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1_000);
    expect(latest).toBeLessThanOrEqual(AN_HOUR_LATER + 1_000);
  });

  it("has both directions of what was answered, and the same from two exporters on the way", () => {
    const seen = records(office({ scans: false }), [TEN, AN_HOUR_LATER]);
    const [core, , centre] = seen.map(
      (lines) => new Set(lines.map((line) => line.split(" ").slice(2, 6).join(" "))),
    );
    const both = [...core].filter((tuple) => centre.has(tuple)).length;
    expect(both).toBeGreaterThan(500);
    const reversed = (tuple: string) => {
      const [from, fromPort, to, toPort] = tuple.split(" ");
      return `${to} ${toPort} ${from} ${fromPort}`;
    };
    const web = [...core].filter((tuple) => tuple.endsWith(" 443"));
    const answered = web.filter((tuple) => core.has(reversed(tuple))).length;
    expect(answered / web.length).toBeGreaterThan(0.97);
    const once = records(office({ scans: false }), [TEN, AN_HOUR_LATER], { oneExporterEach: true });
    const [coreAlone, , centreAlone] = once.map(
      (lines) => new Set(lines.map((line) => line.split(" ").slice(2, 6).join(" "))),
    );
    expect([...coreAlone].filter((tuple) => centreAlone.has(tuple))).toEqual([]);
  });

  it("rests at night, eats at noon, and stays at home on Sunday", () => {
    const network = office({ scans: false });
    const opened = (fromMs: number) => {
      const traffic = network.flows(fromMs, fromMs + HOUR_MS, { stepMs: 60_000 });
      for (const _ of traffic);
      return network.hosts.reduce(
        (sum, { type }, i) => (type === "workstation" ? sum + traffic.opened[i] : sum),
        0,
      );
    };
    const [night, morning, noon, sunday] = [3, 10, 12.25, 4 * 24 + 10].map((hour) =>
      opened(DAY + hour * HOUR_MS),
    );
    expect(night).toBeLessThan(morning / 10);
    expect(noon).toBeLessThan(morning * 0.85);
    expect(sunday).toBeLessThan(morning / 2);
  });

  it("can be decoded from its exporters' packets to what was made", () => {
    const network = office();
    for (const [i, exporter] of network.exporters.entries()) {
      for (const { batches, toMs } of network.flows(TEN, TEN + 120_000, { stepMs: 60_000 })) {
        const made = batches[i];
        const decoded = decode(exporter, encode(exporter, made, toMs));
        expect(decoded.length).toBe(made.length);
        const isSflow = exporter.protocol === "sflow5";
        const strip = (batch: FlowBatch, row: number) =>
          lineOf(batch, row)
            .split(" ")
            // sFlow carries no time: a sample is of when it came.
            .slice(isSflow ? 2 : 0)
            .join(" ");
        for (let row = 0; row < made.length; row++) expect(strip(decoded, row)).toBe(strip(made, row));
      }
    }
  });

  it("speaks TCP, UDP, ICMP and OSPF, and into multicast groups", () => {
    const network = office();
    const protocols = new Set<number>();
    let groups = 0;
    for (const { batches } of network.flows(TEN, AN_HOUR_LATER)) {
      for (const batch of batches) {
        for (let row = 0; row < batch.length; row++) {
          protocols.add(batch.ipProtocol[row]);
          if (!isUnicast(batch.dstAddr, row * 16)) groups++;
        }
      }
    }
    expect([...protocols].sort((a, b) => a - b)).toEqual([
      IP_PROTOCOL.icmp,
      IP_PROTOCOL.tcp,
      IP_PROTOCOL.udp,
      89,
    ]);
    expect(groups).toBeGreaterThan(50);
  });
});

function encode(exporter: MadeExporter, batch: FlowBatch, nowMs: number): Uint8Array[] {
  const unixMs = nowMs + exporter.clockAheadMs;
  const sysUptimeMs = 900_000_000;
  switch (exporter.protocol) {
    case "netflow5":
      return encodeNetflow5(batch, { unixMs, sysUptimeMs }).datagrams;
    case "netflow9":
      return encodeNetflow9(batch, { unixMs, sysUptimeMs, sourceId: 1, withTemplates: true }).datagrams;
    case "ipfix":
      return encodeIpfix(batch, { unixMs, observationDomain: 1, withTemplates: true }).datagrams;
    case "sflow5":
      return encodeSflow5(batch, {
        agent: parseAddress(exporter.address) ?? new Uint8Array(16),
        subAgent: 0,
        uptimeMs: sysUptimeMs,
        sequence: 0,
        sampleSequence: 0,
      }).datagrams;
  }
}

function decode(exporter: MadeExporter, datagrams: readonly Uint8Array[]): FlowBatch {
  const batch = createFlowBatch(50_000);
  const decoder = createExportDecoder();
  const address = parseAddress(exporter.address) ?? new Uint8Array(16);
  const sink = {
    batch,
    emit: () => {
      throw new Error("more rows than the test has room for");
    },
  };
  for (const bytes of datagrams) {
    const source = { exporter: address, port: 1, receivedAtMs: TEN };
    decoder.datagram(bytes, 0, bytes.length, source, sink);
  }
  return batch;
}
