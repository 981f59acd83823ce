import { describe, expect, test } from "vitest";
import type { HostCounts } from "@flowlens/features";
import { classify } from "./index.ts";
import { madeHost, type MadeHost } from "./made-hosts.ts";
import {
  BALANCER,
  DOMAIN_CONTROLLER,
  HMI,
  HOME_GATEWAY,
  NAS,
  POD,
  POSTGRES,
  ROUTER,
  WEB_SERVER,
  WINDOWS_DESKTOP,
} from "./typical-hosts.ts";

const APPLICATION: MadeHost = {
  served: [
    ["tcp", 8080, 2, 3200],
    ["tcp", 22, 1, 3],
  ],
  used: [
    ["tcp", 3306, 2, 900],
    ["tcp", 6379, 1, 1000],
    ["udp", 53, 1, 120],
    ["tcp", 2049, 3, 50],
    ["udp", 123, 1, 60],
  ],
  clients: 3,
  servers: 8,
};

/** A scanner that connects to every port and finds open what nobody else uses. */
function lookedInto(counts: HostCounts, found: readonly number[]): HostCounts {
  const known = counts.topServedPorts.map((port) => ({
    ...port,
    clients: port.clients + 1,
    conversations: port.conversations + 2,
  }));
  const fresh = found
    .filter((port) => !known.some((one) => one.port === port))
    .map((port) => ({ protocol: 6, port, clients: 1, conversations: 2 }));
  const more = 2 * (known.length + fresh.length);
  return {
    ...counts,
    topServedPorts: [...known, ...fresh],
    servedPorts: counts.servedPorts + fresh.length,
    servedWellKnownPorts: counts.servedWellKnownPorts + fresh.filter(({ port }) => port <= 1023).length,
    servedEphemeralPorts: counts.servedEphemeralPorts + fresh.filter(({ port }) => port >= 32_768).length,
    inboundConversations: counts.inboundConversations + more,
    tcpConversations: counts.tcpConversations + more,
    clients: counts.clients + 1,
    internalClients: counts.internalClients + 1,
    unansweredIn: 60_000,
    refusedIn: 5000,
  };
}

describe("a vulnerability scan over every host", () => {
  test.each<[string, MadeHost, readonly number[]]>([
    ["a database", POSTGRES, [111, 9100]],
    ["a web server", WEB_SERVER, [111, 3306, 25]],
    ["a domain controller", DOMAIN_CONTROLLER, [3389, 5985, 47_001, 49_664]],
    ["a desktop", WINDOWS_DESKTOP, [3389, 139, 5357, 7680, 49_664, 49_665]],
    ["a NAS", NAS, [22, 80, 111, 873, 5000]],
    ["a load balancer", BALANCER, [22, 8404]],
    ["a router", ROUTER, [23, 80, 443]],
    ["a home gateway", HOME_GATEWAY, [443, 22, 49_152]],
    ["a pod", POD, []],
    ["an operator station", HMI, [135, 445, 3389]],
    ["an application behind two balancers, whose SSH hardly anybody uses", APPLICATION, [22]],
  ])("leaves %s what it was, even where the scanner finds ports open", (_, made, found) => {
    const counts = madeHost(made);
    const before = classify(counts, { internal: true });
    const after = classify(lookedInto(counts, found), { internal: true });
    expect([after.type, after.role], JSON.stringify(after.scores)).toEqual([before.type, before.role]);
  });
});
