import { describe, expect, test } from "vitest";
import { NO_COUNTS, type HostCounts } from "@flowlens/features";
import { answerByPortTable, parsePortTable } from "./index.ts";

const TABLE = `order,when,ports,answer_core,answer_role
1,serves any of,5432 3306,database,database
2,serves any of,9100 631,endpoint,printer
5,sends to any of,1985 179,network_device,network_device
7,serves any of and accepted at least 3 and at least half as many as it opened,22 80 443,server,server
8,opened at least 1,,workstation,workstation
9,otherwise,,unknown,unknown
`;

function host(served: readonly number[], accepted: number, opened: number): HostCounts {
  const topServedPorts = served.map((port) => ({ protocol: 6, port, clients: 1, conversations: 1 }));
  return { ...NO_COUNTS, topServedPorts, inboundConversations: accepted, outboundConversations: opened };
}

const answer = (counts: HostCounts): string => answerByPortTable(parsePortTable(TABLE), counts).core;

describe("a port table", () => {
  test("answers by the first rule that holds", () => {
    expect(answerByPortTable(parsePortTable(TABLE), host([80, 5432, 9100], 50, 0))).toEqual({
      core: "database",
      role: "database",
      rule: 1,
    });
    expect(answerByPortTable(parsePortTable(TABLE), host([80, 9100], 50, 0))).toEqual({
      core: "endpoint",
      role: "printer",
      rule: 2,
    });
  });

  test("takes the rules by their order, not by their lines", () => {
    const swapped =
      "order,when,ports,answer_core,answer_role\n2,otherwise,,unknown,unknown\n1,opened at least 1,,workstation,workstation";
    expect(answerByPortTable(parsePortTable(swapped), host([], 0, 1)).core).toBe("workstation");
  });

  test("asks of a server at least three accepted and half as many as it opened", () => {
    expect(answer(host([443], 3, 6))).toBe("server");
    expect(answer(host([443], 2, 0))).toBe("unknown");
    expect(answer(host([443], 3, 7))).toBe("workstation");
    expect(answer(host([8081], 3, 0))).toBe("unknown");
  });

  test("sees what a host sends without an answer as well as what it uses", () => {
    const hello = { ...host([], 0, 0), signalling: [{ protocol: 17, port: 1985, peers: 1, steadyPeers: 1 }] };
    expect(answer(hello)).toBe("network_device");
    const peer = {
      ...host([], 0, 4),
      topUsedPorts: [{ protocol: 6, port: 179, servers: 1, conversations: 4 }],
    };
    expect(answer(peer)).toBe("network_device");
    expect(answer(host([179], 4, 0))).toBe("unknown");
  });

  test("is unknown where no rule holds", () => {
    const one = parsePortTable(
      "order,when,ports,answer_core,answer_role\n1,serves any of,5432,database,database\n",
    );
    expect(answerByPortTable(one, host([80], 9, 9))).toEqual({
      core: "unknown",
      role: "unknown",
      rule: null,
    });
  });

  test("compares with as many and twice as many too", () => {
    const rules = (when: string) =>
      parsePortTable(`order,when,ports,answer_core,answer_role\r\n1,${when},,server,server\r\n`);
    expect(answerByPortTable(rules("accepted at least as many as it opened"), host([], 4, 4)).rule).toBe(1);
    expect(
      answerByPortTable(rules("accepted at least twice as many as it opened"), host([], 7, 4)).rule,
    ).toBeNull();
  });

  test.each([
    ["when,ports\n", "A port table starts with the line"],
    [
      "order,when,ports,answer_core,answer_role\n1,serves any of,80,server\n",
      "Line 2 of the port table has 4 columns",
    ],
    [
      "order,when,ports,answer_core,answer_role\nx,otherwise,,a,b\n",
      'Line 2 of the port table: "x" is no order',
    ],
    ["order,when,ports,answer_core,answer_role\n1,serves any of,80 70000,a,b\n", '"70000" is no port'],
    ["order,when,ports,answer_core,answer_role\n1,serves any of,,a,b\n", '"serves any of" needs ports'],
    ["order,when,ports,answer_core,answer_role\n1,otherwise,,,b\n", "Line 2 of the port table has no answer"],
    [
      "order,when,ports,answer_core,answer_role\n\n1,serves most of,80,a,b\n",
      'Line 3 of the port table: the condition "serves most of" is not known',
    ],
  ])("that is wrong is refused with the line and the fault: %j", (text, fault) => {
    expect(() => parsePortTable(text)).toThrow(fault);
  });
});
