import { INITIATOR } from "@flowlens/flow";
import { withClickHouse } from "#engines/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evidenceNames, EVIDENCE } from "./orientation/evidence.ts";
import { KNOWN_SERVICES, knownPortKeys } from "./orientation/known-ports.ts";
import {
  openStoreUnderTest,
  type StoreUnderTest,
  type TestAggregate,
  type TestRecord,
} from "./testing/store-under-test.ts";

const clickhouse = withClickHouse();
let store: StoreUnderTest;
let networkId = 0;

beforeAll(async () => {
  store = await openStoreUnderTest(clickhouse);
});
afterAll(() => store.drop());

const T0 = Date.UTC(2026, 0, 5, 10);
const SYN = 0x02;
const SYN_ACK = 0x12;
const ALL = 0x1b;
const RST_ACK = 0x14;
const UDP = 17;
const ICMP = 1;

/** One direction; `at` in ms after T0 + 2 min, so that the beginning of the view is far away. */
function packet(
  ...[from, to, at, more = {}]: [from: string, to: string, at: number, more?: Partial<TestRecord>]
): TestRecord {
  const [fromHost, fromPort] = from.split(":");
  const [toHost, toPort] = to.split(":");
  const startMs = T0 + 120_000 + at;
  const ends = { from: fromHost, to: toHost, fromPort: Number(fromPort ?? 0), toPort: Number(toPort ?? 0) };
  return { ...ends, startMs, endMs: startMs + 1000, packets: 5, bytes: 900, ...more };
}

/** Something that opens the view, two minutes before everything else. */
const VIEW: TestRecord = { ...packet("10.9.9.9:40000", "10.9.9.8:53", -120_000), protocol: UDP };

/** The server's side of what becomes of each set of records, in a network of its own, all folded at once. */
async function aggregatesOfEach(
  sets: readonly (readonly TestRecord[])[],
  settings: { readonly knownPorts?: boolean } = {},
): Promise<TestAggregate[][]> {
  const first = networkId + 1;
  networkId += sets.length;
  for (const [i, records] of sets.entries()) await store.insert([VIEW, ...records], { networkId: first + i });
  await store.fold(settings);
  const all = await Promise.all(sets.map((_, i) => store.aggregates(first + i)));
  return all.map((rows) => rows.filter((row) => row.side === "server" && row.host !== "10.9.9.8"));
}

async function aggregatesOf(
  records: readonly TestRecord[],
  settings: { readonly knownPorts?: boolean } = {},
): Promise<TestAggregate[]> {
  const [rows] = await aggregatesOfEach([records], settings);
  return rows;
}

/** `server:port` of every conversation group and why. */
async function servers(
  records: readonly TestRecord[],
  settings: { readonly knownPorts?: boolean } = {},
): Promise<[server: string, because: string[]][]> {
  const rows = await aggregatesOf(records, settings);
  return rows.map((row) => [`${row.host}:${row.service_port}`, evidenceNames(row.orientation_evidence)]);
}

describe("who is the server", () => {
  it("is who did not open, where the record's maker saw that, whatever everything else says", async () => {
    const seen = await servers([
      packet("10.0.0.1:443", "10.0.0.2:50123", 0, { initiator: INITIATOR.sourceSeen }),
      packet("10.0.0.2:50123", "10.0.0.1:443", -5, { initiator: INITIATOR.destinationSeen }),
    ]);
    expect(seen).toEqual([["10.0.0.2:50123", ["initiatorSeen"]]]);
  });

  it("is who a log says did not open, unless port and time together say otherwise", async () => {
    const claim = [
      packet("10.0.0.1:6100", "10.0.0.2:6200", 0, { initiator: INITIATOR.destinationClaimed }),
      packet("10.0.0.2:6200", "10.0.0.1:6100", 0, { initiator: INITIATOR.sourceClaimed }),
    ];
    expect(await servers(claim)).toEqual([["10.0.0.1:6100", ["initiatorClaimed", "lowerPort"]]]);
    const wrong = [
      packet("10.0.0.1:50123", "10.0.0.2:443", 0, { initiator: INITIATOR.destinationClaimed }),
      packet("10.0.0.2:443", "10.0.0.1:50123", 10, { initiator: INITIATOR.sourceClaimed }),
    ];
    expect((await servers(wrong))[0][0]).toBe("10.0.0.2:443");
  });

  it("is who was sent a SYN without ACK, and who sent a lone SYN-ACK, through any exporter and clock", async () => {
    const flags = [
      packet("10.0.0.1:443", "10.0.0.2:50123", 3000, { flags: SYN, packets: 1, exporter: "192.0.2.1" }),
      packet("10.0.0.2:50123", "10.0.0.1:443", 0, { flags: ALL, exporter: "192.0.2.2" }),
    ];
    expect(await servers(flags)).toEqual([["10.0.0.2:50123", ["tcpFlags"]]]);
    const alone = [packet("10.0.0.2:50123", "10.0.0.1:443", 0, { flags: SYN_ACK, packets: 1 })];
    expect(await servers(alone)).toEqual([["10.0.0.2:50123", ["tcpFlags"]]]);
  });

  it("is who sent the later first packet, where both first records hold the SYN", async () => {
    const records = [
      packet("10.0.0.2:6200", "10.0.0.1:6100", 1, { flags: ALL }),
      packet("10.0.0.1:6100", "10.0.0.2:6200", 0, { flags: ALL }),
    ];
    expect(await servers(records)).toEqual([["10.0.0.2:6200", ["timeOrder"]]]);
  });

  it("is not told by first packets of a connection that was running before: no SYN, or first seen as the view begins", async () => {
    const ack = 0x18;
    const running = [
      packet("10.0.0.1:8443", "10.0.0.2:50123", 0, { flags: ack }),
      packet("10.0.0.2:50123", "10.0.0.1:8443", 7, { flags: ack }),
    ];
    expect((await servers(running))[0]).toEqual([
      "10.0.0.1:8443",
      ["knownPort", "ephemeralPort", "lowerPort"],
    ]);
    const atTheEdge = [
      packet("10.0.0.1:8443", "10.0.0.2:50123", -119_000),
      packet("10.0.0.2:50123", "10.0.0.1:8443", -118_990),
    ];
    expect((await servers(atTheEdge))[0][0]).toBe("10.0.0.1:8443");
    const inView = [
      packet("10.0.0.1:8443", "10.0.0.2:50123", 0),
      packet("10.0.0.2:50123", "10.0.0.1:8443", 10),
    ];
    expect((await servers(inView))[0]).toEqual(["10.0.0.2:50123", ["timeOrder"]]);
  });

  it("does not compare the clocks of two exporters", async () => {
    const records = [
      packet("10.0.0.1:50123", "10.0.0.2:5432", 2000, { exporter: "192.0.2.1", flags: ALL }),
      packet("10.0.0.2:5432", "10.0.0.1:50123", 0, { exporter: "192.0.2.2", flags: ALL }),
    ];
    expect((await servers(records))[0]).toEqual([
      "10.0.0.2:5432",
      ["knownPort", "ephemeralPort", "lowerPort"],
    ]);
    expect((await servers(records, { knownPorts: false }))[0][0]).toBe("10.0.0.2:5432");
  });

  it("is the endpoint that many peer endpoints talk to, though no port says so", async () => {
    const clients = [1, 2, 3, 4, 5].flatMap((i) => [
      packet(`10.0.0.${i}:${6000 + i}`, "10.0.1.1:7321", 0, { flags: ALL, exporter: "192.0.2.1" }),
      packet("10.0.1.1:7321", `10.0.0.${i}:${6000 + i}`, 0, { flags: ALL, exporter: "192.0.2.1" }),
    ]);
    const seen = await servers(clients, { knownPorts: false });
    expect(seen.map(([server]) => server)).toEqual(Array.from({ length: 5 }, () => "10.0.1.1:7321"));
    expect(seen[0][1]).toContain("endpointPeers");
  });

  it("learns from plain conversations: same endpoint, same port on other hosts, same host", async () => {
    const plain = (client: string, server: string) => [
      packet(client, server, 0, { flags: ALL }),
      packet(server, client, 2, { flags: ALL }),
    ];
    const tie = (one: string, other: string) => [
      packet(one, other, 50, { flags: ALL }),
      packet(other, one, 50, { flags: ALL }),
    ];
    const seen = await aggregatesOf([
      ...plain("10.0.0.1:6001", "10.0.1.1:7321"),
      ...plain("10.0.0.2:6002", "10.0.1.2:7321"),
      ...plain("10.0.0.3:6003", "10.0.1.2:7321"),
      ...tie("10.0.0.9:6900", "10.0.1.1:7321"),
      ...tie("10.0.0.8:6900", "10.0.1.3:7321"),
    ]);
    const of = (client: string) => seen.find((row) => row.peer === client)!;
    expect(of("10.0.0.9")).toMatchObject({ host: "10.0.1.1", service_port: 7321 });
    expect(evidenceNames(of("10.0.0.9").orientation_evidence)).toEqual([
      "endpointPeers",
      "endpointServes",
      "portServed",
      "hostServes",
    ]);
    expect(of("10.0.0.8")).toMatchObject({ host: "10.0.1.3", service_port: 7321 });
    expect(evidenceNames(of("10.0.0.8").orientation_evidence)).toEqual(["portServed"]);
  });

  it("remembers an endpoint for later folds, and not for other networks", async () => {
    const plain = [1, 2].flatMap((i) => [
      packet(`10.0.0.${i}:6001`, "10.0.1.1:7321", 0, { flags: ALL }),
      packet("10.0.1.1:7321", `10.0.0.${i}:6001`, 2, { flags: ALL }),
    ]);
    const hourLater = 3_600_000;
    const unplain = [
      packet("10.0.0.9:6900", "10.0.1.1:7321", hourLater, { flags: 0x18 }),
      packet("10.0.1.1:7321", "10.0.0.9:6900", hourLater, { flags: 0x18 }),
    ];
    await aggregatesOf(plain);
    await store.insert(unplain, { networkId });
    await store.fold();
    const remembered = (await store.aggregates(networkId)).find(
      (row) => row.side === "server" && row.peer === "10.0.0.9",
    );
    expect(remembered).toMatchObject({ host: "10.0.1.1" });
    expect(evidenceNames(remembered!.orientation_evidence)).toContain("endpointServes");
    expect((await servers(unplain))[0][0]).toBe("10.0.0.9:6900");
  });

  it("stays the same in every window of a conversation", async () => {
    const records = [0, 300_000, 600_000].flatMap((at) => [
      packet("10.0.0.1:6100", "10.0.0.2:6200", at, { flags: at === 0 ? ALL : 0x18 }),
      packet("10.0.0.2:6200", "10.0.0.1:6100", at + (at === 0 ? 3 : -9), { flags: at === 0 ? ALL : 0x18 }),
    ]);
    expect((await servers(records)).map(([server]) => server)).toEqual([
      "10.0.0.2:6200",
      "10.0.0.2:6200",
      "10.0.0.2:6200",
    ]);
  });

  it("is the addressee of an echo request, and of a multicast or broadcast", async () => {
    const echo = [
      packet("10.0.0.9", "10.0.0.1", 5, { protocol: ICMP, icmp: 8 * 256 }),
      packet("10.0.0.1", "10.0.0.9", 0, { protocol: ICMP, icmp: 0 }),
    ];
    expect(await aggregatesOf(echo)).toMatchObject([
      { host: "10.0.0.1", peer: "10.0.0.9", service_port: 0, answered: 1 },
    ]);
    const group = [
      packet("10.0.0.1:5353", "224.0.0.251:5353", 0, { protocol: UDP }),
      packet("10.0.0.1:138", "255.255.255.255:9138", 0, { protocol: UDP }),
    ];
    expect((await servers(group)).map(([server]) => server)).toEqual([
      "224.0.0.251:5353",
      "255.255.255.255:9138",
    ]);
    const ipv6 = [packet("0:0", "0:0", 0)].map((one) => ({
      ...one,
      from: "fe80::1",
      to: "ff02::fb",
      fromPort: 5353,
      toPort: 5353,
      protocol: UDP,
    }));
    expect(await aggregatesOf(ipv6)).toMatchObject([{ host: "ff02::fb", answered: 0 }]);
  });

  it("is the endpoint seen to serve, where sampling shows its answers only", async () => {
    const records = [
      packet("10.0.1.1:443", "10.0.0.1:50123", 0, { rate: 100, packets: 1, bytes: 1500, flags: 0x18 }),
    ];
    expect(await aggregatesOf(records)).toMatchObject([
      { host: "10.0.1.1", service_port: 443, answered: 1, accepted: 1 },
    ]);
  });

  it("does not depend on the order in which the rows arrive", async () => {
    const records = [1, 2, 3].flatMap((i) => [
      packet(`10.0.0.${i}:${6000 + i}`, "10.0.1.1:7321", 0, { flags: 0x18 }),
      packet("10.0.1.1:7321", `10.0.0.${i}:${6000 + i}`, i - 2, { flags: 0x18 }),
    ]);
    expect(await servers(records)).toEqual(await servers(records.toReversed()));
  });
});

describe("a scan makes nobody a server", () => {
  const ports = [21, 22, 23, 53, 80, 443, 3389, 5432, 8080, 40_000, 55_000];
  const targets = ["10.0.1.1", "10.0.1.2", "10.0.1.3"];
  interface Ends {
    readonly scanner: string;
    readonly target: string;
    readonly at: number;
  }
  const scan = (source: number, make: (ends: Ends) => TestRecord[]): TestRecord[] =>
    targets.flatMap((target) =>
      ports.flatMap((port) =>
        make({ scanner: `10.0.0.66:${source}`, target: `${target}:${port}`, at: port }),
      ),
    );
  /** Nothing was answered and no row has the scanner as server. */
  const expectNoService = (rows: readonly TestAggregate[], refused: boolean): void => {
    expect(rows).toHaveLength(targets.length * ports.length);
    expect(new Set(rows.map((row) => row.peer))).toEqual(new Set(["10.0.0.66"]));
    expect(rows.every((row) => row.answered === 0 && row.accepted === 0 && row.started === 1)).toBe(true);
    expect(rows.every((row) => row.refused === Number(refused) && row.one_way === Number(!refused))).toBe(
      true,
    );
  };

  it("by TCP, from a high port or one of a service: unanswered, refused, with flags and without", async () => {
    const sources = [45_678, 80, 443, 53];
    const bare = { packets: 1, bytes: 40 };
    const probe = (ends: Ends, flags: number) =>
      packet(ends.scanner, ends.target, ends.at, { ...bare, bytes: 44, flags });
    const reset = (ends: Ends, flags: number) =>
      packet(ends.target, ends.scanner, ends.at + 1, { ...bare, flags });
    const vain = sources.flatMap((source) =>
      [SYN, 0].map((flags) => scan(source, (ends) => [probe(ends, flags)])),
    );
    const refused = sources.flatMap((source) => [
      scan(source, (ends) => [probe(ends, SYN), reset(ends, RST_ACK)]),
      scan(source, (ends) => [probe(ends, 0), reset(ends, 0)]),
    ]);
    const found = await aggregatesOfEach([...vain, ...refused]);
    for (const [i, rows] of found.entries()) expectNoService(rows, i >= vain.length);
  });

  it("by UDP, from a high port or one of a service: unanswered, or answered by ICMP unreachable", async () => {
    const probe = (ends: Ends) =>
      packet(ends.scanner, ends.target, ends.at, { protocol: UDP, packets: 1, bytes: 120 });
    const vain = [45_678, 53, 123].map((source) => scan(source, (ends) => [probe(ends)]));
    const unreachable = targets.map((target) =>
      packet(target, "10.0.0.66", 60_000, { protocol: ICMP, icmp: 3 * 256 + 3 }),
    );
    const found = await aggregatesOfEach([...vain, ...vain.map((records) => [...records, ...unreachable])]);
    for (const [i, rows] of found.entries()) {
      expectNoService(
        rows.filter((row) => row.protocol === UDP),
        i >= vain.length,
      );
      expect(rows.every((row) => row.answered === 0)).toBe(true);
    }
  });
});

describe("the evidence's catalogue", () => {
  it("gives each kind a bit of its own in 16", () => {
    const bits = Object.values(EVIDENCE).map((kind) => kind.bit);
    expect(new Set(bits).size).toBe(bits.length);
    expect(Math.max(...bits)).toBeLessThan(16);
  });

  it("names ports that exist, each once a group", () => {
    for (const group of KNOWN_SERVICES) {
      for (const ports of [group.tcp ?? [], group.udp ?? []]) {
        expect(
          ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536),
          group.what,
        ).toBe(true);
        expect(new Set(ports).size, group.what).toBe(ports.length);
      }
    }
    expect(knownPortKeys()).toContain(6 * 65_536 + 5432);
  });
});
