import { INITIATOR, TCP_FLAG } from "@flowlens/flow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeLog } from "../testing/decoded-log.ts";

const { syn, ack, psh, fin } = TCP_FLAG;
const FIXED =
  "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,nh,nhb,svln,dvln,ismc,odmc,idmc,osmc,mpls1,mpls2,mpls3,mpls4,mpls5,mpls6,mpls7,mpls8,mpls9,mpls10,cl,sl,al,ra,eng,exid,tr";
const DEFAULTS: Readonly<Record<string, string>> = {
  ts: "2026-11-20 11:59:55",
  te: "2026-11-20 11:59:58",
  td: "3.500",
  sa: "10.0.0.1",
  da: "10.1.0.9",
  sp: "50000",
  dp: "443",
  pr: "TCP",
  flg: "...AP.SF",
  stos: "16",
  ipkt: "10",
  ibyt: "4060",
  in: "3",
  out: "7",
  sas: "65001",
  das: "65002",
  dir: "0",
  nh: "10.9.9.9",
  nhb: "0.0.0.0",
  ismc: "00:00:00:00:00:00",
  odmc: "00:00:00:00:00:00",
  mpls1: "0-0-0",
  cl: "    0.000",
  ra: "192.0.2.1",
  eng: "0/1",
  exid: "1",
  tr: "2026-11-23 03:47:40.401",
};
const SUMMARY = [
  "Summary",
  "flows,bytes,packets,avg_bps,avg_pps,avg_bpp",
  "14,10000040720,182,22857235931,52,54",
];
const FLEXIBLE = "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows";

const decode = (...lines: string[]) => decodeLog("nfdump-csv", lines.join("\n"));
const line = (fields: Readonly<Record<string, string>> = {}) =>
  FIXED.split(",")
    .map((name) => fields[name] ?? DEFAULTS[name] ?? "0")
    .join(",");
const flowsOf = (fields: Readonly<Record<string, string>>) => decode(FIXED, line(fields)).flows;

describe("CSV of nfdump with its fixed columns", () => {
  it("has all that a row can hold, and a summary that is none", () => {
    const { flows, counters, end } = decode(FIXED, line(), ...SUMMARY, "");
    expect(end).toEqual({ complete: true });
    expect(counters).toEqual({ lines: 5, records: 1, flows: 1 });
    expect(flows).toMatchObject([
      {
        src: "10.0.0.1",
        srcPort: 50_000,
        dst: "10.1.0.9",
        dstPort: 443,
        ipProtocol: 6,
        tcpFlags: syn | ack | psh | fin,
        packets: 10,
        bytes: 4060,
        ipTos: 16,
        inIf: 3,
        outIf: 7,
        srcAs: 65_001,
        dstAs: 65_002,
        nextHop: "10.9.9.9",
        exporter: "192.0.2.1",
        direction: 255,
        initiator: INITIATOR.unknown,
      },
    ]);
  });

  it("has times cut to seconds, which the duration makes more exact; UTC as no zone is given", () => {
    const at = Date.UTC(2026, 10, 20, 11, 59, 55);
    const times = (fields: Readonly<Record<string, string>>) =>
      flowsOf(fields).map((flow) => [flow.timeStart - at, flow.timeEnd - at]);
    expect(times({})).toEqual([[0, 3500]]);
    expect(times({ td: "2.100" })).toEqual([[900, 3000]]);
    expect(times({ te: "2026-11-20 11:59:55", td: "0.000" })).toEqual([[0, 0]]);
    // A duration that cannot be: the times count.
    expect(times({ td: "90.000" })).toEqual([[0, 3999]]);
    expect(times({ te: "2026-11-20 11:59:54" })).toEqual([]);
  });

  it("has a row for each direction of a bidirectional record, with its ends exchanged in the second", () => {
    expect(flowsOf({ opkt: "8", obyt: "64000", dir: "1" })).toMatchObject([
      {
        src: "10.0.0.1",
        packets: 10,
        inIf: 3,
        srcAs: 65_001,
        direction: 1,
        initiator: INITIATOR.sourceClaimed,
      },
      {
        src: "10.1.0.9",
        packets: 8,
        bytes: 64_000,
        inIf: 7,
        srcAs: 65_002,
        direction: 255,
        nextHop: "::",
        initiator: INITIATOR.destinationClaimed,
      },
    ]);
  });

  it("says nothing where it fills with zeros", () => {
    expect(flowsOf({ nh: "0.0.0.0", ra: "::", in: "x" })).toMatchObject([
      { nextHop: "::", exporter: "::", inIf: 0 },
    ]);
  });

  it("has ICMP's type and code as the destination's port, as a number or with a point", () => {
    expect(flowsOf({ pr: "ICMP", sp: "0", dp: "2048", flg: "........" })).toMatchObject([
      { ipProtocol: 1, dstPort: 0, icmpTypeCode: 0x0800, tcpFlags: 0 },
    ]);
    expect(flowsOf({ pr: "ICMP", sp: "0", dp: "3.1" })).toMatchObject([{ icmpTypeCode: 0x0301 }]);
    const ipv6 = { pr: "ICMP6", sa: "2001:db8::1", da: "2001:db8::2", sp: "0", dp: "128.0" };
    expect(flowsOf(ipv6)).toMatchObject([{ ipProtocol: 58, icmpTypeCode: 0x8000 }]);
  });

  it("may come without its header, as with -q", () => {
    expect(decode(line(), line())).toMatchObject({ counters: { lines: 2, records: 2, flows: 2 } });
  });

  it("may be two outputs one behind the other", () => {
    const { counters, flows } = decode(FIXED, line(), ...SUMMARY, FIXED, line(), ...SUMMARY);
    expect(counters).toEqual({ lines: 10, records: 2, flows: 2 });
    expect(flows[1]).toEqual(flows[0]);
  });

  it("may hold no flow", () => {
    expect(decode(FIXED, "No matching flows", ...SUMMARY).end).toEqual({ complete: true });
    expect(decode("No matched flows").end).toEqual({ complete: true });
  });

  it.each([
    ["protocol", { pr: "carrier pigeon" }],
    ["address", { da: "" }],
    ["port", { dp: "https" }],
    ["time", { td: "soon" }],
    ["number", { ipkt: "1.2 M" }],
  ])("counts bad lines under %s", (reason, fields) => {
    const { counters } = decode(FIXED, line(fields), line());
    expect(counters).toMatchObject({ records: 1, bad_lines: 1, [`bad_lines_${reason}`]: 1 });
  });
});

describe("CSV of nfdump with columns of choice", () => {
  it("has names in camel case, milliseconds and durations by the clock", () => {
    const { flows, counters } = decode(
      FLEXIBLE,
      "2026-11-20 11:59:55.250,00:01:03.500,TCP,10.0.0.1,50000,10.1.0.9,443,10,4060,1",
      "2026-11-20 11:59:55.250,1d 00:00:00.000,UDP,10.0.0.1,50000,10.1.0.9,53,1,60,1",
      "2026-11-20 11:59:55.250,2.000,ICMP,10.0.0.1,0,10.1.0.9,8.0,1,84,1",
    );
    expect(counters).toEqual({ lines: 4, records: 3, flows: 3 });
    expect(flows.map((flow) => flow.timeEnd - flow.timeStart)).toEqual([63_500, 86_400_000, 2000]);
    expect(flows[2]).toMatchObject({ icmpTypeCode: 0x0800 });
  });

  it("may be the fast one, in epoch milliseconds and with protocols by number", () => {
    const header =
      "cnt,af,firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,srcAS,dstAS,input,output,flags,srcTos,packets,bytes";
    const { flows } = decode(
      header,
      "1,2,1795175995250,1795175998750,6,10.0.0.1,50000,10.1.0.9,443,65001,65002,3,7,...AP.SF,16,10,4060",
    );
    expect(flows).toMatchObject([
      {
        timeStart: 1_795_175_995_250,
        timeEnd: 1_795_175_998_750,
        srcAs: 65_001,
        inIf: 3,
        ipTos: 16,
        tcpFlags: syn | ack | psh | fin,
      },
    ]);
  });

  it("may begin with the protocol's name", () => {
    const header =
      "proto,firstSeen,lastSeen,srcAddr,srcPort,dstAddr,dstPort,inPackets,inBytes,outPackets,outBytes";
    const record =
      "TCP,2026-11-20 11:59:55.250,2026-11-20 11:59:56.250,10.0.0.1,50000,10.1.0.9,443,10,4060,0,0";
    expect(decode(header, record, record).counters).toEqual({ lines: 3, records: 2, flows: 2 });
  });

  it("is refused with what it lacks, as a statistic is", () => {
    expect(decode("firstSeen,srcAddr,dstAddr").failure?.reason).toMatch(/^its header lacks src_port/);
    expect(decode("ts,te,td,pr,val,fl,flP,pkt").failure?.reason).toMatch(/statistic/);
    expect(decode("").end).toEqual({ complete: false, offset: 0, reason: "it has no header line" });
  });
});

describe("any content under a header of nfdump", () => {
  it("never throws, accounts for every line, and is the same however it is cut", () => {
    const noise = fc.constantFrom(
      ",",
      '"',
      "1",
      ".",
      "-",
      " ",
      "\n",
      "e",
      "Summary",
      "\nSummary\n",
      FIXED,
      "é",
    );
    const mutated = fc.tuple(fc.nat({ max: 330 }), noise).map(([at, text]) => {
      const whole = line();
      return whole.slice(0, at) + text + whole.slice(at);
    });
    fc.assert(
      fc.property(
        fc.array(mutated, { maxLength: 5 }),
        fc.integer({ min: 1, max: 99 }),
        (lines, chunkBytes) => {
          const content = [FIXED, ...lines].join("\n");
          const decoded = decodeLog("nfdump-csv", content);
          const { records = 0, bad_lines = 0, flows = 0 } = decoded.counters;
          expect(records + bad_lines).toBeLessThan(decoded.counters.lines);
          // Without a summary, a header in between or a blank line, every line behind the header is one or the other.
          if (lines.every((each) => !/^(Summary|ts,|.*\n)|^$/s.test(each))) {
            expect(records + bad_lines + 1).toBe(decoded.counters.lines);
          }
          expect(flows).toBe(decoded.flows.length);
          expect(decodeLog("nfdump-csv", content, chunkBytes)).toEqual(decoded);
        },
      ),
    );
  });

  it("never throws on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, hasHeader) => {
        const header = new TextEncoder().encode(hasHeader ? `${FLEXIBLE}\n` : "");
        const { counters, flows } = decodeLog("nfdump-csv", Uint8Array.from([...header, ...bytes]));
        expect(counters.flows ?? 0).toBe(flows.length);
      }),
    );
  });
});
