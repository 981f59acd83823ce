import fc from "fast-check";
import { Value } from "typebox/value";
import { describe, expect, it } from "vitest";
import { ASSET_SORT_KEYS, AssetListQuery, formatServedPort, parseServedPort } from "./index.ts";

describe("the query of the asset list", () => {
  it("takes every filter at once", () => {
    const query = {
      network: "default",
      type: ["database", "appliance_of_ours"],
      method: ["ml", "manual"],
      min_confidence: 0.5,
      max_confidence: 1,
      served_port: "5432/tcp",
      address: "10.0.0.0/8",
      search: "db",
      internal: true,
      locked: false,
      first_seen_from: "2026-02-01T00:00:00Z",
      first_seen_to: "2026-02-02T00:00:00Z",
      confirmed: true,
      last_seen_from: "2026-03-01T00:00:00Z",
      last_seen_to: "2026-03-02T00:00:00Z",
      sort: "last_seen",
      order: "desc",
      cursor: "abc",
      limit: 1000,
      with_total: true,
    };
    expect(Value.Check(AssetListQuery, query)).toBe(true);
    expect(Value.Check(AssetListQuery, {})).toBe(true);
  });

  it.each([
    ["an unknown name", { colour: "red" }],
    ["a share above 1", { min_confidence: 70 }],
    ["a port with an unknown protocol", { served_port: "53/quic" }],
    ["port 0", { served_port: "0" }],
    ["an unknown method", { method: ["guess"] }],
    ["an unknown sort", { sort: "colour" }],
    ["a page of nothing", { limit: 0 }],
    ["an empty search", { search: "" }],
    ["a type that cannot be a name", { type: ["Data base"] }],
  ])("refuses %s", (_what, query) => {
    expect(Value.Check(AssetListQuery, query)).toBe(false);
  });

  it("sorts by every key in both directions", () => {
    for (const by of ASSET_SORT_KEYS) {
      expect(Value.Check(AssetListQuery, { sort: by, order: "asc" })).toBe(true);
      expect(Value.Check(AssetListQuery, { sort: by, order: "desc" })).toBe(true);
    }
  });
});

describe("a served port", () => {
  it("is read as it is written", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 65_535 }),
        fc.constantFrom(6, 17, 33, 132, 136),
        (port, protocol) => {
          expect(parseServedPort(formatServedPort({ port, protocol }))).toEqual({ port, protocol });
          expect(parseServedPort(String(port))).toEqual({ port });
        },
      ),
    );
  });

  it.each(["", "0", "65536", "443/", "443/quic", "443/tcp/6", "443/constructor", " 443", "4e2", "443/TCP"])(
    "is none in %j",
    (text) => {
      expect(parseServedPort(text)).toBeUndefined();
    },
  );

  it("over a protocol without a name shows its number", () => {
    expect(formatServedPort({ protocol: 99, port: 7 })).toBe("7/99");
  });
});
