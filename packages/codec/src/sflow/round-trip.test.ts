import { createFlowBatch, IP_PROTOCOL, parseAddress, startFlow, type FlowBatch } from "@flowlens/flow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createExportDecoder } from "../export/index.ts";
import { collectFlows, flowAt } from "../testing/collected-flows.ts";
import { encodeSflow5, type Sflow5EncodeOptions } from "./index.ts";

const RECEIVED_MS = 1_700_000_000_000;
const EXPORTER = parseAddress("192.0.2.1") ?? new Uint8Array(16);
const OPTIONS: Sflow5EncodeOptions = {
  agent: parseAddress("192.0.2.9") ?? new Uint8Array(16),
  subAgent: 4,
  uptimeMs: 5_000_000,
  sequence: 0,
  sampleSequence: 0,
};

const u16 = fc.integer({ min: 0, max: 0xffff });
const address = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((v4) => Uint8Array.from([...MAPPED, ...v4])),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).filter((bytes) => bytes[0] !== 0),
);
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** A sampled packet that a flow row can say and sFlow can carry. */
const packet = fc
  .record({
    pair: fc
      .tuple(address, address)
      .filter(([a, b]) => (a[10] === 0xff && a[0] === 0) === (b[10] === 0xff && b[0] === 0)),
    protocol: fc.constantFrom(1, 6, 17, 33, 47, 50, 58, 132),
    ports: fc.tuple(u16, u16),
    flags: fc.integer({ min: 0, max: 255 }),
    tos: fc.integer({ min: 0, max: 255 }),
    bytes: fc.integer({ min: 60, max: 65_535 }),
    rate: fc.integer({ min: 1, max: 0xffffffff }),
    interfaces: fc.tuple(fc.nat({ max: 0xffffff }), fc.nat({ max: 0xfffffffe })),
    vlans: fc.tuple(fc.nat({ max: 4094 }), fc.nat({ max: 4094 })),
    as: fc.tuple(fc.nat({ max: 0xffffffff }), fc.nat({ max: 0xffffffff })),
    nextHop: fc.option(address, { nil: undefined }),
  })
  // A packet whose payload happens to be another one's would be read as a tunnel.
  .filter(({ ports }) => ![2152, 3544, 4789, 4790, 6081, 6635, 8472].some((port) => ports.includes(port)));

type Packet = typeof packet extends fc.Arbitrary<infer Value> ? Value : never;

function batchOf(packets: readonly Packet[]): FlowBatch {
  const batch = createFlowBatch(Math.max(1, packets.length));
  for (const each of packets) {
    const row = startFlow(batch);
    const isIcmp = each.protocol === IP_PROTOCOL.icmp || each.protocol === IP_PROTOCOL.icmpv6;
    const hasPorts = [6, 17, 33, 132].includes(each.protocol);
    batch.exporter.set(EXPORTER, row * 16);
    batch.observationDomain[row] = OPTIONS.subAgent;
    batch.timeStart[row] = RECEIVED_MS;
    batch.timeEnd[row] = RECEIVED_MS;
    batch.srcAddr.set(each.pair[0], row * 16);
    batch.dstAddr.set(each.pair[1], row * 16);
    batch.ipProtocol[row] = each.protocol;
    batch.srcPort[row] = hasPorts ? each.ports[0] : 0;
    batch.dstPort[row] = hasPorts ? each.ports[1] : 0;
    batch.icmpTypeCode[row] = isIcmp ? each.ports[0] : 0;
    batch.tcpFlags[row] = each.protocol === IP_PROTOCOL.tcp ? each.flags : 0;
    batch.ipTos[row] = each.tos;
    batch.bytes[row] = each.bytes;
    batch.packets[row] = 1;
    batch.samplingRate[row] = each.rate;
    batch.inIf[row] = each.interfaces[0];
    batch.outIf[row] = each.interfaces[1];
    [batch.vlanSrc[row], batch.vlanDst[row]] = each.vlans;
    [batch.srcAs[row], batch.dstAs[row]] = each.as;
    if (each.nextHop !== undefined) batch.nextHop.set(each.nextHop, row * 16);
    batch.length++;
  }
  return batch;
}

function decode(datagrams: readonly Uint8Array[]) {
  const decoder = createExportDecoder();
  const collected = collectFlows();
  const source = { exporter: EXPORTER, port: 6343, receivedAtMs: RECEIVED_MS };
  for (const bytes of datagrams) decoder.datagram(bytes, 0, bytes.length, source, collected.sink);
  return { decoder, flows: collected.flows() };
}

describe("sFlow v5, encoded and decoded", () => {
  it("keeps every column of every packet", () => {
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 25 }),
        fc.constantFrom(64, 128, 256),
        fc.boolean(),
        (packets, headerBytes, withCounters) => {
          const batch = batchOf(packets);
          const encoded = encodeSflow5(batch, { ...OPTIONS, headerBytes, withCounters });
          expect(encoded).toMatchObject({ records: packets.length, lengthsChanged: 0 });
          const { decoder, flows } = decode(encoded.datagrams);
          const expected = packets.map((_, row) => flowAt(batch, row));
          // The flags of TCP behind IPv6 and a VLAN tag lie past the first 64 bytes, as do the ports.
          if (headerBytes === 64) expect(flows).toHaveLength(expected.length);
          else expect(flows).toEqual(expected);
          expect(decoder.counters).toMatchObject({ records: packets.length, malformed: 0 });
        },
      ),
      { numRuns: 300 },
    );
  });

  it("numbers datagrams, flow samples and counter samples on from what was sent before", () => {
    const [each] = fc.sample(packet, { numRuns: 1, seed: 1 });
    const batch = batchOf(Array.from({ length: 40 }, () => each));
    const options = { ...OPTIONS, sequence: 0xffffffff, sampleSequence: 0xfffffffe, withCounters: true };
    const first = encodeSflow5(batch, { ...options, toRow: 20, samplesPerDatagram: 4 });
    expect(first).toMatchObject({ nextSequence: 4, nextSampleSequence: 18, nextCounterSequence: 1 });
    expect(first.datagrams).toHaveLength(5);
    const second = encodeSflow5(batch, {
      ...options,
      fromRow: 20,
      sequence: first.nextSequence,
      sampleSequence: first.nextSampleSequence,
      counterSequence: first.nextCounterSequence,
    });
    const { decoder, flows } = decode([...first.datagrams, ...second.datagrams]);
    expect(flows).toHaveLength(40);
    expect(decoder.exporters()).toMatchObject([
      {
        protocols: ["sflow5"],
        recordsLost: 0,
        packetsLost: 0,
        sequenceGaps: 0,
        sequenceReorders: 0,
        sequenceResets: 0,
        samplesDropped: 0,
        samplingRate: each.rate,
      },
    ]);
  });

  it("sends datagrams that need no fragments, and as many samples in each as asked", () => {
    const packets = fc.sample(packet, { numRuns: 60, seed: 2 });
    const { datagrams } = encodeSflow5(batchOf(packets), OPTIONS);
    expect(Math.max(...datagrams.map((datagram) => datagram.length))).toBeLessThanOrEqual(1_400);
    expect(datagrams.length).toBeGreaterThan(6);
    const single = encodeSflow5(batchOf(packets), { ...OPTIONS, samplesPerDatagram: 1 });
    expect(single.datagrams).toHaveLength(60);
  });

  it("writes a length that no packet can have as the nearest that one can, and says so", () => {
    const [each] = fc.sample(packet, { numRuns: 1, seed: 3 });
    const packets = [3, 1e7, 1_000].map((bytes) => ({ ...each, protocol: IP_PROTOCOL.tcp, bytes }));
    const encoded = encodeSflow5(batchOf(packets), OPTIONS);
    expect(encoded.lengthsChanged).toBe(2);
    const { flows } = decode(encoded.datagrams);
    expect(flows.map((flow) => flow.bytes)).toEqual([
      expect.toSatisfy((bytes: number) => bytes === 40 || bytes === 60),
      expect.toSatisfy((bytes: number) => bytes >= 65_535),
      1_000,
    ]);
  });

  it("makes all samples expanded ones as soon as one interface needs it", () => {
    const [each] = fc.sample(packet, { numRuns: 1, seed: 4 });
    const packets = [4, 0x0100_0000].map((inIf) => ({ ...each, interfaces: [inIf, 5] as [number, number] }));
    const formatOf = (datagram: Uint8Array) => new DataView(datagram.buffer).getUint32(28);
    const compact = encodeSflow5(batchOf(packets.slice(0, 1)), OPTIONS);
    const expanded = encodeSflow5(batchOf(packets), OPTIONS);
    expect(formatOf(compact.datagrams[0])).toBe(1);
    expect(formatOf(expanded.datagrams[0])).toBe(3);
    expect(decode(expanded.datagrams).flows.map((flow) => flow.inIf)).toEqual([4, 0x0100_0000]);
  });
});
