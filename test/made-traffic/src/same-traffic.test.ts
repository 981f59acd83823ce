import { createFlowFileDecoder, createPcapReader, type FlowFileDecoder } from "@flowlens/codec";
import { ADDRESS_BYTES, createFlowBatch, formatAddress, INITIATOR, type FlowSink } from "@flowlens/flow";
import { createMeter } from "@flowlens/metering";
import { createPacketHeaders, parsePacket } from "@flowlens/packet";
import { describe, expect, test } from "vitest";
import {
  conversationsOf,
  ethernetFrames,
  packetsOfAll,
  pcapFile,
  pcapngSection,
  zeekConnJson,
  zeekConnTsv,
  type NetworkScript,
} from "./index.ts";

const SCRIPT: NetworkScript = {
  dayMs: Date.UTC(2026, 2, 2),
  seed: 5,
  lines: [
    {
      clients: ["10.1.0.1", "10.1.0.2", "10.1.0.3"],
      servers: ["10.2.0.1", "10.2.0.2"],
      port: 5432,
      count: 30,
      from: "09:00",
      to: "17:00",
      rounds: [1, 4],
      requestBytes: [20, 400],
      responseBytes: [0, 9000],
      // Some last longer than the active timeout, so that their records are several.
      durationMs: [5, 200_000],
    },
    {
      clients: "10.1.0.1",
      servers: "10.2.0.1",
      port: 80,
      count: 5,
      from: "09:00",
      outcome: "reset_by_client",
    },
    {
      clients: "10.1.0.1",
      servers: "10.2.0.1",
      port: 81,
      count: 5,
      from: "09:00",
      outcome: "reset_by_server",
    },
    { clients: "10.1.0.2", servers: "10.2.0.9", port: 22, count: 5, from: "10:00", outcome: "refused" },
    { clients: "10.1.0.2", servers: "10.2.0.9", port: 23, count: 5, from: "10:00", outcome: "unanswered" },
    { clients: "10.1.0.3", servers: "10.2.0.1", port: 8080, count: 5, from: "11:00", outcome: "left_open" },
    {
      clients: "10.1.0.3",
      servers: "10.2.0.53",
      port: 53,
      protocol: "udp",
      count: 40,
      from: "09:00",
      to: "18:00",
    },
    {
      clients: "10.1.0.3",
      servers: "10.2.0.54",
      port: 514,
      protocol: "udp",
      count: 4,
      from: "09:00",
      outcome: "unanswered",
    },
    { clients: "fd00::1", servers: "fd00::2", port: 443, count: 10, from: "12:00" },
    {
      clients: "fd00::1",
      servers: "fd00::2",
      protocol: "icmp",
      count: 1,
      from: "13:00",
      rounds: 3,
      durationMs: 3000,
    },
    { clients: "10.1.0.1", servers: "10.2.0.1", protocol: "icmp", count: 1, from: "13:00" },
  ],
};

interface Sums {
  packets: number;
  bytes: number;
  firstMs: number;
  lastMs: number;
  tcpFlags: number;
  /** 1 when the source opened the conversation, 2 when the destination did, however the maker knows. */
  opener: number;
}

/** Sums of all records by directed 5-tuple. */
function sumsOf(fill: (sink: FlowSink) => void): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  const batch = createFlowBatch(100);
  fill({
    batch,
    emit() {
      for (let row = 0; row < batch.length; row++) {
        const source = formatAddress(batch.srcAddr, row * ADDRESS_BYTES);
        const destination = formatAddress(batch.dstAddr, row * ADDRESS_BYTES);
        const key = `${source}:${batch.srcPort[row]} > ${destination}:${batch.dstPort[row]} ${batch.ipProtocol[row]}`;
        const one = sums.get(key) ?? {
          packets: 0,
          bytes: 0,
          firstMs: Infinity,
          lastMs: 0,
          tcpFlags: 0,
          opener: 0,
        };
        sums.set(key, one);
        one.packets += batch.packets[row];
        one.bytes += batch.bytes[row];
        one.firstMs = Math.min(one.firstMs, batch.timeStart[row]);
        one.lastMs = Math.max(one.lastMs, batch.timeEnd[row]);
        one.tcpFlags |= batch.tcpFlags[row];
        one.opener ||= OPENER[batch.initiator[row]];
      }
    },
  });
  return new Map([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const OPENER: Readonly<Record<number, number>> = {
  [INITIATOR.unknown]: 0,
  [INITIATOR.sourceSeen]: 1,
  [INITIATOR.sourceClaimed]: 1,
  [INITIATOR.destinationSeen]: 2,
  [INITIATOR.destinationClaimed]: 2,
};

function meterFile(file: Uint8Array): Map<string, Sums> {
  return sumsOf((sink) => {
    const meter = createMeter(sink);
    const headers = createPacketHeaders();
    const reader = createPcapReader((bytes, start, capturedLength, originalLength, timestampMs, linkType) => {
      parsePacket(bytes, start, start + capturedLength, linkType, headers);
      meter.packet(headers, bytes, timestampMs, originalLength);
    });
    reader.push(file);
    expect(reader.finish()).toEqual({ complete: true });
    meter.finish();
  });
}

function decodeLog(format: "zeek-tsv" | "zeek-json", text: string): Map<string, Sums> {
  return sumsOf((sink) => {
    const decoder: FlowFileDecoder = createFlowFileDecoder(format, sink);
    decoder.push(new TextEncoder().encode(text));
    expect(decoder.finish()).toEqual({ complete: true });
    expect(decoder.counters).toMatchObject({ bad_lines: 0 });
  });
}

const conversations = conversationsOf(SCRIPT);
const packets = packetsOfAll(conversations);
const metered = meterFile(pcapFile(ethernetFrames(packets)));

describe("one script", () => {
  test("is the same traffic as pcap in every form, cut or whole", () => {
    const frames = ethernetFrames(packets);
    expect(metered.size).toBeGreaterThan(400);
    expect(meterFile(pcapFile(ethernetFrames(packets, 128)))).toEqual(metered);
    expect(meterFile(pcapFile(frames, { littleEndian: false, nanoseconds: true }))).toEqual(metered);
    expect(meterFile(pcapngSection(frames, { littleEndian: false }))).toEqual(metered);
    expect(meterFile(pcapngSection(frames, { interfaces: [{ timestampResolution: 9 }] }))).toEqual(metered);
  });

  test.each([
    ["zeek-tsv", zeekConnTsv(conversations)],
    ["zeek-json", zeekConnJson(conversations)],
  ] as const)(
    "is the same traffic as %s: packets, bytes and opener of every conversation and direction",
    (format, text) => {
      const logged = decodeLog(format, text);
      expect([...logged.keys()]).toEqual([...metered.keys()]);
      for (const [key, fromLog] of logged) {
        const fromPackets = metered.get(key);
        expect(fromLog, key).toMatchObject({ packets: fromPackets?.packets, bytes: fromPackets?.bytes });
        // A log line has one time for both directions.
        expect(fromLog.firstMs).toBeLessThanOrEqual(fromPackets?.firstMs ?? 0);
        expect(fromLog.lastMs).toBeGreaterThanOrEqual(fromPackets?.lastMs ?? Infinity);
        // Zeek claims an originator of UDP too, where packets show none.
        if (key.endsWith(" 6")) expect(fromLog.opener, key).toBe(fromPackets?.opener);
      }
    },
  );

  test("is the same again from the same seed, and another from another", () => {
    expect(conversationsOf(SCRIPT)).toEqual(conversations);
    expect(conversationsOf({ ...SCRIPT, seed: 6 })).not.toEqual(conversations);
  });
});
