import { describe, expect, it } from "vitest";
import { decodeLog } from "../testing/decoded-log.ts";
import { FIELDS, header, line } from "../testing/zeek-lines.ts";

const decode = (content: string) => decodeLog("zeek-tsv", content);

describe("the header of a Zeek log", () => {
  it("names the columns in any order, among others", () => {
    const names = ["_node_name", ...FIELDS].toReversed();
    expect(decode(header(names) + line({ _node_name: "worker-1" }, names)).flows).toEqual(
      decode(header() + line()).flows,
    );
  });

  it("may end in label names that follow the last column's with spaces", () => {
    const content = `${header().replace("\ttunnel_parents\n", "\ttunnel_parents   label   detailed-label\n")}${line().replace(/-\n$/, "-   Benign   -\n")}`;
    expect(content).toContain("detailed-label");
    expect(decode(content)).toMatchObject({
      counters: { records: 1 },
      flows: decode(header() + line()).flows,
    });
  });

  it("may come again with other columns, where logs were concatenated", () => {
    const names = [
      "ts",
      "id.resp_p",
      "id.resp_h",
      "id.orig_p",
      "id.orig_h",
      "proto",
      "orig_pkts",
      "orig_ip_bytes",
    ];
    const content = `${header()}${line()}#close\t2018-11-02-00-00-00\n${header(names)}${line({}, names)}`;
    const { flows, counters } = decode(content);
    expect(counters).toMatchObject({ records: 2, flows: 3 });
    expect(flows[2]).toMatchObject({
      src: "172.16.9.233",
      dst: "172.16.9.5",
      dstPort: 88,
      packets: 4,
      bytes: 416,
    });
  });

  it("may say another separator and other words for unset", () => {
    const content = `${header()}${line()}`
      .replaceAll("\t", "|")
      .replace("\\x09", "|")
      .replaceAll("|-", "|NULL");
    expect(content).toContain("#unset_field|NULL");
    expect(decode(content).flows).toEqual(decode(header() + line()).flows);
  });

  it("of another log refuses the file by that log's name", () => {
    const reason = "this is Zeek's dns.log, which holds no flows; FlowLens reads conn.log";
    const refused = decode(header(["ts", "query"], "dns") + "1541117137.618695\texample.org\n");
    expect(refused.failure).toEqual({ offset: 0, reason });
    expect(refused.end).toEqual({ complete: false, offset: 0, reason });
    expect(refused.flows).toEqual([]);
  });

  it("of another log further down only skips that log's lines, and counts them", () => {
    const dns = `${header(["ts", "query"], "dns")}1541117137.618695\texample.org\n`;
    const { counters, failure } = decode(header() + line() + dns + header() + line());
    expect(failure).toBeUndefined();
    expect(counters).toMatchObject({ records: 2, bad_lines: 1, bad_lines_other_log: 1 });
  });

  it("without the five-tuple refuses the file and says what is missing", () => {
    const { failure } = decode(header(["ts", "id.orig_h", "id.resp_h", "proto"]));
    expect(failure?.reason).toBe("its Zeek #fields lack id.orig_p, id.resp_p: this is no conn.log");
  });

  it("must be there", () => {
    expect(decode(line()).failure?.reason).toBe("it has no Zeek #fields line before its first record");
    expect(decode("#separator \\x09\n").failure?.reason).toBe("it has no Zeek #fields line");
    expect(decode("").end).toEqual({ complete: false, offset: 0, reason: "it has no Zeek #fields line" });
  });

  it("with a separator of several characters is refused", () => {
    expect(decode("#separator \\x09\\x09\n#fields\tts\n").failure?.reason).toContain(
      "is not a single character",
    );
  });

  it("may stand behind a byte order mark, in a file with CRLF", () => {
    expect(decode(`\uFEFF${header()}${line()}`.replaceAll("\n", "\r\n")).flows).toEqual(
      decode(header() + line()).flows,
    );
  });
});
