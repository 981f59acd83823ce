import {
  createFlowBatch,
  IP_PROTOCOL,
  parseAddressInto,
  startFlow,
  writeIpv4,
  type FlowBatch,
} from "@flowlens/flow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collectFlows, flowAt, type CollectedFlow } from "../testing/collected-flows.ts";
import { decodeNetflow5 } from "./decode.ts";
import { encodeNetflow5, type Netflow5EncodeOptions } from "./encode.ts";
import { createNetflow5Packet, readNetflow5Packet } from "./packet.ts";

const UNIX_MS = 1_700_000_000_321;
const EXPORTER = new Uint8Array(16).fill(9);

interface MadeFlow {
  src: number;
  dst: number;
  nextHop: number;
  srcPort: number;
  dstPort: number;
  protocol: number;
  flags: number;
  tos: number;
  bytes: number;
  packets: number;
  ageMs: number;
  durationMs: number;
  interfaces: number;
  as: number;
}

const u16 = fc.nat({ max: 0xffff });
const u32 = fc.nat({ max: 0xffffffff });
const madeFlow: fc.Arbitrary<MadeFlow> = fc.record({
  src: u32,
  dst: u32,
  nextHop: fc.integer({ min: 1, max: 0xffffffff }),
  srcPort: u16,
  dstPort: u16,
  protocol: fc.constantFrom(6, 17, 1, 47, 132),
  flags: fc.nat({ max: 255 }),
  tos: fc.nat({ max: 255 }),
  bytes: u32,
  packets: u32,
  ageMs: fc.nat({ max: 3_600_000 }),
  durationMs: fc.nat({ max: 3_600_000 }),
  interfaces: u16,
  as: u16,
});

function batchOf(flows: readonly MadeFlow[]): FlowBatch {
  const batch = createFlowBatch(Math.max(1, flows.length));
  for (const flow of flows) {
    const row = startFlow(batch);
    const isIcmp = flow.protocol === IP_PROTOCOL.icmp;
    writeIpv4(batch.srcAddr, row * 16, flow.src);
    writeIpv4(batch.dstAddr, row * 16, flow.dst);
    writeIpv4(batch.nextHop, row * 16, flow.nextHop);
    batch.exporter.set(EXPORTER, row * 16);
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
    batch.outIf[row] = 0xffff - flow.interfaces;
    batch.srcAs[row] = flow.as;
    batch.dstAs[row] = 0xffff - flow.as;
    batch.length++;
  }
  return batch;
}

function decodeAll(datagrams: readonly Uint8Array[]): CollectedFlow[] {
  const collected = collectFlows();
  const packet = createNetflow5Packet();
  for (const bytes of datagrams) {
    expect(decodeNetflow5(bytes, 0, bytes.length, { packet, exporter: EXPORTER, sink: collected.sink })).toBe(
      "ok",
    );
  }
  return collected.flows();
}

const options = (more: Partial<Netflow5EncodeOptions> = {}): Netflow5EncodeOptions => ({
  unixMs: UNIX_MS,
  sysUptimeMs: 100_000_000,
  ...more,
});

describe("flows encoded as NetFlow v5 and decoded again", () => {
  it("are the same in every column, to the millisecond, also where the uptime has just wrapped", () => {
    const uptime = fc.constantFrom(100_000_000, 1_000, 0xffffffff, 4_000_000);
    fc.assert(
      fc.property(
        fc.array(madeFlow, { maxLength: 70 }),
        uptime,
        fc.nat({ max: 0xffff }),
        (flows, sysUptimeMs, engine) => {
          const batch = batchOf(flows);
          // A flow that began on the one millisecond that reads as "not known" is written one earlier.
          const lowest = (timeMs: number) => (sysUptimeMs - (UNIX_MS - timeMs)) >>> 0 === 0xffffffff;
          fc.pre(!flows.some((_, row) => lowest(batch.timeStart[row]) || lowest(batch.timeEnd[row])));
          const encoded = encodeNetflow5(
            batch,
            options({ sysUptimeMs, engineType: engine >>> 8, engineId: engine & 0xff, samplingRate: 100 }),
          );
          expect(encoded).toMatchObject({ records: flows.length, skippedIpv6: 0, saturated: 0 });
          const expected = flows.map((_, row) => ({
            ...flowAt(batch, row),
            observationDomain: engine,
            samplingRate: 100,
          }));
          expect(decodeAll(encoded.datagrams)).toEqual(expected);
        },
      ),
    );
  });

  it("go out 30 to a datagram, with a sequence that counts flows and wraps", () => {
    const batch = batchOf(fc.sample(madeFlow, { numRuns: 64, seed: 1 }));
    const encoded = encodeNetflow5(batch, options({ sequence: 0xffffffff - 9 }));
    const packet = createNetflow5Packet();
    const headers = encoded.datagrams.map((bytes) => {
      readNetflow5Packet(bytes, 0, bytes.length, packet);
      return [packet.records, packet.flowSequence];
    });
    expect(headers).toEqual([
      [30, 0xffffffff - 9],
      [30, 20],
      [4, 50],
    ]);
    expect(encoded.nextSequence).toBe(54);
  });

  it("may be some rows of the batch only, and fewer to a datagram", () => {
    const batch = batchOf(fc.sample(madeFlow, { numRuns: 10, seed: 2 }));
    const { datagrams } = encodeNetflow5(batch, options({ fromRow: 2, toRow: 7, recordsPerDatagram: 3 }));
    expect(datagrams.map((bytes) => bytes.length)).toEqual([24 + 3 * 48, 24 + 2 * 48]);
    expect(decodeAll(datagrams).map((flow) => flow.src)).toEqual(
      [2, 3, 4, 5, 6].map((row) => flowAt(batch, row).src),
    );
  });

  it("skip IPv6, which v5 cannot carry, and saturate counters above 32 bits, counting both", () => {
    const batch = batchOf(fc.sample(madeFlow, { numRuns: 3, seed: 3 }));
    parseAddressInto("2001:db8::1", batch.srcAddr, 16);
    batch.bytes[2] = 2 ** 40;
    const encoded = encodeNetflow5(batch, options());
    expect(encoded).toMatchObject({ records: 2, skippedIpv6: 1, saturated: 1 });
    expect(decodeAll(encoded.datagrams)[1].bytes).toBe(0xffffffff);
  });

  it("say 0 for interfaces and AS numbers above 16 bits rather than a wrong number", () => {
    const batch = batchOf(fc.sample(madeFlow, { numRuns: 1, seed: 4 }));
    batch.inIf[0] = 70_000;
    batch.srcAs[0] = 4_200_000_000;
    expect(decodeAll(encodeNetflow5(batch, options()).datagrams)[0]).toMatchObject({ inIf: 0, srcAs: 0 });
  });

  it("are refused at a sampling rate that 14 bits do not hold", () => {
    expect(() => encodeNetflow5(batchOf([]), options({ samplingRate: 16_384 }))).toThrow(
      "1 to 16383, not 16384",
    );
    expect(() => encodeNetflow5(batchOf([]), options({ samplingRate: 0 }))).toThrow(RangeError);
  });
});
