import { conversationsOf, zeekConnJson, zeekConnTsv, type NetworkScript } from "@flowlens/made-traffic";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeLog } from "../testing/decoded-log.ts";

const CONN = {
  ts: 1_541_117_137.618695,
  uid: "CYtJYz4gNk3t5ZEt2",
  "id.orig_h": "172.16.9.233",
  "id.orig_p": 49_159,
  "id.resp_h": "172.16.9.5",
  "id.resp_p": 88,
  proto: "tcp",
  service: "krb_tcp",
  duration: 0.013561,
  orig_bytes: 244,
  resp_bytes: 292,
  conn_state: "SF",
  local_orig: true,
  missed_bytes: 0,
  history: "ShADadFf",
  orig_pkts: 4,
  orig_ip_bytes: 416,
  resp_pkts: 5,
  resp_ip_bytes: 464,
  tunnel_parents: ["CAgUJG1sND0uuhJqM6", 'a"]}'],
};

const decode = (...objects: unknown[]) =>
  decodeLog(
    "zeek-json",
    objects.map((each) => (typeof each === "string" ? each : JSON.stringify(each))).join("\n"),
  );

const SCRIPT: NetworkScript = {
  dayMs: 1_700_006_400_000,
  seed: 7,
  lines: [
    {
      clients: ["10.0.0.2", "10.0.0.3"],
      servers: "10.0.0.9",
      port: 5432,
      count: 5,
      from: "08:00",
      rounds: [1, 9],
    },
    { clients: "10.0.0.4", servers: "10.0.0.9", port: 22, count: 3, from: "09:00", outcome: "refused" },
    { clients: "10.0.0.4", servers: "10.0.0.8", port: 23, count: 3, from: "09:00", outcome: "unanswered" },
    { clients: "10.0.0.2", servers: "10.0.0.1", port: 53, protocol: "udp", count: 9, from: "10:00" },
    { clients: "10.0.0.2", servers: "10.0.0.1", protocol: "icmp", count: 2, from: "11:00" },
  ],
};

describe("conn.log as JSON lines", () => {
  it("makes the rows that the same log makes as tab-separated text", () => {
    const conversations = conversationsOf(SCRIPT);
    const json = decodeLog("zeek-json", zeekConnJson(conversations));
    const tsv = decodeLog("zeek-tsv", zeekConnTsv(conversations));
    expect(json.counters).toMatchObject({
      records: 10 + 3 + 3 + 9 + 2,
      flows: 10 * 2 + 3 * 2 + 3 + 9 * 2 + 2 * 2,
    });
    expect(json.flows).toEqual(tsv.flows);
    expect(json.counters.flows).toBe(tsv.counters.flows);
    expect(json.end).toEqual({ complete: true });
  });

  it("may nest the five-tuple under id, hold other nested values, and stand in any order with spaces", () => {
    const nested = {
      extra: { deep: [{ "id.orig_h": "9.9.9.9", text: '}"]' }] },
      id: { resp_p: 88, resp_h: "172.16.9.5", orig_p: 49_159, orig_h: "172.16.9.233", vlan: null },
      ...Object.fromEntries(Object.entries(CONN).filter(([name]) => !name.startsWith("id."))),
    };
    expect(decode(JSON.stringify(nested).replaceAll(":", " : ").replaceAll(",", " ,\t")).flows).toEqual(
      decode(CONN).flows,
    );
  });

  it("may give the time as epoch milliseconds or ISO 8601", () => {
    const { flows } = decode(CONN);
    expect(flows[0].timeStart).toBe(1_541_117_137_618);
    expect(decode({ ...CONN, ts: 1_541_117_137_618 }).flows[0].timeStart).toBe(1_541_117_137_618);
    expect(decode({ ...CONN, ts: "2018-11-02T00:05:37.618695Z" }).flows).toEqual(flows);
  });

  it("may write a short duration with an exponent", () => {
    const text = JSON.stringify(CONN).replace("0.013561", "1.3561e-02");
    expect(decode(text).flows).toEqual(decode(CONN).flows);
  });

  it("leaves out what is unset, or says null", () => {
    const { history: _history, duration: _duration, ...bare } = CONN;
    expect(decode({ ...bare, duration: null }).flows).toMatchObject([
      { timeStart: 1_541_117_137_618, timeEnd: 1_541_117_137_618 },
      { bytes: 464 },
    ]);
  });

  it("is refused as another log where _path says so, and as no conn.log without the five-tuple", () => {
    expect(decode({ _path: "dns", ...CONN }).failure?.reason).toContain("this is Zeek's dns.log");
    expect(decode({ _path: "conn", ...CONN }).failure).toBeUndefined();
    expect(decode({ event_type: "flow", src_ip: "10.0.0.1" }).failure).toEqual({
      offset: 0,
      reason: 'its first JSON object has no "ts": this is no conn.log of Zeek',
    });
    expect(decode("[1, 2]").failure?.reason).toBe("its first line is no JSON object");
    expect(decode("").end).toMatchObject({ complete: false, offset: 0 });
  });

  it("skips and counts lines further down that are bad, of another log or not JSON", () => {
    const { counters, flows } = decode(
      CONN,
      { _path: "dns", ...CONN },
      { ts: 1 },
      '{"ts": 1',
      "nonsense",
      { ...CONN, "id.orig_h": "" },
      { ...CONN, "id.resp_p": 70_000 },
      { ...CONN, proto: "quic" },
      { ...CONN, orig_pkts: "x" },
      CONN,
    );
    expect(flows).toHaveLength(4);
    expect(counters).toEqual({
      lines: 10,
      records: 2,
      flows: 4,
      bad_lines: 8,
      bad_lines_other_log: 1,
      bad_lines_columns: 1,
      bad_lines_syntax: 2,
      bad_lines_address: 1,
      bad_lines_port: 1,
      bad_lines_protocol: 1,
      bad_lines_number: 1,
    });
  });

  it("is broken off where its last line is cut", () => {
    const content = `${JSON.stringify(CONN)}\n${JSON.stringify(CONN).slice(0, 150)}`;
    expect(decodeLog("zeek-json", content).end).toEqual({
      complete: false,
      offset: JSON.stringify(CONN).length + 1,
      reason: "line 2, the last, breaks off (syntax)",
    });
  });

  it("does not overflow on deep nesting", () => {
    const deep = `{"a":${"[".repeat(100_000)}`;
    expect(decode(CONN, deep, CONN).counters).toMatchObject({ records: 2, bad_lines_syntax: 1 });
  });

  it("never throws on any text, and takes every line that JSON.parse would", () => {
    const member = fc.tuple(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(
        fc.array(member, { maxLength: 6 }),
        fc.nat(3_000),
        fc.string({ maxLength: 5 }),
        (members, at, noise) => {
          const more = Object.fromEntries(
            members.filter(([name]) => !(name in CONN) && name !== "id" && name !== "_path"),
          );
          const text = JSON.stringify({ ...more, ...CONN });
          expect(decode(text).counters).toMatchObject({ records: 1, flows: 2 });
          const cut = at % text.length;
          const { counters } = decode(
            CONN,
            (text.slice(0, cut) + noise + text.slice(cut)).replaceAll("\n", " "),
          );
          expect(counters.records + (counters.bad_lines ?? 0)).toBe(2);
        },
      ),
    );
  });
});
