import fc from "fast-check";
import { readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  capturesAbsent,
  capturesFolder,
  readCapture,
  readVector,
  vectorsAbsent,
  vectorSets,
} from "../testing/third-party.ts";
import { isGzip, recogniseFormat } from "./index.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const hex = (digits: string) => new Uint8Array(Buffer.from(digits.replaceAll(" ", ""), "hex"));

const ZEEK =
  "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\n";
const CONN =
  '{"ts":1.5,"id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"10.0.0.2","id.resp_p":2,"proto":"tcp"}';
const VPC =
  "2 123456789010 eni-1235b8ca123456789 10.0.0.1 10.0.0.2 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n";
const NFDUMP = "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows";
const CSV = "ts_start,src_ip,src_port,dst_ip,dst_port,proto,src_packets,src_bytes\n";

describe("a file's format", () => {
  it.each<[string, Uint8Array, string]>([
    ["pcap, little-endian", hex("d4c3b2a1 0200 0400"), "pcap"],
    ["pcap, big-endian, nanoseconds", hex("a1b23c4d 0002 0004"), "pcap"],
    ["pcapng", hex("0a0d0d0a 1c000000 4d3c2b1a"), "pcapng"],
    ["Zeek conn.log", bytesOf(`${ZEEK}1.5\t10.0.0.1\t1\t10.0.0.2\t2\ttcp\n`), "zeek-tsv"],
    ["Zeek conn.log without a record", bytesOf(ZEEK), "zeek-tsv"],
    ["Zeek conn.log behind a comment", bytesOf(`### made by a test\n${ZEEK}`), "zeek-tsv"],
    ["Zeek conn.log as JSON", bytesOf(`${CONN}\n${CONN}\n`), "zeek-json"],
    ["Zeek conn.log as JSON, one line without an end", bytesOf(`\n ${CONN}`), "zeek-json"],
    ["CSV", bytesOf(`${CSV}1,10.0.0.1,1,10.0.0.2,2,tcp,1,60\n`), "csv"],
    ["CSV with a byte order mark and no record", bytesOf(`\uFEFF${CSV}`), "csv"],
    ["VPC flow log in the default format", bytesOf(VPC), "vpc-flow-log"],
    ["VPC flow log out of CloudWatch", bytesOf(`2014-12-14T04:06:50.000Z ${VPC}`), "vpc-flow-log"],
    ["VPC flow log with a header", bytesOf("pkt-srcaddr pkt-dstaddr start srcport\n"), "vpc-flow-log"],
    ["nfdump 1.6", bytesOf("ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt\n"), "nfdump-csv"],
    ["nfdump 1.7", bytesOf(`${NFDUMP}\n`), "nfdump-csv"],
    ["NetFlow v5", hex(`0005 0001 ${"00".repeat(20)} ${"00".repeat(48)}`), "netflow5-datagram"],
    ["sFlow v5", hex(`00000005 00000001 0a000001 ${"00".repeat(16)}`), "sflow5-datagram"],
    ["sFlow v5 of an IPv6 agent, cut in its header", hex("00000005 00000002 fd00"), "sflow5-datagram"],
    ["NetFlow v9", hex(`0009 0001 ${"00".repeat(16)} 0000 0008 0100 0000`), "netflow9-datagram"],
    ["IPFIX", hex(`000a 0018 ${"00".repeat(12)} 0002 0008 0100 0000`), "ipfix-messages"],
    ["IPFIX that was cut off", hex(`000a 0400 ${"00".repeat(12)} 0002`), "ipfix-messages"],
    ["NetFlow v5 cut in its header", hex("0005 0001 0000"), "netflow5-datagram"],
    [
      "NetFlow v5 with a lying count",
      hex(`0005 d91e ${"00".repeat(20)} ${"00".repeat(48)}`),
      "netflow5-datagram",
    ],
    ["hexadecimal", bytesOf("# two datagrams\n\n00050001ff\n00 05 00 01\n"), "hex-lines"],
    ["hexadecimal with colons", bytesOf("00:05:00:01"), "hex-lines"],
    ["one long line of hexadecimal", bytesOf("0005".repeat(20_000)).subarray(0, 65_536), "hex-lines"],
  ])("is told from content: %s", (_, head, format) => {
    expect(recogniseFormat(head)).toEqual({ format });
  });

  it.each<[Uint8Array | string, RegExp]>([
    ["", /^it is empty\.$/],
    ["Hello, world\n", /names no column of a flow record\.$/],
    ["Hello\n", /^it is text, but neither a Zeek conn\.log, nor a VPC flow log, nor a CSV/],
    [ZEEK.replace("conn", "dns"), /^this is Zeek's dns\.log/],
    [ZEEK.replace("\tproto", ""), /^its Zeek #fields lack proto/],
    [CSV.replace(",src_ip", ""), /^its header lacks src_ip/],
    ['{"event_type":"flow"}\n', /has no "ts"/],
    ['[{"ts":1}]\n', /^it is a JSON array/],
    ["{ broken\n", /^its first line is no JSON object\.$/],
    ["2 123456789010 eni-1235b8ca 10.0.0.1 10.0.0.2\n", /^it has no header that names the fields of a VPC/],
    ["ts,te,td,pr,val,fl,flP,pkt,pktP,byt,bytP,pps,bps,bpp\n", /^it is a statistic of nfdump/],
    [
      hex("50415231 15041510"),
      /^it is a Parquet file, which is not read; have VPC flow logs delivered as text/,
    ],
    [hex("1f8b0800"), /^it is compressed with gzip twice/],
    [hex("28b52ffd00"), /zstd/],
    [hex("504b0304"), /ZIP/],
    [hex("deadbeef00"), /it begins with de ad be ef\.$/],
  ])("is refused with a phrase that says what it is: case %#", (content, phrase) => {
    const head = typeof content === "string" ? bytesOf(content) : content;
    const recognition = recogniseFormat(head);
    expect(recognition).toHaveProperty("unknown");
    expect((recognition as { unknown: string }).unknown).toMatch(phrase);
  });

  it("does not throw on any beginning", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 200 }).map(bytesOf)),
        (head) => {
          const recognition = recogniseFormat(head);
          expect("format" in recognition || recognition.unknown.endsWith(".")).toBe(true);
        },
      ),
    );
  });

  it("is asked of gzip's content, gzip itself being told by two bytes", () => {
    expect(isGzip(gzipSync("text"))).toBe(true);
    expect(isGzip(bytesOf("text"))).toBe(false);
    expect(isGzip(hex("1f"))).toBe(false);
  });

  it("is as their names say for all captures", (context) => {
    if (capturesAbsent !== undefined) context.skip(capturesAbsent);
    const told: Record<string, number> = {};
    for (const path of readdirSync(capturesFolder, { recursive: true, encoding: "utf8" })) {
      const ending = /\.(pcap|pcapng|flows\.csv|log|log\.gz|labeled)$/.exec(path)?.[1];
      if (ending === undefined) continue;
      const recognition = recogniseFormat(readCapture(path).subarray(0, 65_536));
      const name = "format" in recognition ? recognition.format : recognition.unknown;
      const pair = `${/^(?:log|labeled)/.test(ending) ? "log" : ending}: ${name}`;
      told[pair] = (told[pair] ?? 0) + 1;
    }
    const other = (name: string) =>
      `log: this is Zeek's ${name}.log, which holds no flows; FlowLens reads conn.log.`;
    // Twelve files have ".pcapng" as a name; five more are pcapng inside and ".pcap" by name.
    expect(told).toEqual({
      "pcap: pcap": 131,
      "pcap: pcapng": 5,
      "pcapng: pcapng": 12,
      "flows.csv: csv": 6,
      "log: zeek-tsv": 8,
      [other("dns")]: 1,
      [other("dhcp")]: 1,
    });
  });

  it("is told of every raw v9 and IPFIX payload of real exporters", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    for (const [protocol, format] of [
      ["v9", "netflow9-datagram"],
      ["IPFIX", "ipfix-messages"],
    ] as const) {
      const files = vectorSets(protocol).flatMap((set) =>
        set.packets_in_order.filter((path) => !path.endsWith(".pcap")),
      );
      expect(files.length).toBeGreaterThan(40);
      for (const path of files) expect([path, recogniseFormat(readVector(path))]).toEqual([path, { format }]);
    }
  });

  it("is a NetFlow v5 datagram for every raw v5 payload of real exporters", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const files = vectorSets("v5").flatMap((set) =>
      set.packets_in_order.filter((path) => !path.endsWith(".pcap")),
    );
    expect(files.length).toBeGreaterThan(5);
    for (const path of files) {
      expect([path, recogniseFormat(readVector(path))]).toEqual([path, { format: "netflow5-datagram" }]);
    }
  });
});
