import type { DemoStanding } from "#app";
import { describe, expect, it } from "vitest";
import { demoJson } from "./demo-json.ts";
import { decisionLine, officeTime, progressLine, summaryText } from "./demo-text.ts";
import { createDemoWatch } from "./demo-watch.ts";
import { createLiveScreen } from "./live-screen.ts";

const decision = {
  address: "10.20.1.5",
  name: "erp-db",
  type: "database",
  confidence: 0.953,
  reason: "serves PostgreSQL (5432/tcp) to 12 clients",
};

const standing: DemoStanding = {
  state: "running",
  share: 0.5,
  atMs: Date.UTC(2026, 10, 20, 9, 42),
  types: [
    { type: "server", made: 4, found: 3, decided: 2, right: 1, confidence: 0.8 },
    { type: "database", made: 2, found: 0, decided: 0, right: 0, confidence: null },
  ],
  totals: { made: 6, found: 3, decided: 2, right: 1 },
  exporters: [
    {
      name: "edge",
      address: "127.0.0.2",
      protocol: "netflow5",
      samplingRate: 1,
      sent: 12_000,
      received: 11_990,
      lost: 10,
    },
  ],
  decisions: [decision],
};

function terminal(columns: number | undefined) {
  const written: string[] = [];
  const stream = {
    isTTY: columns !== undefined,
    columns,
    rows: 40,
    write: (text: string) => written.push(text),
  } as unknown as NodeJS.WriteStream;
  return { screen: createLiveScreen(stream), written };
}

describe("what a demo shows", () => {
  it("is the office's time, how far the day is, records received and hosts, in one line", () => {
    expect(officeTime(standing.atMs, "Europe/Berlin")).toContain("10:42");
    const line = progressLine(standing, "Europe/Berlin");
    expect(line).toContain("11,990 flow records; 3 hosts, 2 with a type");
    expect(line.match(/█/g)).toHaveLength(12);
  });

  it("ends with what was seen, named and right, and says which types nobody was seen of", () => {
    const text = summaryText(standing);
    expect(text).toContain("3 of 6 hosts were seen, 2 were given a type, 1 of these (50 %) the right one.");
    expect(text).toContain("No host was seen of: database.");
    expect(text).toMatch(/edge +127\.0\.0\.2 +NetFlow v5 +1:1 +12,000 +11,990 +10/);
    expect(
      demoJson(standing, { seed: 1, speed: 1440, isComplete: false, firstHostsAfterMs: 4_321 }),
    ).toMatchObject({
      complete: false,
      seconds_to_first_hosts: 4.3,
      hosts: { made: 6, seen: 3, decided: 2, right: 1 },
      exporters: [{ records_sent: 12_000, records_received: 11_990, records_lost: 10 }],
    });
  });

  it("gives each new name its reason, cut where it is long", () => {
    expect(decisionLine(decision)).toBe(
      "10.20.1.5        database         0.95  serves PostgreSQL (5432/tcp) to 12 clients  (erp-db)",
    );
    expect(decisionLine({ ...decision, reason: "x".repeat(500) }).length).toBeLessThan(130);
  });

  it("is written over in place on a terminal, in lines that never wrap", () => {
    const { screen, written } = terminal(60);
    const watch = createDemoWatch(screen, { timeZone: "UTC" });
    watch.show(standing);
    watch.show({ ...standing, decisions: [] });
    const [first, second] = written;
    const lines = first.trimEnd().split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(60);
    expect(second.startsWith(`\u001b[${lines.length}F\u001b[0J`)).toBe(true);
    expect(second).toContain("serves PostgreSQL");
  });

  it("is a plain line every five seconds elsewhere, and loses no new name in between", () => {
    const { screen, written } = terminal(undefined);
    let nowMs = 0;
    const watch = createDemoWatch(screen, { timeZone: "UTC", nowMs: () => nowMs });
    watch.show({ ...standing, decisions: [] });
    nowMs = 1_000;
    watch.show(standing);
    nowMs = 5_000;
    watch.show({ ...standing, decisions: [] });
    expect(written).toHaveLength(2);
    expect(written[0]).not.toContain("PostgreSQL");
    expect(written[1]).toContain("serves PostgreSQL");
    expect(written.join("")).not.toContain("\u001b");
  });
});
