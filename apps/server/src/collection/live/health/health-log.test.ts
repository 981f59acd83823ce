import { silentLogger, type Logger } from "#telemetry";
import { describe, expect, it } from "vitest";
import { restingExporter } from "../exporter-registry.ts";
import type { CollectorStatus, LiveExporter } from "../live-types.ts";
import { createHealthLog } from "./health-log.ts";

function record() {
  const lines: { readonly fields: Readonly<Record<string, unknown>>; readonly message: string }[] = [];
  const write = (fields: unknown, message?: string) =>
    void lines.push({ fields: fields as Record<string, unknown>, message: message ?? "" });
  const logger: Logger = { ...silentLogger, info: write, warn: write };
  let nowMs = 0;
  const log = createHealthLog(logger, () => nowMs);
  return {
    lines,
    messages: () => lines.map(({ message }) => message),
    look: (exporters: readonly LiveExporter[], different: Partial<CollectorStatus> = {}) =>
      log.look({ ...STATUS, ...different }, exporters),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

const STATUS: CollectorStatus = {
  enabled: true,
  running: true,
  sockets: [],
  refusedSenders: [],
  refusedOthers: 0,
  queue: { waitingBytes: 0, limitBytes: 1, waitingPackets: 0, droppedPackets: 0, lostPackets: 0 },
  decoding: { packets: 0, records: 0, counters: {} },
  spool: { storedRecords: 0, droppedRecords: 0, full: false, failure: undefined },
  restarts: 0,
};

const SOCKET = {
  address: "0.0.0.0",
  port: 2055,
  protocols: [],
  packets: 0,
  bytes: 0,
  refused: 0,
  queueDrops: 0,
  kernelDrops: 0,
  receiveBufferAskedBytes: 1,
  receiveBufferBytes: 1,
};

const MINUTE_MS = 60_000;

function exporter(different: Partial<LiveExporter> = {}): LiveExporter {
  const resting = restingExporter(
    {
      address: "10.0.0.1",
      name: "",
      networkId: 1,
      network: "default",
      samplingRate: null,
      simulatedClock: null,
      protocols: ["netflow9"],
      firstSeen: null,
      lastSeen: null,
      createdAt: new Date(0),
    },
    0,
  );
  return { ...resting, packets: 1, state: "receiving", ...different };
}

describe("the log of the collector's health", () => {
  it("greets a new exporter once", () => {
    const test = record();
    test.look([exporter()]);
    test.look([exporter({ packets: 500 })]);
    expect(test.messages()).toEqual(["first packets of an exporter"]);
    expect(test.lines[0].fields).toMatchObject({ exporter: "10.0.0.1", protocols: ["netflow9"] });
  });

  it("tells of loss by how much there was since the last look, and not again for minutes", () => {
    const test = record();
    test.look([exporter()]);
    test.look([exporter({ recordsLost: 30 })]);
    for (let n = 0; n < 20; n++) {
      test.pass(2_000);
      test.look([exporter({ recordsLost: 31 + n })]);
    }
    test.pass(6 * MINUTE_MS);
    test.look([exporter({ recordsLost: 100 })]);
    const losses = test.lines.filter(({ message }) => message.includes("did not come"));
    expect(losses.map(({ fields }) => [fields["lost"], fields["linesKeptBack"]])).toEqual([
      [30, undefined],
      [50, 20],
    ]);
  });

  it("tells when an exporter falls silent, and when it is back", () => {
    const test = record();
    test.look([exporter()]);
    test.look([exporter({ state: "silent" })]);
    test.look([exporter({ state: "silent" })]);
    test.look([exporter()]);
    expect(test.messages().slice(1)).toEqual([
      "nothing came from an exporter for 5 minutes; look whether it still sends here",
      "an exporter sends again",
    ]);
  });

  it("tells of waiting for templates, of malformed packets, and of what was dropped where", () => {
    const test = record();
    test.look([exporter()], { sockets: [SOCKET] });
    test.look(
      [exporter({ state: "waiting_for_template", malformed: 2, malformedByReason: { too_short: 2 } })],
      {
        sockets: [{ ...SOCKET, kernelDrops: 5, queueDrops: 6 }],
        refusedSenders: [{ address: "8.8.8.8", packets: 7 }],
        spool: { storedRecords: 0, droppedRecords: 8, full: true, failure: "limit" },
      },
    );
    const told = test.lines.slice(1).map(({ fields, message }) => [message.split(";")[0], fields["packets"]]);
    expect(told).toEqual([
      ["packets of a sender outside the private ranges were refused", 7],
      ["the system dropped packets before they could be read", 5],
      ["packets were dropped because decoding did not keep up", 6],
      ["records were lost because the spool could not take them", undefined],
      ["records of an exporter wait for their template, which it sends every few minutes", undefined],
      ["malformed packets came from an exporter", 2],
    ]);
  });

  it("keeps back what a thousand exporters would say at once, and says how much that was", () => {
    const test = record();
    const many = Array.from({ length: 1_000 }, (_, n) => exporter({ address: `10.0.${n >> 8}.${n & 255}` }));
    test.look(many);
    expect(test.lines).toHaveLength(30);
    test.pass(2 * MINUTE_MS);
    test.look([...many, exporter({ address: "10.9.9.9" })]);
    expect(test.lines.at(-2)).toMatchObject({ fields: { lines: 970 } });
    expect(test.lines.at(-1)).toMatchObject({ fields: { exporter: "10.9.9.9" } });
  });
});
