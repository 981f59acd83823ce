import { describe, expect, it } from "vitest";
import { parseSearch, stringifySearch } from "../app/search-text.ts";
import { filterQuery, isFiltered, readAssetSearch, sortOf, toggled } from "./asset-search.ts";

describe("the address of the asset table", () => {
  it("says its filters and order in words that a person can read and send", () => {
    const search = readAssetSearch({ type: ["database", "server"], port: "53/udp", q: "a b&c", min: 0.5 });
    const text = stringifySearch(search as Record<string, unknown>);
    expect(text).toBe("?q=a%20b%26c&type=database,server&port=53/udp&min=0.5");
    expect(readAssetSearch(parseSearch(text))).toEqual(search);
  });

  it("loses what makes no sense, and nothing else", () => {
    const written =
      "?type=,&sort=colour&order=up&min=7&confirmed=maybe&method=ml,ml&q=%20&address=10.0.0.0/8";
    expect(readAssetSearch(parseSearch(written))).toEqual({ method: ["ml"], address: "10.0.0.0/8" });
    expect(readAssetSearch(parseSearch("?sort=constructor"))).toEqual({});
    expect(stringifySearch({})).toBe("");
  });

  it("becomes the query that the API reads", () => {
    const search = readAssetSearch(parseSearch("?type=unknown&confirmed=false&max=0.7&port=443"));
    expect(filterQuery(search, "branch")).toMatchObject({
      network: "branch",
      type: ["unknown"],
      confirmed: false,
      max_confidence: 0.7,
      served_port: "443",
    });
  });

  it("shows what did most where it names no order, and names from their beginning", () => {
    expect(sortOf({})).toEqual({ sort: "conversations", order: "desc" });
    expect(sortOf({ sort: "address" })).toEqual({ sort: "address", order: "asc" });
    expect(sortOf({ sort: "address", order: "desc" })).toEqual({ sort: "address", order: "desc" });
  });

  it("is filtered by all but its order and the network", () => {
    const everything = { network: "office", sort: "name", order: "asc" } as const;
    expect(isFiltered(everything)).toBe(false);
    expect(isFiltered({ confirmed: false })).toBe(true);
  });

  it("takes a value in and out by the same click", () => {
    expect(toggled(undefined, "ml")).toEqual(["ml"]);
    expect(toggled(["ml", "rule"], "ml")).toEqual(["rule"]);
    expect(toggled(["rule"], "rule")).toBeUndefined();
  });
});
