import { Value } from "typebox/value";
import { describe, expect, it } from "vitest";
import * as contract from "./index.ts";
import { AssetDetail, AssetList, HealthReady, NetworkList } from "./index.ts";

const ITEM = {
  id: 1,
  network: "default",
  address: "10.1.2.3",
  internal: true,
  pinned: false,
  name: "",
  asset_type: "database",
  confidence: 0.93,
  classification_method: "heuristic",
  classification_locked: false,
  confirmed: false,
  type_since: "2026-03-01T12:00:00.000Z",
  role: { name: "database", confidence: 0.9 },
  engine: {
    asset_type: "database",
    confidence: 0.93,
    method: "heuristic",
    runner_up: { asset_type: "server", confidence: 0.2 },
    model_version: null,
  },
  conversations: 12,
  bytes_in: 9_007_199_254_740_991,
  bytes_out: 0,
  clients: 3,
  servers: 0,
  served_ports: [{ protocol: 6, port: 5432, name: "5432/tcp", clients: 3 }],
  max_sampling_rate: 1,
  first_seen: "2026-03-01T12:00:00.000Z",
  last_seen: null,
  classified_at: null,
};

const REASON = {
  name: "database.serves_database_port",
  direction: "for",
  effect: 0.4,
  sentence: "serves PostgreSQL (5432/tcp) to 3 clients",
};

const DETAIL = {
  ...ITEM,
  notes: "",
  challenger: { asset_type: "server", runs: 2 },
  explanation: {
    period_from: "2026-02-28T12:00:00.000Z",
    period_to: "2026-03-01T12:00:00.000Z",
    reasons: [REASON],
    runner_up: { asset_type: "server", confidence: 0.2 },
    missing: [],
    feature_version: "features.v1",
    features: [{ name: "traffic_variance", label: "variation", value: null, reads: "variation: missing" }],
    counts: { inbound_conversations: 12, top_served_ports: [] },
  },
  history: [
    {
      id: 1,
      at: "2026-03-01T12:00:00.000Z",
      from_type: "unknown",
      to_type: "database",
      method: "heuristic",
      confidence: 0.93,
      model_version: null,
      feature_version: "features.v1",
      vector: [0.5, null],
      reasons: [REASON],
    },
  ],
};

describe("answers", () => {
  it("of the asset list are as the schema says, with and without cursor and total", () => {
    expect(Value.Errors(AssetList, { assets: [ITEM], next_cursor: "abc", total: 7 })).toEqual([]);
    expect(Value.Errors(AssetList, { assets: [], next_cursor: null, total: null })).toEqual([]);
    expect(
      Value.Check(AssetList, { assets: [{ ...ITEM, confidence: 93 }], next_cursor: null, total: null }),
    ).toBe(false);
    expect(Value.Check(AssetList, { assets: [ITEM], total: null })).toBe(false);
  });

  it("of one asset carry its explanation and history, or none of them", () => {
    expect(Value.Errors(AssetDetail, DETAIL)).toEqual([]);
    expect(Value.Errors(AssetDetail, { ...DETAIL, explanation: null, history: [] })).toEqual([]);
    const { sentence: _sentence, ...withoutWords } = REASON;
    const unexplained = { ...DETAIL, explanation: { ...DETAIL.explanation, reasons: [withoutWords] } };
    expect(Value.Check(AssetDetail, unexplained)).toBe(false);
  });

  it("of networks and health are as the schemas say", () => {
    const network = {
      id: 1,
      name: "default",
      internal_ranges: ["10.0.0.0/8"],
      time_zone: "UTC",
      created_at: "2026-03-01T12:00:00.000Z",
    };
    expect(Value.Errors(NetworkList, { networks: [network] })).toEqual([]);
    const checks = [{ name: "clickhouse", ready: true, reason: null }];
    expect(Value.Errors(HealthReady, { status: "ready", version: "0.1.0", checks })).toEqual([]);
  });
});

describe("the schemas", () => {
  it("name every field in snake case", () => {
    const schemas = Object.values(contract).filter(
      (value) => typeof value === "object" && "properties" in value,
    );
    expect(schemas.length).toBeGreaterThan(10);
    const names = schemas.flatMap(fieldNames);
    expect(names).toContain("classification_method");
    expect(names.filter((name) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  it("survive being written as JSON, as the OpenAPI document does", () => {
    const copy: unknown = JSON.parse(JSON.stringify(AssetDetail));
    expect(Value.Check(copy as typeof AssetDetail, DETAIL)).toBe(true);
    expect(Value.Check(copy as typeof AssetDetail, { ...DETAIL, id: "1" })).toBe(false);
  });
});

function fieldNames(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = "properties" in schema ? Object.keys(schema.properties as object) : [];
  return [...own, ...Object.values(schema).flatMap(fieldNames)];
}
