import { link } from "@flowlens/made-traffic";
import { describe, expect, it } from "vitest";
import { PACKET, HEADER, GOOD, decodeSflow } from "../testing/decoded-sflow.ts";
import { flowSample, item, joined, rawHeader, sflowDatagram, words } from "../testing/sflow-bytes.ts";

describe("lengths that lie", () => {
  it("inside a record cost neither what came before it nor the next record", () => {
    const { flows, counters } = decodeSflow(
      sflowDatagram([flowSample([item(1002, words(9)), HEADER, item(1001, words(4, 0, 5, 0))])]),
    );
    expect(flows).toMatchObject([{ src: "10.0.0.1" }]);
    expect(counters).toMatchObject({ malformed: 1, malformed_record_too_short: 1 });
  });

  it("inside a sample cost neither what came before nor the next sample", () => {
    const spoiled: readonly [Uint8Array, string][] = [
      [flowSample([HEADER, joined(words(1001, 0xffffffff), words(1))]), "record_length_lies"],
      [flowSample([HEADER], { count: 5 }), "record_count_lies"],
      [flowSample([HEADER], { count: 0xffffffff }), "record_count_lies"],
      [flowSample([HEADER, item(1001, words(1))]), "record_too_short"],
      [flowSample([rawHeader(link.ethernet(PACKET), { headerLength: 0xffffffff })]), "header_length_lies"],
    ];
    for (const [sample, reason] of spoiled) {
      const { flows, counters } = decodeSflow(sflowDatagram([sample, GOOD]));
      expect(flows, reason).toHaveLength(2);
      expect(counters, reason).toMatchObject({ malformed: 1, [`malformed_${reason}`]: 1, records: 2 });
    }
  });

  it("of a sample too short for its head cost that sample only", () => {
    const { flows, counters } = decodeSflow(
      sflowDatagram([item(1, words(1, 2, 3)), item(4, words(1)), GOOD]),
    );
    expect(flows).toHaveLength(1);
    expect(counters).toMatchObject({ malformed: 1, malformed_sample_too_short: 2 });
  });

  it("of the last sample cost nothing that is whole in the datagram", () => {
    const { flows, counters } = decodeSflow(sflowDatagram([GOOD, flowSample([HEADER], { length: 40 })]));
    expect(flows).toHaveLength(2);
    expect(counters.malformed).toBe(1);
  });

  it("of a datagram cut short cost only what was cut off", () => {
    const whole = sflowDatagram([GOOD, GOOD, GOOD]);
    const { flows, counters } = decodeSflow(whole.subarray(0, 28 + 2 * GOOD.length + 20));
    expect(flows).toHaveLength(2);
    expect(counters).toMatchObject({ malformed: 1, malformed_sample_length_lies: 1 });
  });

  it("in the number of samples are counted, too few and too many", () => {
    expect(decodeSflow(sflowDatagram([GOOD], { count: 9 })).counters).toMatchObject({
      malformed_count_lies: 1,
      records: 1,
    });
    expect(decodeSflow(sflowDatagram([GOOD, GOOD], { count: 1 })).counters).toMatchObject({
      malformed_trailing_bytes: 1,
      records: 1,
    });
  });

  it("in the head make no record", () => {
    for (let length = 4; length < 28; length++) {
      const { counters } = decodeSflow(sflowDatagram([]).subarray(0, length));
      expect(counters, `${length} bytes`).toMatchObject({ malformed: 1, malformed_too_short: 1, records: 0 });
    }
    const strange = sflowDatagram([GOOD]);
    strange[7] = 9;
    expect(decodeSflow(strange).counters).toMatchObject({ malformed_bad_agent_address: 1 });
  });

  it("are none in a sample whose text was not filled up to a whole word at the very end", () => {
    const text = joined(words(6), new TextEncoder().encode("foobar"));
    const record = joined(words(1038, text.length), text);
    const head = words(1, 3, 100, 1, 0, 3, 4, 1);
    const sample = joined(words(1, head.length + record.length), head, record);
    const { records, counters } = decodeSflow(sflowDatagram([sample]));
    expect(counters.malformed).toBe(0);
    expect(records[0].fields).toMatchObject({ function: "foobar" });
  });
});
