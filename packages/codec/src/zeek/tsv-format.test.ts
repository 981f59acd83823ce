import { INITIATOR, TCP_FLAG } from "@flowlens/flow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collectFlows } from "../testing/collected-flows.ts";
import { decodeLog } from "../testing/decoded-log.ts";
import { FIELDS, header, line } from "../testing/zeek-lines.ts";
import { createFlowFileDecoder } from "../log-decoder.ts";

const { syn, rst, ack, psh, fin } = TCP_FLAG;

const decode = (content: string) => decodeLog("zeek-tsv", content);
const flowsOf = (fields: Readonly<Record<string, string>>) => decode(header() + line(fields)).flows;

describe("a line of conn.log", () => {
  it("becomes a row a direction, with its IP bytes, flags and who opened", () => {
    const { flows, end, counters } = decode(header() + line());
    expect(end).toEqual({ complete: true });
    expect(counters).toEqual({ lines: 8, records: 1, flows: 2 });
    const both = { timeStart: 1_541_117_137_618, timeEnd: 1_541_117_137_632, ipProtocol: 6, samplingRate: 1 };
    expect(flows).toMatchObject([
      {
        ...both,
        src: "172.16.9.233",
        srcPort: 49159,
        dst: "172.16.9.5",
        dstPort: 88,
        packets: 4,
        bytes: 416,
        tcpFlags: syn | ack | psh | fin,
        initiator: INITIATOR.sourceSeen,
        exporter: "::",
        direction: 255,
      },
      {
        ...both,
        src: "172.16.9.5",
        srcPort: 88,
        dst: "172.16.9.233",
        dstPort: 49159,
        packets: 5,
        bytes: 464,
        tcpFlags: syn | ack | psh | fin,
        initiator: INITIATOR.destinationSeen,
        exporter: "::",
        direction: 255,
      },
    ]);
  });

  it("of a rejected connection has a way back with a reset and nothing else", () => {
    const rejected = {
      conn_state: "REJ",
      history: "Sr",
      orig_pkts: "1",
      orig_ip_bytes: "60",
      resp_pkts: "1",
      resp_ip_bytes: "40",
    };
    expect(flowsOf(rejected)).toMatchObject([
      { tcpFlags: syn, bytes: 60, initiator: INITIATOR.sourceSeen },
      { tcpFlags: rst, bytes: 40, initiator: INITIATOR.destinationSeen },
    ]);
  });

  it("of an attempt that nobody answered has one row", () => {
    expect(flowsOf({ conn_state: "S0", history: "S", resp_pkts: "0", resp_ip_bytes: "0" })).toMatchObject([
      { src: "172.16.9.233", tcpFlags: syn, initiator: INITIATOR.sourceSeen },
    ]);
  });

  it("whose roles Zeek flipped after a lone reset has the responder's row only, and is claimed", () => {
    const fields = { history: "^r", orig_pkts: "0", orig_ip_bytes: "0", resp_pkts: "1", resp_ip_bytes: "40" };
    expect(flowsOf(fields)).toMatchObject([
      { src: "172.16.9.5", srcPort: 88, tcpFlags: rst, initiator: INITIATOR.destinationClaimed },
    ]);
  });

  it("of UDP has no flags and a claimed opener", () => {
    expect(flowsOf({ proto: "udp", history: "Dd" })).toMatchObject([
      { ipProtocol: 17, tcpFlags: 0, initiator: INITIATOR.sourceClaimed },
      { ipProtocol: 17, tcpFlags: 0, initiator: INITIATOR.destinationClaimed },
    ]);
  });

  it("of ICMP holds the type and the answering type, or the type and the code, where ports are", () => {
    const icmp = (origPort: string, respPort: string, more: Record<string, string> = {}) =>
      flowsOf({ proto: "icmp", history: "-", "id.orig_p": origPort, "id.resp_p": respPort, ...more }).map(
        ({ ipProtocol, icmpTypeCode, srcPort, dstPort }) => [ipProtocol, icmpTypeCode, srcPort, dstPort],
      );
    const v6 = { "id.orig_h": "2001:db8::1", "id.resp_h": "2001:db8::2" };
    expect(icmp("8", "0")).toEqual([
      [1, 0x0800, 0, 0],
      [1, 0x0000, 0, 0],
    ]);
    expect(icmp("3", "3", { resp_pkts: "0" })).toEqual([[1, 0x0303, 0, 0]]);
    expect(icmp("3", "13", { resp_pkts: "0" })).toEqual([[1, 0x030d, 0, 0]]);
    expect(icmp("128", "129", v6)).toEqual([
      [58, 0x8000, 0, 0],
      [58, 0x8100, 0, 0],
    ]);
    expect(icmp("133", "134", { ...v6, resp_pkts: "0" })).toEqual([[58, 0x8500, 0, 0]]);
    expect(icmp("1", "4", { ...v6, resp_pkts: "0" })).toEqual([[58, 0x0104, 0, 0]]);
  });

  it("of another protocol takes its number from ip_proto, and is bad without it", () => {
    const names = [...FIELDS, "ip_proto"];
    const igmp = {
      proto: "unknown_transport",
      history: "-",
      "id.orig_p": "0",
      "id.resp_p": "0",
      resp_pkts: "0",
    };
    const { flows } = decode(header(names) + line({ ...igmp, ip_proto: "2" }, names));
    expect(flows).toMatchObject([{ ipProtocol: 2, srcPort: 0, dstPort: 0 }]);
    expect(decode(header() + line(igmp)).counters).toMatchObject({ bad_lines: 1, bad_lines_protocol: 1 });
  });

  it("without IP bytes counts payload and headers, and says that it estimated", () => {
    const estimated = decode(header() + line({ orig_ip_bytes: "-", resp_ip_bytes: "-" }));
    expect(estimated.flows).toMatchObject([{ bytes: 244 + 4 * 40 }, { bytes: 292 + 5 * 40 }]);
    expect(estimated.counters).toMatchObject({ records_estimated: 1 });
    const v6 = { "id.orig_h": "2001:db8::1", "id.resp_h": "2001:db8::2", proto: "udp", history: "Dd" };
    expect(flowsOf({ ...v6, orig_ip_bytes: "-", resp_ip_bytes: "-" })).toMatchObject([
      { bytes: 244 + 4 * 48 },
      { bytes: 292 + 5 * 48 },
    ]);
  });

  it("without packet counts has as many packets as its history names", () => {
    const uncounted = { orig_pkts: "-", resp_pkts: "-", orig_ip_bytes: "-", resp_ip_bytes: "-" };
    expect(flowsOf({ ...uncounted, history: "ShADad" })).toMatchObject([{ packets: 3 }, { packets: 3 }]);
    expect(flowsOf({ ...uncounted, history: "S", resp_bytes: "0" })).toMatchObject([{ packets: 1 }]);
    expect(flowsOf({ ...uncounted, proto: "udp", history: "-" })).toMatchObject([
      { packets: 1 },
      { packets: 1 },
    ]);
    expect(
      flowsOf({ ...uncounted, proto: "udp", history: "-", orig_bytes: "-", resp_bytes: "-" }),
    ).toMatchObject([{ src: "172.16.9.233", packets: 1, bytes: 28 }]);
  });

  it("of packets with a bad checksum, which Zeek does not count, has as many as its history names", () => {
    const bad = {
      history: "C",
      orig_pkts: "0",
      orig_ip_bytes: "0",
      resp_pkts: "0",
      resp_ip_bytes: "0",
      orig_bytes: "-",
      resp_bytes: "-",
    };
    expect(flowsOf(bad)).toMatchObject([
      { packets: 1, bytes: 40, tcpFlags: 0, initiator: INITIATOR.sourceClaimed },
    ]);
  });

  it("without any packet makes no row and is counted", () => {
    const none = {
      proto: "udp",
      history: "-",
      orig_pkts: "0",
      resp_pkts: "0",
      orig_ip_bytes: "0",
      resp_ip_bytes: "0",
    };
    expect(decode(header() + line(none)).counters).toEqual({
      lines: 8,
      records: 1,
      records_without_packets: 1,
    });
  });

  it("without a history takes its flags from the state", () => {
    expect(flowsOf({ history: "-", conn_state: "REJ" })).toMatchObject([
      { tcpFlags: syn },
      { tcpFlags: rst },
    ]);
  });

  it("lasts no time where the duration is unset", () => {
    expect(flowsOf({ duration: "-" })).toMatchObject([
      { timeStart: 1_541_117_137_618, timeEnd: 1_541_117_137_618 },
      { timeStart: 1_541_117_137_618 },
    ]);
  });
});

describe("bad lines of a conn.log", () => {
  it.each([
    ["time", { ts: "XXXXXXXXXX.XXXXXX" }],
    ["time", { ts: "-" }],
    ["time", { duration: "-3.5" }],
    ["address", { "id.orig_h": "host.example" }],
    ["address", { "id.resp_h": "-" }],
    ["port", { "id.orig_p": "65536" }],
    ["port", { "id.resp_p": "http" }],
    ["protocol", { proto: "-" }],
    ["number", { orig_pkts: "many" }],
    ["number", { resp_ip_bytes: "-5" }],
  ])("are counted under %s and skipped: %j", (reason, fields) => {
    const { counters, flows, end, firstBadLines } = decode(header() + line(fields) + line());
    expect(counters).toMatchObject({ records: 1, bad_lines: 1, [`bad_lines_${reason}`]: 1 });
    expect(flows).toHaveLength(2);
    expect(end).toEqual({ complete: true });
    expect(firstBadLines).toEqual([{ line: 8, reason }]);
  });

  it("with too few columns are counted, and more than the header names are none", () => {
    const { counters } = decode(
      `${header()}1541117137.618695\tC1\t10.0.0.1\n${line().trimEnd()}\textra\tmore\n`,
    );
    expect(counters).toMatchObject({ records: 1, bad_lines: 1, bad_lines_columns: 1 });
  });

  it("are shown to the first five only", () => {
    const { counters, firstBadLines } = decode(header() + "nonsense\n".repeat(50));
    expect(counters.bad_lines).toBe(50);
    expect(firstBadLines).toHaveLength(5);
  });

  it("that are longer than a line may be are dropped without being kept", () => {
    const collected = collectFlows();
    const decoder = createFlowFileDecoder("zeek-tsv", collected.sink, { maxLineBytes: 2_000 });
    const content = new TextEncoder().encode(`${header()}${"x".repeat(5_000)}\n${line()}`);
    for (const byte of content) decoder.push(Uint8Array.of(byte));
    expect(decoder.finish()).toEqual({ complete: true });
    expect(decoder.counters).toMatchObject({ records: 1, bad_lines: 1, bad_lines_too_long: 1 });
  });
});

describe("the end of a conn.log", () => {
  const whole = header() + line() + line();

  it("is complete with its last line whole, ended or not", () => {
    expect(decode(whole.trimEnd()).end).toEqual({ complete: true });
    expect(decode(header()).end).toEqual({ complete: true });
  });

  it("is broken off where its last line is, and the lines before stay", () => {
    const { end, flows } = decode(whole.slice(0, -40));
    const offset = (header() + line()).length;
    expect(end).toEqual({ complete: false, offset, reason: "line 9, the last, breaks off (columns)" });
    expect(flows).toHaveLength(2);
  });
});

describe("any content under a conn.log's header", () => {
  it("decodes the same however it is cut into chunks", () => {
    const content =
      header() + line() + line({ proto: "udp", history: "Dd" }) + "bad\n" + line({ history: "Sr" });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (chunkBytes) => {
        expect(decodeLog("zeek-tsv", content, chunkBytes)).toEqual(decode(content));
      }),
    );
  });

  it("never throws, and accounts for every line", () => {
    const noise = fc.string({
      unit: fc.constantFrom("\t", "\n", "1", "a", "-", "#", ".", "fields", "\u00e9"),
      maxLength: 200,
    });
    const mutated = fc
      .tuple(fc.nat({ max: 250 }), noise)
      .map(([at, text]) => line().slice(0, at) + text + line().slice(at));
    fc.assert(
      fc.property(fc.array(fc.oneof(noise, mutated), { maxLength: 5 }), (parts) => {
        const { counters, flows } = decode(header() + parts.join("\n"));
        expect(counters.flows ?? 0).toBe(flows.length);
        expect((counters.records ?? 0) + (counters.bad_lines ?? 0)).toBeLessThanOrEqual(counters.lines);
        for (const flow of flows) expect(flow.timeEnd).toBeGreaterThanOrEqual(flow.timeStart);
      }),
    );
  });
});
