import type { LiveExporter } from "#collection";
import type { AssetSummary } from "#metadata-store";
import type { SentTotals, SimulatedExporter } from "#simulation";
import { describe, expect, it } from "vitest";
import { exporterStandings, totalsOf, typeStandings } from "./demo-standing.ts";

const host = (address: string, type: "server" | "database") => ({
  address,
  type,
  role: "",
  name: address,
  isInternal: true,
});
const asset = (assetType: string, confidence: number) => ({ assetType, confidence }) as AssetSummary;

describe("how a demo stands", () => {
  it("is counted by what the hosts truly are", () => {
    const hosts = [host("a", "server"), host("b", "server"), host("c", "server"), host("d", "database")];
    const assets = new Map([
      ["a", asset("server", 0.8)],
      ["b", asset("database", 0.6)],
      ["c", asset("unknown", 0.1)],
      ["x", asset("server", 1)],
    ]);
    const types = typeStandings(hosts, assets);
    expect(types).toEqual([
      { type: "server", made: 3, found: 3, decided: 2, right: 1, confidence: 0.7 },
      { type: "database", made: 1, found: 0, decided: 0, right: 0, confidence: null },
    ]);
    expect(totalsOf(types)).toEqual({ made: 4, found: 3, decided: 2, right: 1 });
  });

  it("tells what of each exporter arrived, shared out where several have one address", () => {
    const sent = (name: string, address: string, records: number) =>
      ({ name, address, protocol: "ipfix", samplingRate: 1, records }) as SimulatedExporter & SentTotals;
    const live = (address: string, records: number, recordsDropped = 0) =>
      ({ address, records, recordsDropped }) as LiveExporter;
    const standings = exporterStandings(
      [
        sent("a", "127.0.0.2", 100),
        sent("b", "127.0.0.3", 300),
        sent("c", "127.0.0.3", 100),
        sent("d", "::1", 5),
      ],
      [live("127.0.0.2", 100, 1), live("127.0.0.3", 200)],
    );
    expect(standings.map(({ name, received, lost }) => [name, received, lost])).toEqual([
      ["a", 99, 1],
      ["b", 150, 150],
      ["c", 50, 50],
      ["d", 0, 5],
    ]);
  });
});
