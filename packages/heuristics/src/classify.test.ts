import { describe, expect, test } from "vitest";
import { classify, type HeuristicAnswer } from "./index.ts";
import { madeHost, type MadeHost } from "./made-hosts.ts";
import {
  BALANCER,
  CLOUD,
  DOMAIN_CONTROLLER,
  HMI,
  HOME_GATEWAY,
  ISCSI,
  K8S_NODE,
  NAS,
  POD,
  POSTGRES,
  ROUTER,
  WEB_SERVER,
  WINDOWS_DESKTOP,
  WINDOWS_FILE_SERVER,
} from "./typical-hosts.ts";

const inside = (made: MadeHost): HeuristicAnswer => classify(madeHost(made), { internal: true });
const outside = (made: MadeHost): HeuristicAnswer => classify(madeHost(made), { internal: false });

describe("typical hosts", () => {
  test.each<[string, MadeHost, string, string]>([
    ["a PostgreSQL server of a dozen clients", POSTGRES, "database", "database"],
    ["a Redis of one busy client", { served: [["tcp", 6379, 1, 4000]] }, "database", "database"],
    ["a web server with its database elsewhere", WEB_SERVER, "server", "server"],
    [
      "a mail server",
      {
        served: [
          ["tcp", 25, 60, 900],
          ["tcp", 993, 40, 1500],
        ],
        used: [
          ["tcp", 25, 50, 600],
          ["udp", 53, 2, 900],
        ],
        insideClients: 0.3,
      },
      "server",
      "server",
    ],
    ["a domain controller, though it serves SMB", DOMAIN_CONTROLLER, "server", "directory_service"],
    [
      "a domain controller that opens most of its conversations",
      {
        ...DOMAIN_CONTROLLER,
        used: [
          ["tcp", 443, 200, 30_000],
          ["udp", 53, 3, 4000],
        ],
      },
      "server",
      "directory_service",
    ],
    [
      "a proxy on a port of its own, by its many clients",
      { served: [["tcp", 8888, 90, 9000]], used: [["tcp", 443, 800, 9000]], insideServers: 0 },
      "server",
      "server",
    ],
    [
      "a DNS resolver of many",
      {
        served: [
          ["udp", 53, 40, 9000],
          ["tcp", 53, 3, 12],
        ],
        used: [["udp", 53, 90, 4000]],
      },
      "server",
      "dns_server",
    ],
    ["a Windows desktop that answers SMB and name queries", WINDOWS_DESKTOP, "workstation", "workstation"],
    ["an operator station that polls controllers", HMI, "workstation", "workstation"],
    ["a NAS with SMB, NFS and AFP", NAS, "storage", "storage"],
    ["a Windows file server", WINDOWS_FILE_SERVER, "storage", "storage"],
    ["an iSCSI target", ISCSI, "storage", "storage"],
    ["a load balancer", BALANCER, "load_balancer", "load_balancer"],
    ["a router with OSPF and flow export", ROUTER, "network_device", "network_device"],
    ["the gateway of a home", HOME_GATEWAY, "network_device", "network_device"],
    ["a pod", POD, "container", "container"],
    ["a node of a cluster", K8S_NODE, "virtual_machine", "virtual_machine"],
  ])("%s is recognised", (_, made, type, role) => {
    const answer = inside(made);
    expect([answer.type, answer.role], JSON.stringify([answer.scores, answer.missing])).toEqual([type, role]);
    expect(answer.method).toBe("heuristic");
    expect(answer.candidate).toBe(type);
    expect(answer.missing).toEqual([]);
  });

  test("an outside service that hundreds of our hosts use is a cloud service, one of a few is a server", () => {
    expect(outside(CLOUD).type).toBe("cloud_service");
    expect(outside({ served: [["tcp", 443, 3, 200]] }).type).toBe("server");
    expect(inside(CLOUD).type).not.toBe("cloud_service");
  });
});

describe("devices without a core type", () => {
  test.each<[string, MadeHost, string]>([
    [
      "a printer with a web page and SNMP",
      {
        served: [
          ["tcp", 9100, 12, 200],
          ["tcp", 631, 9, 90],
          ["udp", 161, 1, 300],
          ["tcp", 80, 2, 6],
        ],
        used: [["udp", 53, 1, 12]],
      },
      "printer",
    ],
    [
      "a camera that streams to a recorder",
      {
        served: [
          ["tcp", 554, 2, 160],
          ["tcp", 80, 1, 12],
        ],
        used: [["udp", 123, 1, 24]],
        bytesOut: 6e9,
        bytesIn: 1e8,
      },
      "ip_camera",
    ],
    [
      "a telephone",
      {
        served: [["udp", 5060, 1, 40]],
        used: [
          ["udp", 5060, 1, 140],
          ["udp", 16_400, 9, 20],
          ["udp", 123, 1, 24],
        ],
      },
      "voip_phone",
    ],
    [
      "a Modbus controller",
      {
        served: [
          ["tcp", 502, 3, 5000],
          ["tcp", 80, 1, 3],
        ],
      },
      "industrial_controller",
    ],
    [
      "a BACnet controller",
      { served: [["udp", 47_808, 17, 500]], used: [["udp", 47_808, 3, 40]] },
      "iot_device",
    ],
    [
      "a plug that calls home",
      {
        served: [["udp", 1900, 2, 20]],
        used: [
          ["tcp", 8883, 1, 60],
          ["udp", 53, 1, 90],
          ["udp", 123, 2, 24],
        ],
      },
      "iot_device",
    ],
  ])("%s stays unknown and has its role named", (_, made, role) => {
    const answer = inside(made);
    expect([answer.type, answer.role, answer.method], JSON.stringify(answer.scores)).toEqual([
      "unknown",
      role,
      "none",
    ]);
    expect(answer.missing.join()).toMatch(/which is none of the nine core types$/);
  });
});

describe("hosts that cannot be told", () => {
  test.each<[string, MadeHost]>([
    ["names answered for three neighbours: a DNS server or a gateway", { served: [["udp", 53, 3, 900]] }],
    [
      "an appliance with a web page and one visitor",
      { served: [["tcp", 80, 1, 300]], used: [["udp", 53, 1, 40]] },
    ],
    [
      "a laptop with a database of its own",
      { served: [["tcp", 5432, 1, 20]], used: [["tcp", 443, 15, 400]] },
    ],
    [
      "a headless host that asks three servers",
      {
        used: [
          ["tcp", 443, 3, 600],
          ["udp", 53, 1, 300],
        ],
      },
    ],
    [
      "a monitoring server that polls every host",
      {
        served: [["tcp", 443, 2, 60]],
        used: [
          ["udp", 161, 200, 9000],
          ["tcp", 10_050, 150, 4000],
        ],
      },
    ],
    [
      "a Linux host with SSH that syslogs and answers SNMP",
      {
        served: [
          ["tcp", 22, 2, 90],
          ["udp", 161, 1, 300],
        ],
        signalling: [{ protocol: 17, port: 514, peers: 1, steadyPeers: 1 }],
      },
    ],
  ])("%s", (_, made) => {
    const answer = inside(made);
    expect(answer.type, JSON.stringify(answer.scores)).toBe("unknown");
    expect(answer.missing).not.toEqual([]);
  });

  test("too few conversations leave the type unknown, and the answer says how many are missing", () => {
    const answer = inside({ served: [["tcp", 5432, 3, 37]] });
    expect(answer).toMatchObject({ type: "unknown", role: "unknown", method: "none", candidate: "database" });
    expect(answer.missing).toEqual(["37 of 100 conversations seen"]);
  });

  test("the thresholds are the caller's", () => {
    const few = madeHost({ served: [["tcp", 5432, 3, 37]], used: [["udp", 53, 1, 20]] });
    expect(
      classify(few, { internal: true, thresholds: { minConfidence: 0.5, minConversations: 37 } }).type,
    ).toBe("database");
    expect(
      classify(few, { internal: true, thresholds: { minConfidence: 0.97, minConversations: 37 } }).type,
    ).toBe("unknown");
  });

  test("a host without traffic has nothing said of it but that", () => {
    expect(inside({})).toMatchObject({
      type: "unknown",
      confidence: 0,
      missing: ["no accepted conversation seen yet"],
    });
  });

  test("two near candidates make a blank that names both", () => {
    const both = inside({
      served: [["tcp", 8080, 10, 900]],
      used: [
        ["tcp", 5432, 1, 700],
        ["tcp", 8081, 3, 300],
      ],
      servers: 5,
    });
    expect(both.type).toBe("unknown");
    expect(both.missing[0]).toMatch(/^looks like a .+ and like a .+: too close to tell$/);
  });
});

describe("an answer", () => {
  test("explains itself with sentences of what was seen, strongest first", () => {
    const answer = inside(POSTGRES);
    expect(answer.signals[0]).toMatchObject({
      name: "database.serves_database_port",
      direction: "for",
      sentence: "serves PostgreSQL (5432/tcp) to 12 clients",
    });
    const effects = answer.signals.map((signal) => signal.effect);
    expect(effects).toEqual([...effects].sort((a, b) => b - a));
  });

  test("shows what speaks against it too", () => {
    const against = outside({ served: [["tcp", 443, 3, 200]] }).signals.filter(
      (signal) => signal.direction === "against",
    );
    expect(against.map((signal) => signal.name)).toContain("server.lies_outside");
  });

  test("has the runner-up beside it, of another type and no higher", () => {
    const answer = inside(WEB_SERVER);
    expect(answer.runnerUp?.type).not.toBe("server");
    expect(answer.runnerUp?.score).toBeLessThanOrEqual(answer.scores.server);
  });
});
