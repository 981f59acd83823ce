import { createFlowBatch, DIRECTION_NOT_SAID, parseAddress, startFlow, type FlowBatch } from "@flowlens/flow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createExportDecoder } from "../export/index.ts";
import { encodeIpfix, type IpfixEncodeOptions } from "../ipfix/index.ts";
import { encodeNetflow9, type Netflow9EncodeOptions } from "../netflow9/index.ts";
import { collectFlows, flowAt } from "../testing/collected-flows.ts";

const UNIX_MS = 1_700_000_000_321;
const EXPORTER = parseAddress("192.0.2.1") ?? new Uint8Array(16);
const SOURCE = { exporter: EXPORTER, port: 2055, receivedAtMs: UNIX_MS };

const u32 = fc.nat({ max: 0xffffffff });
const u16 = fc.nat({ max: 0xffff });
const madeFlow = fc.record({
  isIpv4: fc.boolean(),
  src: u32,
  dst: u32,
  srcPort: u16,
  dstPort: u16,
  protocol: fc.constantFrom(6, 17, 1, 58, 47, 132),
  flags: fc.nat({ max: 255 }),
  tos: fc.nat({ max: 255 }),
  bytes: fc.nat({ max: 2 ** 50 }),
  packets: u32,
  ageMs: fc.nat({ max: 3_600_000 }),
  durationMs: fc.nat({ max: 3_600_000 }),
  interfaces: fc.nat({ max: 0xfffffffe }),
  as: u32,
  vlan: fc.nat({ max: 0xfff }),
  direction: fc.constantFrom(0, 1, DIRECTION_NOT_SAID),
});
type MadeFlow = typeof madeFlow extends fc.Arbitrary<infer Value> ? Value : never;

function writeMade(into: Uint8Array, at: number, value: number, isIpv4: boolean): void {
  into.fill(0, at, at + 16);
  if (isIpv4) into.fill(0xff, at + 10, at + 12);
  else into.set([0x20, 0x01, 0x0d, 0xb8], at);
  for (let i = 0; i < 4; i++) into[at + 12 + i] = value >>> (24 - 8 * i);
}

function batchOf(flows: readonly MadeFlow[], domain: number, samplingRate = 1): FlowBatch {
  const batch = createFlowBatch(Math.max(1, flows.length));
  for (const flow of flows) {
    const row = startFlow(batch);
    const isIcmp = flow.protocol === 1 || flow.protocol === 58;
    writeMade(batch.srcAddr, row * 16, flow.src, flow.isIpv4);
    writeMade(batch.dstAddr, row * 16, flow.dst, flow.isIpv4);
    writeMade(batch.nextHop, row * 16, 1 + flow.interfaces, flow.isIpv4);
    batch.exporter.set(EXPORTER, row * 16);
    batch.observationDomain[row] = domain;
    batch.samplingRate[row] = samplingRate;
    batch.srcPort[row] = isIcmp ? 0 : flow.srcPort;
    batch.dstPort[row] = isIcmp ? 0 : flow.dstPort;
    batch.icmpTypeCode[row] = isIcmp ? flow.dstPort : 0;
    batch.ipProtocol[row] = flow.protocol;
    batch.tcpFlags[row] = flow.flags;
    batch.ipTos[row] = flow.tos;
    batch.bytes[row] = flow.bytes;
    batch.packets[row] = flow.packets;
    batch.timeEnd[row] = UNIX_MS - flow.ageMs;
    batch.timeStart[row] = UNIX_MS - flow.ageMs - flow.durationMs;
    batch.inIf[row] = flow.interfaces;
    batch.outIf[row] = 0xffffffff - flow.interfaces;
    batch.vlanSrc[row] = flow.vlan;
    batch.vlanDst[row] = 0xfff - flow.vlan;
    batch.srcAs[row] = flow.as;
    batch.dstAs[row] = 0xffffffff - flow.as;
    batch.direction[row] = flow.direction;
    batch.length++;
  }
  return batch;
}

type Options = Partial<Netflow9EncodeOptions & IpfixEncodeOptions>;
const PROTOCOLS = {
  netflow9: (batch: FlowBatch, more: Options = {}) =>
    encodeNetflow9(batch, {
      unixMs: UNIX_MS,
      sysUptimeMs: 100_000_000,
      sourceId: 7,
      withTemplates: true,
      ...more,
    }),
  ipfix: (batch: FlowBatch, more: Options = {}) =>
    encodeIpfix(batch, { unixMs: UNIX_MS, observationDomain: 7, withTemplates: true, ...more }),
};

describe.each(Object.entries(PROTOCOLS))("flows encoded as %s and decoded again", (protocol, encode) => {
  it("are the same in every column, to the millisecond, in their order", () => {
    fc.assert(
      fc.property(fc.array(madeFlow, { maxLength: 70 }), fc.constantFrom(1, 2, 1000), (flows, rate) => {
        const batch = batchOf(flows, 7, rate);
        const { datagrams, records } = encode(batch, { samplingRate: rate });
        expect(records).toBe(flows.length);
        const decoder = createExportDecoder();
        const collected = collectFlows();
        for (const bytes of datagrams) {
          expect(bytes.length).toBeLessThanOrEqual(1472);
          expect(bytes.length % 4).toBe(0);
          decoder.datagram(bytes, 0, bytes.length, SOURCE, collected.sink);
        }
        expect(collected.flows()).toEqual(flows.map((_, row) => flowAt(batch, row)));
        expect(decoder.counters).toMatchObject({ records: flows.length, malformed: 0, options_records: 1 });
        expect(decoder.exporters()).toMatchObject([
          { protocols: [protocol], templates: 3, recordsLost: 0, recordsWaiting: 0, samplingRate: rate },
        ]);
      }),
    );
  });

  it("carry on with the sequence that the encoder gives, and show what was not sent as lost", () => {
    const batch = batchOf(fc.sample(madeFlow, { numRuns: 60, seed: 1 }), 7);
    const decoder = createExportDecoder();
    const feed = (datagrams: readonly Uint8Array[]) => {
      for (const bytes of datagrams) {
        decoder.datagram(bytes, 0, bytes.length, SOURCE, collectFlows().sink);
      }
    };
    const first = encode(batch, { sequence: 0xfffffffe, recordsPerDatagram: 10, samplingRate: 5 });
    expect(first.datagrams).toHaveLength(6);
    expect(first.nextSequence).toBe(protocol === "ipfix" ? 59 : 4);
    feed(first.datagrams);
    const second = encode(batch, {
      sequence: first.nextSequence,
      recordsPerDatagram: 10,
      withTemplates: false,
    });
    feed(second.datagrams.slice(2));
    expect(decoder.exporters()).toMatchObject([
      { records: 100, recordsLost: protocol === "ipfix" ? 20 : 2, sequenceGaps: 1, sequenceResets: 0 },
    ]);
  });

  it("are of the sampling rate and templates that an earlier datagram told, and may be some rows only", () => {
    const batch = batchOf(fc.sample(madeFlow, { numRuns: 10, seed: 2 }), 7, 64);
    const decoder = createExportDecoder();
    const collected = collectFlows();
    const templates = encode(createFlowBatch(1), { samplingRate: 64 });
    const flows = encode(batch, {
      withTemplates: false,
      fromRow: 2,
      toRow: 7,
      sequence: templates.nextSequence,
    });
    expect(templates).toMatchObject({ records: 0, datagrams: [expect.any(Uint8Array)] });
    expect(flows.records).toBe(5);
    for (const bytes of [...templates.datagrams, ...flows.datagrams]) {
      decoder.datagram(bytes, 0, bytes.length, SOURCE, collected.sink);
    }
    expect(collected.flows()).toEqual([2, 3, 4, 5, 6].map((row) => flowAt(batch, row)));
    expect(decoder.exporters()).toMatchObject([{ recordsLost: 0, sequenceGaps: 0 }]);
  });
});
