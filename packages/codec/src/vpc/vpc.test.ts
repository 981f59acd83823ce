import { INITIATOR, TCP_FLAG } from "@flowlens/flow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RecordJson } from "../record-json/index.ts";
import { collectFlows } from "../testing/collected-flows.ts";
import { decodeLog } from "../testing/decoded-log.ts";
import { readVectorJson, vectorsAbsent } from "../testing/third-party.ts";
import { createFlowFileDecoder } from "../log-decoder.ts";

const V2 = "2 123456789010 eni-1235b8ca 10.0.0.1 10.0.0.2 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK";
const V5_HEADER =
  "version srcaddr dstaddr srcport dstport protocol start end packets bytes instance-id vpc-id subnet-id interface-id " +
  "action tcp-flags pkt-srcaddr pkt-dstaddr flow-direction log-status";
const V5: Readonly<Record<string, string>> = {
  version: "5",
  srcaddr: "10.0.0.1",
  dstaddr: "10.0.0.2",
  srcport: "50000",
  dstport: "443",
  protocol: "6",
  start: "1616729292",
  end: "1616729349",
  packets: "14",
  bytes: "15044",
  "instance-id": "i-0c50d5961bcb2d47b",
  "vpc-id": "vpc-abcdefab012345678",
  "subnet-id": "subnet-aaaaaaaa012345678",
  "interface-id": "eni-01235b8ca12345678",
  action: "ACCEPT",
  "log-status": "OK",
};

const decode = (...lines: string[]) => decodeLog("vpc-flow-log", lines.join("\n"));
const v5 = (fields: Readonly<Record<string, string>> = {}) =>
  V5_HEADER.split(" ")
    .map((name) => fields[name] ?? V5[name] ?? "-")
    .join(" ");
const flowOf = (fields: Readonly<Record<string, string>>) => decode(V5_HEADER, v5(fields)).flows[0];

/** The records of a log as `flowlens decode` prints them. */
function records(...lines: string[]) {
  const collected = collectFlows(64);
  const visited: RecordJson[] = [];
  const decoder = createFlowFileDecoder("vpc-flow-log", collected.sink, {
    visit: (record) => visited.push(record),
  });
  decoder.push(new TextEncoder().encode(lines.join("\n")));
  return { end: decoder.finish(), visited, rows: collected.flows(), counters: decoder.counters };
}

describe("a VPC flow log", () => {
  it("has a row for a line of the default format, which comes without a header", () => {
    const { flows, counters, end } = decode(V2, "");
    expect(end).toEqual({ complete: true });
    expect(counters).toEqual({ lines: 1, records: 1, flows: 1 });
    expect(flows).toMatchObject([
      {
        src: "10.0.0.1",
        dst: "10.0.0.2",
        srcPort: 20_641,
        dstPort: 22,
        ipProtocol: 6,
        packets: 20,
        bytes: 4249,
        timeStart: 1_418_530_010_000,
        timeEnd: 1_418_530_070_000,
        tcpFlags: 0,
        initiator: INITIATOR.unknown,
      },
    ]);
  });

  it("may have the time of ingestion before each line, as CloudWatch exports it", () => {
    const plain = decode(V2, V2);
    expect(decode(`2014-12-14T04:06:50.000Z ${V2}`, `2014-12-14T04:06:51.123Z ${V2}`)).toEqual(plain);
    expect(plain.flows).toHaveLength(2);
  });

  it("may name its fields in any order, in hyphens, underscores or as variables, with later ones between", () => {
    const [expected] = decode(V2).flows;
    const header =
      "new-field end dstport ${start} protocol bytes packets srcport dstaddr srcaddr interface_id";
    const line = "x=1 1418530070 22 1418530010 6 4249 20 20641 10.0.0.2 10.0.0.1 eni-1235b8ca";
    expect(decode(header, line).flows).toEqual([expected]);
  });

  it("may have another header where files were put together", () => {
    const { flows, counters } = decode(V5_HEADER, v5(), "srcaddr dstaddr", v5(), V5_HEADER, v5());
    expect(flows).toHaveLength(2);
    expect(counters).toEqual({ lines: 6, records: 2, flows: 2, bad_lines: 1, bad_lines_other_log: 1 });
  });

  it("makes no row of traffic that was rejected, and shows it", () => {
    const lines = [V5_HEADER, v5({ action: "REJECT", "tcp-flags": "2" }), v5()];
    expect(decode(...lines).counters).toEqual({ lines: 3, records: 2, flows: 1, records_rejected: 1 });
    expect(records(...lines).visited.map((record) => record.fields?.action)).toEqual(["REJECT", "ACCEPT"]);
  });

  it("counts intervals without traffic, and those that AWS did not record", () => {
    const empty = "2 123456789010 eni-1235b8ca - - - - - - - 1431280876 1431280934 -";
    const { flows, counters } = decode(`${empty} NODATA`, `${empty} SKIPDATA`, V2);
    expect(counters).toEqual({
      lines: 3,
      records: 1,
      flows: 1,
      intervals_without_data: 1,
      intervals_skipped: 1,
    });
    expect(flows).toHaveLength(1);
  });

  it("knows who opened from a SYN without ACK, which AWS never mixes with another packet's", () => {
    const { syn, ack, fin } = TCP_FLAG;
    expect(flowOf({ "tcp-flags": "3" })).toMatchObject({
      tcpFlags: syn | fin,
      initiator: INITIATOR.sourceSeen,
    });
    expect(flowOf({ "tcp-flags": "18" })).toMatchObject({
      tcpFlags: syn | ack,
      initiator: INITIATOR.destinationSeen,
    });
    expect(flowOf({ "tcp-flags": "1" })).toMatchObject({ tcpFlags: fin, initiator: INITIATOR.unknown });
    expect(flowOf({ "tcp-flags": "-" })).toMatchObject({ tcpFlags: 0, initiator: INITIATOR.unknown });
  });

  it("tells data that ended in a reset from a refusal, though AWS keeps no PSH", () => {
    const { rst, psh } = TCP_FLAG;
    expect(flowOf({ "tcp-flags": "4", packets: "3", bytes: "120" })?.tcpFlags).toBe(rst);
    expect(flowOf({ "tcp-flags": "4", packets: "3", bytes: "900" })?.tcpFlags).toBe(rst | psh);
    const ipv6 = {
      srcaddr: "2001:db8::1",
      dstaddr: "2001:db8::2",
      "tcp-flags": "4",
      packets: "1",
      bytes: "60",
    };
    expect(flowOf(ipv6)?.tcpFlags).toBe(rst);
  });

  it("is about the addresses in the packet, not about the interface it passed", () => {
    const throughNat = { srcaddr: "10.0.1.5", dstaddr: "10.0.0.220", "pkt-srcaddr": "10.0.1.5" };
    expect(flowOf({ ...throughNat, "pkt-dstaddr": "203.0.113.5" })).toMatchObject({
      src: "10.0.1.5",
      dst: "203.0.113.5",
    });
    expect(flowOf(throughNat)).toMatchObject({ src: "10.0.1.5", dst: "10.0.0.220" });
  });

  it("has an exporter for each interface, since both ends of a conversation log it", () => {
    expect(flowOf({})?.exporter).toBe("100::1235:b8ca:1234:5678");
    expect(flowOf({ "interface-id": "eni-1235b8ca" })?.exporter).toBe("100::1235:b8ca");
    expect(flowOf({ "interface-id": "-" })?.exporter).toBe("::");
  });

  it("is shown with the common keys and its other fields by their own names", () => {
    const { visited, rows } = records(V5_HEADER, v5({ "tcp-flags": "19", "flow-direction": "egress" }));
    expect(rows).toEqual([]);
    expect(visited).toEqual([
      {
        protocol: "vpc",
        time_start: "2021-03-26T03:28:12.000Z",
        time_end: "2021-03-26T03:29:09.000Z",
        src_addr: "10.0.0.1",
        dst_addr: "10.0.0.2",
        src_port: 50_000,
        dst_port: 443,
        ip_protocol: 6,
        tcp_flags: 19,
        bytes: 15_044,
        packets: 14,
        direction: 1,
        fields: {
          version: 5,
          srcaddr: "10.0.0.1",
          dstaddr: "10.0.0.2",
          instance_id: "i-0c50d5961bcb2d47b",
          vpc_id: "vpc-abcdefab012345678",
          subnet_id: "subnet-aaaaaaaa012345678",
          interface_id: "eni-01235b8ca12345678",
          action: "ACCEPT",
          log_status: "OK",
        },
      },
    ]);
  });

  it("without what a flow needs is shown, and refused where rows are wanted", () => {
    const lines = ["instance-id srcaddr dstaddr", "- 10.0.1.5 10.0.0.220"];
    expect(records(...lines)).toMatchObject({
      visited: [{ src_addr: "10.0.1.5", dst_addr: "10.0.0.220" }],
      counters: { records: 1, records_not_flows: 1, flows: 0 },
    });
    expect(decode(...lines).failure?.reason).toBe(
      "its VPC flow log's header lacks srcport, dstport, protocol, start, packets or bytes",
    );
  });

  it("of a custom format without its header is refused", () => {
    expect(decode("3 vpc-1 eni-1 10.0.0.1").failure?.reason).toMatch(
      /^it has no header that names the fields/,
    );
  });
});

describe("bad lines of a VPC flow log", () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ["address", { srcaddr: "10.0.0" }],
    ["address", { "pkt-dstaddr": "x" }],
    ["time", { start: "yesterday" }],
    ["time", { end: "1" }],
    ["port", { srcport: "65536" }],
    ["protocol", { protocol: "tcp" }],
    ["number", { bytes: "1.5k" }],
    ["number", { packets: "-", bytes: "-" }],
    ["number", { "tcp-flags": "256" }],
    ["columns", { action: "" }],
    ["columns", { action: "ACCEPT OK" }],
  ])("are counted under %s and skipped: %o", (reason, fields) => {
    const { counters, firstBadLines } = decode(V5_HEADER, v5(fields), v5(), "");
    expect(counters).toEqual({ lines: 3, records: 1, flows: 1, bad_lines: 1, [`bad_lines_${reason}`]: 1 });
    expect(firstBadLines).toEqual([{ line: 2, reason }]);
  });
});

describe("any content of a VPC flow log", () => {
  const words = fc.constantFrom("-", "REJECT", "NODATA", "SKIPDATA", "\n", "2", "10.0.0.9", "é", "  ", "\r");
  const mutated = fc
    .tuple(fc.nat({ max: 90 }), fc.nat({ max: 12 }), words)
    .map(([at, cut, text]) => V2.slice(0, at) + text + V2.slice(at + cut));

  it("never throws, accounts for every line, and is the same however it is cut", () => {
    fc.assert(
      fc.property(
        fc.array(mutated, { maxLength: 6 }),
        fc.integer({ min: 1, max: 80 }),
        (lines, chunkBytes) => {
          const content = [V2, ...lines].join("\n");
          const decoded = decodeLog("vpc-flow-log", content);
          const { records: taken = 0, bad_lines = 0, records_rejected = 0, flows = 0 } = decoded.counters;
          const { intervals_without_data = 0, intervals_skipped = 0 } = decoded.counters;
          const blank = content.split("\n").filter((each) => /^\s*$/.test(each));
          // A line end at the very end begins no line.
          const blankLines = blank.length - (content.endsWith("\n") ? 1 : 0);
          expect(taken + bad_lines + intervals_without_data + intervals_skipped + blankLines).toBe(
            decoded.counters.lines,
          );
          expect(flows).toBe(decoded.flows.length);
          expect(taken - records_rejected).toBe(flows);
          expect(decodeLog("vpc-flow-log", content, chunkBytes)).toEqual(decoded);
        },
      ),
    );
  });

  it("never throws on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, hasHeader) => {
        const header = hasHeader ? new TextEncoder().encode(`${V5_HEADER}\n`) : new Uint8Array(0);
        const { counters, flows } = decodeLog("vpc-flow-log", Uint8Array.from([...header, ...bytes]));
        expect(counters.flows ?? 0).toBe(flows.length);
      }),
    );
  });
});

describe("the lines that AWS documents", () => {
  interface Documented {
    readonly format: string | null;
    readonly line: string;
    readonly fields?: Readonly<Record<string, number | string | null>>;
  }
  const KEYS: Readonly<Record<string, keyof RecordJson>> = {
    srcport: "src_port",
    dstport: "dst_port",
    protocol: "ip_protocol",
    packets: "packets",
    bytes: "bytes",
    tcp_flags: "tcp_flags",
  };
  const vectors = () =>
    readVectorJson("vrl-aws-vpc/expected.json") as Record<"full" | "must_parse", Documented[]>;
  const read = ({ format, line }: Documented) => records(...(format === null ? [line] : [format, line]));

  it("are decoded field by field as another decoder does", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    let compared = 0;
    for (const documented of vectors().full) {
      const { visited, counters } = read(documented);
      if (documented.fields?.log_status === "NODATA") {
        expect(counters.intervals_without_data).toBe(1);
        continue;
      }
      for (const [name, value] of Object.entries(documented.fields ?? {})) {
        const [record] = visited;
        compared++;
        if (name === "start" || name === "end") {
          expect(Date.parse(record[`time_${name}`] ?? "")).toBe(Number(value) * 1000);
        } else if (name === "flow_direction") expect(record.direction).toBe(value === "ingress" ? 0 : 1);
        else if (name in KEYS) expect([name, record[KEYS[name]]]).toEqual([name, value]);
        else expect([name, record.fields?.[name] ?? null]).toEqual([name, value]);
      }
    }
    expect(compared).toBeGreaterThan(80);
  });

  it("are all taken", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const { must_parse } = vectors();
    expect(must_parse.length).toBeGreaterThan(20);
    for (const documented of must_parse) {
      const { counters, end } = read(documented);
      const {
        records: taken = 0,
        intervals_without_data = 0,
        intervals_skipped = 0,
        bad_lines = 0,
      } = counters;
      expect([documented.line, end, bad_lines]).toEqual([documented.line, { complete: true }, 0]);
      expect(taken + intervals_without_data + intervals_skipped).toBe(1);
    }
  });
});
