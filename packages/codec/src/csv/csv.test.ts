import { INITIATOR, TCP_FLAG } from "@flowlens/flow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countLog, decodeLog } from "../testing/decoded-log.ts";
import { capturesAbsent, readCapture } from "../testing/third-party.ts";

const { syn, ack, psh, fin } = TCP_FLAG;
const HEADER =
  "ts_start,ts_end,src_ip,src_port,dst_ip,dst_port,proto,src_packets,src_bytes,dst_packets,dst_bytes";

const decode = (...lines: string[]) => decodeLog("csv", lines.join("\n"));
const flowsOf = (line: string, header = HEADER) => decode(header, line).flows;

describe("a CSV of flows", () => {
  it("has two rows for a line that counts both directions, the source being claimed as the opener", () => {
    const { flows, counters, end } = decode(
      HEADER,
      "0.038338005,1790.4143826,10.10.3.19,50225,10.10.20.10,102,tcp,316,36358,522,289361",
    );
    expect(end).toEqual({ complete: true });
    expect(counters).toEqual({ lines: 2, records: 1, flows: 2 });
    const both = {
      timeStart: 38,
      timeEnd: 1_790_414,
      ipProtocol: 6,
      tcpFlags: 0,
      exporter: "::",
      samplingRate: 1,
    };
    expect(flows).toMatchObject([
      {
        ...both,
        src: "10.10.3.19",
        srcPort: 50225,
        dst: "10.10.20.10",
        dstPort: 102,
        packets: 316,
        bytes: 36358,
        initiator: INITIATOR.sourceClaimed,
      },
      {
        ...both,
        src: "10.10.20.10",
        srcPort: 102,
        dst: "10.10.3.19",
        dstPort: 50225,
        packets: 522,
        bytes: 289361,
        initiator: INITIATOR.destinationClaimed,
      },
    ]);
  });

  it("has one row, its opener unknown, for a one-way line: the destination's columns empty, 0 or not there", () => {
    const oneWay = "1653993399.498,1653993404.046,10.0.134.129,6443,10.0.160.59,49814,tcp,18,10592";
    const [expected, ...none] = flowsOf(`${oneWay},,`);
    expect(none).toEqual([]);
    expect(expected).toMatchObject({
      timeStart: 0x18119b064ca,
      timeEnd: 0x18119b0768e,
      packets: 18,
      bytes: 10592,
      src: "10.0.134.129",
      dst: "10.0.160.59",
      initiator: INITIATOR.unknown,
    });
    expect(flowsOf(`${oneWay},0,0`)).toEqual([expected]);
    expect(flowsOf(oneWay, HEADER.replace(",dst_packets,dst_bytes", ""))).toEqual([expected]);
  });

  it("keeps a record of nothing, since a line is there because something was seen", () => {
    expect(flowsOf("1,1,10.0.0.5,57264,10.0.0.3,6443,tcp,0,0,,")).toMatchObject([{ packets: 0, bytes: 0 }]);
  });

  it("has the way back alone where only that was counted", () => {
    expect(flowsOf("1,1,10.0.0.5,57264,10.0.0.3,6443,tcp,0,0,3,400")).toMatchObject([
      { src: "10.0.0.3", initiator: INITIATOR.destinationClaimed },
    ]);
  });

  it("may have its columns in any order, under other names, with others between", () => {
    const other = "Dur;Proto;Sport;DstAddr;note;SrcAddr;Dport;In Bytes;In Pkts;StartTime";
    expect(
      flowsOf("2.5;UDP;5353;2001:db8::2;a, b;2001:db8::1;53;700;7;2022-05-31 10:36:39.498", other),
    ).toMatchObject([
      {
        timeStart: 0x18119b064ca,
        timeEnd: 0x18119b06e8e,
        ipProtocol: 17,
        src: "2001:db8::1",
        srcPort: 5353,
        dst: "2001:db8::2",
        dstPort: 53,
        packets: 7,
        bytes: 700,
      },
    ]);
  });

  it("may be separated by tabs, be quoted, begin with a byte order mark and end its lines with CRLF", () => {
    const line = '"1.5", "2" ,10.0.0.1,"50000",10.0.0.2,80,"tcp",1,60,1,40';
    const plain = flowsOf("1.5,2,10.0.0.1,50000,10.0.0.2,80,tcp,1,60,1,40");
    expect(plain).toHaveLength(2);
    expect(flowsOf(line)).toEqual(plain);
    expect(decodeLog("csv", `\uFEFF"${HEADER.replaceAll(",", '","')}"\r\n${line}\r\n`).flows).toEqual(plain);
    expect(decodeLog("csv", `${HEADER}\n${line}\n`.replaceAll(",", "\t")).flows).toEqual(plain);
  });

  it("may hold quoted commas and doubled quotes in columns that are not read", () => {
    expect(
      flowsOf('"say ""a, b""",1,2,10.0.0.1,50000,10.0.0.2,80,tcp,1,60,1,40', `note,${HEADER}`),
    ).toHaveLength(2);
  });

  it("may write whole numbers as doubles, as tools that know no empty integer do", () => {
    expect(flowsOf("1,2,10.0.0.1,50000.0,10.0.0.2,80.0,6.0,18.0,10592.0,1.0,40.0")).toMatchObject([
      { srcPort: 50_000, dstPort: 80, ipProtocol: 6, packets: 18, bytes: 10_592 },
      { packets: 1, bytes: 40 },
    ]);
  });

  it("reads TCP flags as a number or as letters where there is a column of them", () => {
    const flags = (text: string) =>
      flowsOf(`1,2,10.0.0.1,50000,10.0.0.2,80,tcp,1,60,,,${text}`, `${HEADER},tcp_flags`)[0]?.tcpFlags;
    expect(flags("2")).toBe(syn);
    expect(flags("0x1b")).toBe(syn | ack | psh | fin);
    expect(flags(".AP.SF")).toBe(syn | ack | psh | fin);
    expect(flags("")).toBe(0);
    expect(flags("maybe")).toBeUndefined();
    const both = flowsOf(
      "1,2,10.0.0.1,50000,10.0.0.2,80,tcp,1,60,1,40,S,SA",
      `${HEADER},tcp_flags,dst_tcp_flags`,
    );
    expect(both.map((flow) => flow.tcpFlags)).toEqual([syn, syn | ack]);
  });

  it("reads ICMP's type and code from the destination port, where NetFlow puts them", () => {
    expect(flowsOf("1,2,10.0.0.1,0,10.0.0.2,2048,icmp,1,60,,")).toMatchObject([
      { ipProtocol: 1, srcPort: 0, dstPort: 0, icmpTypeCode: 2048 },
    ]);
    expect(flowsOf("1,2,2001:db8::1,,2001:db8::2,,icmp,1,60,,")).toMatchObject([
      { ipProtocol: 58, icmpTypeCode: 0 },
    ]);
  });
});

describe("bad lines of a CSV", () => {
  it.each([
    ["columns", "1,2,10.0.0.1,50000,10.0.0.2"],
    ["syntax", '1,2,10.0.0.1,50000,10.0.0.2,80,"tcp,1,60,,'],
    ["time", "never,2,10.0.0.1,50000,10.0.0.2,80,tcp,1,60,,"],
    ["time", "2,1,10.0.0.1,50000,10.0.0.2,80,tcp,1,60,,"],
    ["address", "1,2,10.0.0,50000,10.0.0.2,80,tcp,1,60,,"],
    ["address", "1,2,10.0.0.1,50000,,80,tcp,1,60,,"],
    ["port", "1,2,10.0.0.1,http,10.0.0.2,80,tcp,1,60,,"],
    ["port", "1,2,10.0.0.1,50000,10.0.0.2,80000,tcp,1,60,,"],
    ["protocol", "1,2,10.0.0.1,50000,10.0.0.2,80,carrier pigeon,1,60,,"],
    ["protocol", "1,2,10.0.0.1,50000,10.0.0.2,80,,1,60,,"],
    ["number", "1,2,10.0.0.1,50000,10.0.0.2,80,tcp,,,,"],
    ["number", "1,2,10.0.0.1,50000,10.0.0.2,80,tcp,-1,60,,"],
    ["number", "1,2,10.0.0.1,50000,10.0.0.2,80,tcp,1,60,x,"],
  ])("are counted under %s and skipped: %s", (reason, line) => {
    const { counters, flows, firstBadLines } = decode(
      HEADER,
      line,
      "1,2,10.0.0.1,50000,10.0.0.2,80,tcp,1,60,,",
      "",
    );
    expect(counters).toMatchObject({ records: 1, bad_lines: 1, [`bad_lines_${reason}`]: 1 });
    expect(flows).toHaveLength(1);
    expect(firstBadLines).toEqual([{ line: 2, reason }]);
  });

  it("show that the file breaks off where the last line is bad and not ended", () => {
    const whole = "1,2,10.0.0.1,50000,10.0.0.2,80,tcp,1,60,,";
    expect(decode(HEADER, whole, "1,2,10.0.0.1,50").end).toEqual({
      complete: false,
      offset: HEADER.length + whole.length + 2,
      reason: "line 3, the last, breaks off (columns)",
    });
  });
});

describe("the header of a CSV", () => {
  it("is refused with what it lacks", () => {
    const { failure, flows } = decode("ts_start,src_ip,dst_ip,proto,src_bytes", "1,10.0.0.1,10.0.0.2,tcp,5");
    const lacks = "its header lacks src_port, dst_port, src_packets (or a name that means the same)";
    expect(failure).toEqual({ offset: 0, reason: lacks });
    expect(flows).toEqual([]);
  });

  it("is refused where it names nothing of a flow, or is not there", () => {
    expect(decode("name,colour", "a,b").failure?.reason).toBe(
      "it is text whose first line names no column of a flow record",
    );
    expect(decode("").end).toEqual({ complete: false, offset: 0, reason: "it has no header line" });
  });
});

describe("any content under a CSV's header", () => {
  it("never throws, accounts for every line, and is the same however it is cut", () => {
    const line = "1,2,10.0.0.1,50000,10.0.0.2,80,tcp,1,60,1,40";
    const noise = fc.string({
      unit: fc.constantFrom(",", '"', "1", ".", "-", " ", "\n", "\r", "e", "é"),
      maxLength: 40,
    });
    const mutated = fc
      .tuple(fc.nat({ max: 45 }), noise)
      .map(([at, text]) => line.slice(0, at) + text + line.slice(at));
    fc.assert(
      fc.property(
        fc.array(mutated, { maxLength: 5 }),
        fc.integer({ min: 1, max: 80 }),
        (lines, chunkBytes) => {
          const content = [HEADER, ...lines].join("\n");
          const decoded = decodeLog("csv", content);
          const { records = 0, bad_lines = 0, flows = 0 } = decoded.counters;
          const blank = content.split("\n").filter((each) => each === "" || each === "\r").length;
          expect(records + bad_lines + 1 + blank).toBeGreaterThanOrEqual(decoded.counters.lines);
          expect(flows).toBe(decoded.flows.length);
          expect(decodeLog("csv", content, chunkBytes)).toEqual(decoded);
        },
      ),
    );
  });
});

describe("CSVs of networks that nobody here made", () => {
  it.skipIf(capturesAbsent !== undefined).each([
    ["ics_iec104_mms/iec104_15h.flows.csv", 32, 64],
    ["ics_iec104_mms/mms_95min.flows.csv", 4, 8],
    ["netobserv_k8s/ocp_aws_2022.flows.csv", 100, 100],
    ["netobserv_k8s/ocp_aws_uswest1_2023.flows.csv", 99, 99],
    ["netobserv_k8s/ocp_gcp_97r45m2_2023.flows.csv", 100, 100],
    ["netobserv_k8s/ocp_gcp_xz1644k_2022.flows.csv", 101, 101],
  ])("%s is read to its end: %d good lines, %d rows", (path, records, flows) => {
    const { counters, end, rows } = countLog("csv", readCapture(path));
    expect(end).toEqual({ complete: true });
    expect(counters).toEqual({ lines: records + 1, records, flows });
    expect(rows).toBe(flows);
  });

  it("are there to be read", (context) => {
    if (capturesAbsent !== undefined) context.skip(capturesAbsent);
    expect(readCapture("ics_iec104_mms/mms_95min.flows.csv").length).toBeGreaterThan(0);
  });
});

describe("a CSV with the action of a firewall", () => {
  // As Athena gives VPC flow logs.
  const header = "srcaddr,dstaddr,srcport,dstport,protocol,packets,bytes,start,end,action";
  const line = (action: string) => `198.51.100.7,10.0.0.5,40001,22,6,2,120,1700000000,1700000060,${action}`;

  it("has no rows of what did not pass, and counts it", () => {
    for (const action of ["REJECT", "Deny", "dropped", "block"]) {
      const { flows, counters } = decode(header, line("ACCEPT"), line(action), line(""), line("allow"));
      expect(flows).toHaveLength(3);
      expect(counters).toMatchObject({ lines: 5, records: 4, flows: 3, records_rejected: 1 });
    }
  });
});
