import { describe, expect, it } from "vitest";
import { createExportDecoder } from "../export/index.ts";
import { collectFlows } from "../testing/collected-flows.ts";
import { be16, be32, createFed, datagram, EXPORTER, message, set } from "../testing/template-bytes.ts";

describe("templates meant to do harm", () => {
  it("that describe records without a byte end at once, whatever data follow", () => {
    const { feed, decoder } = createFed();
    feed(
      message([
        set(2, be16(256, 3, 8, 0, 12, 0, 1, 0)),
        set(
          256,
          Array.from({ length: 1_000 }, () => 0),
        ),
      ]),
    );
    feed(
      datagram([
        set(0, be16(256, 2, 8, 0, 12, 0)),
        set(
          256,
          Array.from({ length: 1_000 }, () => 0),
        ),
      ]),
    );
    expect(decoder.counters).toMatchObject({ records: 0, malformed: 2, malformed_zero_length_record: 2 });
    expect(decoder.counters.decoder_steps).toBeLessThan(50);
  });

  it("with a thousand fields of length 0 before one of a byte take no step more for them", () => {
    const { feed, decoder } = createFed();
    const fields = Array.from({ length: 1_000 }, () => be16(210, 0)).flat();
    feed(message([set(3, be16(256, 1_001, 1)), []]));
    feed(message([set(2, [...be16(256, 1_001), ...fields, ...be16(5, 1)])]));
    const before = decoder.counters.decoder_steps;
    feed(
      message([
        set(
          256,
          Array.from({ length: 10_000 }, () => 7),
        ),
      ]),
    );
    expect(decoder.counters).toMatchObject({ records: 10_000, records_not_flows: 10_000 });
    expect(decoder.counters.decoder_steps - before).toBeLessThanOrEqual(2 * 10_000 + 2);
  });

  it("in ever new numbers are bounded by exporter, the oldest making room", () => {
    const { feed, status } = createFed();
    for (let id = 256; id < 256 + 5_000; id++) feed(message([set(2, be16(id, 1, 8, 4))]));
    expect(status().templates).toBe(2_048);
  });

  it("in ever new domains are bounded, and what is refused is counted", () => {
    const { feed, decoder, status } = createFed();
    for (let domain = 0; domain < 3_000; domain++) feed(message([set(2, be16(256, 1, 8, 4))], domain));
    expect(status().templates).toBe(1_024);
    expect(decoder.counters).toMatchObject({ templates_new: 1_024, domains_refused: 3_000 - 1_024 });
  });

  it("longer than any real one are refused", () => {
    const { feed, decoder, status } = createFed();
    const fields = Array.from({ length: 5_000 }, () => be16(8, 4)).flat();
    feed(message([set(2, [...be16(256, 5_000), ...fields])]));
    expect(decoder.counters).toMatchObject({ malformed: 1, malformed_template_too_long: 1 });
    expect(status().templates).toBe(0);
  });
});

describe("data whose template has not come", () => {
  const FLOW = be16(256, 4, 8, 4, 12, 4, 1, 4, 2, 4);
  const RECORD = be32(0x0a000001, 0x0a000002, 100, 1);

  it("are held and decoded when it comes within the minute, and counted either way", () => {
    const { feed, decoder, collected, status } = createFed();
    feed(message([set(256, RECORD), set(256, RECORD)]));
    expect(status()).toMatchObject({ records: 0, recordsWaiting: 2 });
    expect(feed(message([set(2, FLOW)]))).toBe(2);
    expect(status()).toMatchObject({ records: 2, recordsWaiting: 0 });
    expect(collected.flows()).toMatchObject([
      { src: "10.0.0.1", dst: "10.0.0.2", bytes: 100 },
      { bytes: 100 },
    ]);
    expect(decoder.counters).toMatchObject({ records_waiting: 2, records_waiting_decoded: 2 });
  });

  it("are given up after a minute, by the template's arrival or by the clock", () => {
    const { feed, decoder, status } = createFed();
    const nowMs = 1_700_000_000_000;
    feed(message([set(256, RECORD)]));
    feed(message([set(257, RECORD)]));
    expect(feed(message([set(2, FLOW)]), nowMs + 61_000)).toBe(0);
    expect(decoder.counters).toMatchObject({ records: 0, records_waiting_dropped: 1 });
    decoder.expireTemplates(5);
    decoder.expireTemplates(60_005);
    expect(decoder.counters).toMatchObject({ records_waiting_dropped: 1 });
    decoder.expireTemplates(60_006);
    expect(decoder.counters).toMatchObject({ records_waiting_dropped: 2 });
    expect(status()).toMatchObject({ recordsWaiting: 2, templates: 1 });
  });

  it("are bounded in bytes by exporter", () => {
    const { feed, decoder } = createFed();
    for (let i = 0; i < 1_000; i++)
      feed(
        message([
          set(
            300,
            Array.from({ length: 4_000 }, () => 1),
          ),
        ]),
      );
    const { records_waiting, records_waiting_dropped } = decoder.counters;
    expect(records_waiting).toBe(1_000);
    expect(records_waiting - records_waiting_dropped).toBe(Math.floor(262_144 / 4_000));
  });
});

describe("templates that are known", () => {
  const FLOW = be16(256, 3, 8, 4, 12, 4, 1, 4);
  const RECORD = be32(0x0a000001, 0x0a000002, 100);

  it("end by withdrawal, one or all, and data then wait", () => {
    const { feed, status, decoder } = createFed();
    feed(message([set(2, FLOW), set(2, be16(257, 1, 8, 4)), set(3, be16(258, 1, 1, 149, 4))]));
    expect(status().templates).toBe(3);
    feed(message([set(2, be16(256, 0))]));
    expect(status().templates).toBe(2);
    feed(message([set(256, RECORD)]));
    expect(status()).toMatchObject({ records: 0, recordsWaiting: 1 });
    feed(message([set(2, be16(2, 0))]));
    expect(status().templates).toBe(1);
    feed(message([set(3, be16(3, 0))]));
    expect(status().templates).toBe(0);
    feed(message([set(2, be16(999, 0))]));
    expect(decoder.counters).toMatchObject({
      templates_withdrawn: 3,
      withdrawals_of_unknown: 1,
      malformed: 0,
    });
  });

  it("expire when neither sent nor used for a day, and not when data keep coming", () => {
    const { feed, status, decoder } = createFed();
    const dayMs = 86_400_000;
    // The clock of the exporters may be another than that of expiry.
    feed(message([set(2, FLOW), set(2, be16(257, 1, 8, 4))]), 1_000);
    decoder.expireTemplates(dayMs);
    feed(message([set(256, RECORD)]), 2_000);
    decoder.expireTemplates(2 * dayMs);
    expect(status().templates).toBe(2);
    decoder.expireTemplates(2 * dayMs + 1);
    expect(status().templates).toBe(1);
    expect(decoder.counters).toMatchObject({ templates_expired: 1 });
    expect(feed(message([set(256, RECORD)]), 3_000)).toBe(1);
  });

  it("of two exporters behind one address are told apart by their port", () => {
    const decoder = createExportDecoder();
    const collected = collectFlows();
    const feed = (port: number, bytes: Uint8Array) =>
      decoder.datagram(bytes, 0, bytes.length, { exporter: EXPORTER, port, receivedAtMs: 1 }, collected.sink);
    feed(1001, message([set(2, FLOW)]));
    feed(1002, message([set(2, be16(256, 3, 1, 4, 8, 4, 12, 4))]));
    feed(1001, message([set(256, RECORD)]));
    feed(1002, message([set(256, be32(200, 0x0a000003, 0x0a000004))]));
    // From yet another port: the newest template counts.
    feed(1003, message([set(256, be32(300, 0x0a000005, 0x0a000006))]));
    expect(collected.flows()).toMatchObject([
      { src: "10.0.0.1", bytes: 100 },
      { src: "10.0.0.3", bytes: 200 },
      { src: "10.0.0.5", bytes: 300 },
    ]);
    expect(decoder.exporters()).toMatchObject([{ templates: 2 }]);
  });

  it("survive a restart with their sampling rates, and a damaged snapshot harms nobody", () => {
    const { feed, decoder } = createFed();
    feed(message([set(2, FLOW), set(3, be16(258, 2, 1, 149, 4, 34, 4)), set(258, be32(1, 64))]));
    const saved = JSON.parse(JSON.stringify(decoder.saveTemplates())) as ReturnType<
      typeof decoder.saveTemplates
    >;
    const collected = collectFlows();
    const restarted = createExportDecoder({ templates: saved });
    expect(restarted.exporters()).toEqual([]);
    const bytes = message([set(256, RECORD)]);
    const source = { exporter: EXPORTER, port: 2055, receivedAtMs: 5 };
    expect(restarted.datagram(bytes, 0, bytes.length, source, collected.sink)).toBe(1);
    expect(collected.flows()).toMatchObject([{ bytes: 100, samplingRate: 64 }]);
    expect(restarted.exporters()).toMatchObject([{ templates: 2, samplingRate: 64, firstSeenMs: 5 }]);
    expect(restarted.counters).toMatchObject({ templates_not_restored: 0 });

    const damaged = {
      version: 1,
      domains: [
        null,
        { exporter: "nonsense" },
        { exporter: "10.0.0.1", protocol: "smoke", domain: 1, templates: [{}] },
        {
          ...saved.domains[0],
          templates: [{ ...saved.domains[0].templates[0], fields: [[8, 0, 0]] }, 5, null],
        },
      ],
    } as unknown as typeof saved;
    const careful = createExportDecoder({ templates: damaged });
    expect(careful.counters.templates_not_restored).toBeGreaterThanOrEqual(6);
    expect(careful.datagram(bytes, 0, bytes.length, source, collected.sink)).toBe(0);
  });
});
