import { describe, expect, test } from "vitest";
import { zeekConnJson, zeekConnOf, zeekConnTsv, type Conversation } from "./index.ts";

const CONVERSATION: Conversation = {
  startMs: 1_700_000_000_000,
  client: "10.0.0.1",
  server: "10.0.0.2",
  protocol: "tcp",
  clientPort: 50_000,
  serverPort: 443,
  outcome: "finished",
  rounds: 1,
  requestBytes: 100,
  responseBytes: 2000,
  durationMs: 50,
  roundTripMs: 4,
};

describe("a line of conn.log", () => {
  // States and letters as in logs that Zeek wrote of such connections.
  test.each([
    [{}, "SF", "ShADdFf"],
    [{ outcome: "reset_by_client" }, "RSTO", "ShADdR"],
    [{ outcome: "reset_by_server" }, "RSTR", "ShADdr"],
    [{ outcome: "refused" }, "REJ", "Sr"],
    [{ outcome: "unanswered" }, "S0", "S"],
    [{ outcome: "left_open" }, "S1", "ShADd"],
    [{ protocol: "udp" }, "SF", "Dd"],
    [{ protocol: "udp", outcome: "unanswered" }, "S0", "D"],
    [{ protocol: "icmp" }, "OTH", undefined],
  ] as const)("of a conversation %j has state %s and history %s", (fields, state, history) => {
    const conn = zeekConnOf({ ...CONVERSATION, ...fields }, 0);
    expect(conn.conn_state).toBe(state);
    expect(conn.history).toBe(history);
  });

  test("counts payload and IP bytes of each side", () => {
    expect(zeekConnOf(CONVERSATION, 0)).toMatchObject({
      orig_bytes: 100,
      resp_bytes: 2000,
      orig_pkts: 6,
      resp_pkts: 4,
      orig_ip_bytes: 6 * 40 + 100,
      resp_ip_bytes: 4 * 40 + 2000,
      ts: 1_700_000_000,
    });
  });

  test("has neither duration nor payload sizes of a single packet", () => {
    const single = { ...CONVERSATION, protocol: "udp", outcome: "unanswered" } as const;
    const conn = zeekConnOf(single, 0);
    expect(conn).toMatchObject({ orig_pkts: 1, resp_pkts: 0, orig_ip_bytes: 128 });
    expect([conn.duration, conn.orig_bytes, conn.resp_bytes]).toEqual([undefined, undefined, undefined]);
  });

  test("has the ICMP types where ports stand", () => {
    expect(zeekConnOf({ ...CONVERSATION, protocol: "icmp" }, 0)).toMatchObject({
      "id.orig_p": 8,
      "id.resp_p": 0,
    });
    const v6 = { ...CONVERSATION, protocol: "icmp", client: "fd00::1", server: "fd00::2" } as const;
    expect(zeekConnOf(v6, 0)).toMatchObject({ "id.orig_p": 128, "id.resp_p": 129 });
  });

  test("stands under Zeek's headers, unset fields as a dash, and without them in JSON", () => {
    const lines = zeekConnTsv([CONVERSATION]).split("\n");
    expect(lines[0]).toBe("#separator \\x09");
    const names =
      lines
        .find((line) => line.startsWith("#fields"))
        ?.split("\t")
        .slice(1) ?? [];
    const types =
      lines
        .find((line) => line.startsWith("#types"))
        ?.split("\t")
        .slice(1) ?? [];
    const values = lines.find((line) => line.startsWith("17"))?.split("\t") ?? [];
    expect(types).toHaveLength(names.length);
    expect(values).toHaveLength(names.length);
    expect(values[names.indexOf("ts")]).toBe("1700000000.000000");
    expect(values[names.indexOf("service")]).toBe("-");
    const json = JSON.parse(zeekConnJson([CONVERSATION])) as Record<string, unknown>;
    expect(json).toMatchObject({ "id.orig_h": "10.0.0.1", "id.resp_p": 443, conn_state: "SF" });
    expect(json).not.toHaveProperty("service");
  });
});
