import { describe, expect, it } from "vitest";
import { HEADER, decodeSflow } from "../testing/decoded-sflow.ts";
import { flowSample, item, sflowDatagram, words, type DatagramFields } from "../testing/sflow-bytes.ts";

describe("sequence numbers", () => {
  const datagram = (sequence: number, sample: number, more: DatagramFields & { drops?: number } = {}) =>
    sflowDatagram([flowSample([HEADER], { sequence: sample, drops: more.drops ?? 0 })], {
      sequence,
      ...more,
    });

  it("tell lost datagrams and lost samples apart, by agent, sub agent and data source", () => {
    const { status } = decodeSflow(
      datagram(1, 1),
      datagram(1, 1, { subAgent: 8 }),
      datagram(1, 500, { agent: [192, 0, 2, 10] }),
      datagram(4, 11),
      datagram(2, 2, { subAgent: 8 }),
      datagram(2, 501, { agent: [192, 0, 2, 10] }),
    );
    expect(status).toMatchObject({ packets: 6, records: 6, packetsLost: 2, recordsLost: 9, sequenceGaps: 2 });
  });

  it("follow each data source, and flow and counter samples apart", () => {
    const counter = (sequence: number) => item(2, words(sequence, 3, 0));
    const { status } = decodeSflow(
      sflowDatagram([
        flowSample([HEADER], { sequence: 10, source: 1 }),
        flowSample([HEADER], { sequence: 90, source: 2 }),
        counter(5),
      ]),
      sflowDatagram(
        [
          flowSample([HEADER], { sequence: 11, source: 1 }),
          flowSample([HEADER], { sequence: 91, source: 2 }),
          counter(6),
        ],
        { sequence: 2 },
      ),
    );
    expect(status).toMatchObject({ recordsLost: 0, packetsLost: 0, sequenceGaps: 0, sequenceReorders: 0 });
  });

  it("begin anew after a restart, which is no loss", () => {
    const { status } = decodeSflow(datagram(5_000, 9_000), datagram(1, 1, { uptimeMs: 100 }));
    expect(status).toMatchObject({ packetsLost: 0, recordsLost: 0, sequenceResets: 2 });
  });

  it("come with the samples that the agent dropped itself", () => {
    const { status } = decodeSflow(
      datagram(1, 1, { drops: 0xfffffffe }),
      datagram(2, 2, { drops: 0xfffffffe }),
      datagram(3, 3, { drops: 5 }),
      datagram(4, 4, { drops: 5, subAgent: 9 }),
    );
    expect(status.samplesDropped).toBe(7);
  });

  it("are followed for so many agents and data sources only, and what is not followed is counted and decoded", () => {
    const agents = Array.from({ length: 300 }, (_, i) =>
      datagram(1, 1, { agent: [10, 0, i >> 8, i & 0xff] }),
    );
    const many = decodeSflow(...agents);
    expect(many.counters).toMatchObject({ records: 300, packets_of_unwatched_engines: 300 - 256 });
    const sources = Array.from({ length: 100 }, (_, i) =>
      sflowDatagram(
        Array.from({ length: 60 }, (_unused, k) => flowSample([HEADER], { source: i * 60 + k, drops: i })),
        {
          sequence: i,
        },
      ),
    );
    const { counters, status } = decodeSflow(...sources);
    expect(counters.records).toBe(6_000);
    expect(counters.packets_of_unwatched_engines).toBeGreaterThan(4_900);
    expect(status).toMatchObject({ packetsLost: 0, recordsLost: 0, samplesDropped: 0 });
  });
});
