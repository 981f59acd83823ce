import { describe, expect, it } from "vitest";
import {
  capturesAbsent,
  readCapture,
  readVector,
  vectorsAbsent,
  vectorSets,
} from "../testing/third-party.ts";
import { countLog } from "../testing/decoded-log.ts";

/** Content lines of a log: without Zeek's header and footer. */
function recordLines(content: Uint8Array): number {
  return new TextDecoder("latin1")
    .decode(content)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#")).length;
}

describe("conn.logs of networks that nobody here made", () => {
  it("are there to be read", (context) => {
    if (capturesAbsent !== undefined) context.skip(capturesAbsent);
    expect(recordLines(readCapture("trickbot_week/conn.log"))).toBeGreaterThan(0);
  });

  it.skipIf(capturesAbsent !== undefined).each([
    ["rita_cloud_server_72h/conn.log.gz", 105_918],
    ["trickbot_week/conn.log", 13_001],
    ["ics_4sics_day1/conn.log", 12_444],
    // Label names after the last column, with spaces between; no line end at the end.
    ["iot23_34-1/conn.log.labeled", 23_145],
    // Two more columns.
    ["stratosphere_ctu50/008.conn.log.labeled", 5_663],
    ["stratosphere_ctu50/010.conn.log.labeled", 5_347],
    ["stratosphere_ctu50/011.conn.log.labeled", 9_048],
    ["stratosphere_ctu50/012.conn.log.labeled", 4_740],
  ])("%s is read to its end, all %d lines good", (path, records) => {
    const content = readCapture(path);
    const { counters, end, rows } = countLog("zeek-tsv", content);
    expect(recordLines(content)).toBe(records);
    expect(counters).toMatchObject({ records });
    expect(counters).not.toHaveProperty("bad_lines");
    expect(counters).not.toHaveProperty("records_without_packets");
    expect(counters.flows).toBe(rows);
    expect(end).toEqual({ complete: true });
  });

  it("of IoT-23 hold 14,260 conversations of packets with bad checksums, each estimated from its history", (context) => {
    if (capturesAbsent !== undefined) context.skip(capturesAbsent);
    const { counters } = countLog("zeek-tsv", readCapture("iot23_34-1/conn.log.labeled"));
    expect(counters.records_estimated).toBe(14_260);
  });

  it.skipIf(capturesAbsent !== undefined).each(["dns", "dhcp"])("refuse %s.log by its name", (name) => {
    const { failure } = countLog("zeek-tsv", readCapture(`trickbot_week/${name}.log`));
    expect(failure?.reason).toContain(`Zeek's ${name}.log`);
  });
});

describe("conn.logs of Zeek's own tests", () => {
  it("are read without a bad line once their masked times are put back", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const [baselines] = vectorSets("zeek");
    expect(baselines.packets_in_order.length).toBeGreaterThan(0);
    for (const path of baselines.packets_in_order) {
      const masked = new TextDecoder().decode(readVector(path));
      const content = new TextEncoder().encode(masked.replaceAll("XXXXXXXXXX.XXXXXX", "1500000000.000000"));
      const { counters, end, firstBadLines } = countLog("zeek-tsv", content);
      expect({ path, end, firstBadLines }).toEqual({ path, end: { complete: true }, firstBadLines: [] });
      expect(counters.records).toBe(recordLines(content));
    }
  });
});
