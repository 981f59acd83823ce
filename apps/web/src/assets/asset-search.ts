import type { AssetListQuery } from "@flowlens/contract";
import type { Query } from "../api/get-json.ts";

export type AssetSortKey = NonNullable<AssetListQuery["sort"]>;

/** What the address of the asset table says: its filters and its order. Short names, since people read and send them. */
export interface AssetSearch {
  readonly q?: string;
  readonly type?: readonly string[];
  readonly method?: readonly string[];
  readonly port?: string;
  readonly address?: string;
  readonly confirmed?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly sort?: AssetSortKey;
  readonly order?: "asc" | "desc";
}

const SORT_KEYS: Readonly<Record<AssetSortKey, true>> = {
  address: true,
  name: true,
  type: true,
  method: true,
  confidence: true,
  first_seen: true,
  last_seen: true,
  conversations: true,
  bytes_in: true,
  bytes_out: true,
  clients: true,
  servers: true,
};

/** Reads an address, which anybody may have written: what makes no sense is left out. */
export function readAssetSearch(given: Readonly<Record<string, unknown>>): AssetSearch {
  const sort = text(given["sort"]);
  const order = text(given["order"]);
  return withoutUndefined({
    q: text(given["q"]),
    type: list(given["type"]),
    method: list(given["method"]),
    port: text(given["port"]),
    address: text(given["address"]),
    confirmed: { true: true, false: false }[String(given["confirmed"])],
    min: share(given["min"]),
    max: share(given["max"]),
    sort: sort !== undefined && Object.hasOwn(SORT_KEYS, sort) ? (sort as AssetSortKey) : undefined,
    order: order === "asc" || order === "desc" ? order : undefined,
  });
}

/** The filters as the API names them. */
export function filterQuery(search: AssetSearch, network: string | undefined): Query {
  return {
    network,
    search: search.q,
    type: search.type,
    method: search.method,
    served_port: search.port,
    address: search.address,
    confirmed: search.confirmed,
    min_confidence: search.min,
    max_confidence: search.max,
  };
}

/** What is shown first is what did most. */
export function sortOf(search: AssetSearch): { readonly sort: AssetSortKey; readonly order: "asc" | "desc" } {
  const sort = search.sort ?? "conversations";
  return { sort, order: search.order ?? firstOrder(sort) };
}

/** Names and addresses begin at their beginning, amounts and times at the greatest. */
export function firstOrder(sort: AssetSortKey): "asc" | "desc" {
  return sort === "address" || sort === "name" || sort === "type" || sort === "method" ? "asc" : "desc";
}

/** The list with the value in it, or without it where it was in. Undefined when nothing is left. */
export function toggled(values: readonly string[] = [], value: string): readonly string[] | undefined {
  const rest = values.filter((one) => one !== value);
  if (rest.length === values.length) return [...values, value];
  return rest.length === 0 ? undefined : rest;
}

function text(value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const trimmed = String(value).trim();
  return trimmed === "" ? undefined : trimmed;
}

function list(value: unknown): readonly string[] | undefined {
  const values: readonly unknown[] = Array.isArray(value) ? value : (text(value)?.split(",") ?? []);
  const names = values.map((one) => String(one).trim()).filter((name) => name !== "");
  return names.length === 0 ? undefined : [...new Set(names)];
}

function share(value: unknown): number | undefined {
  const number = Number(text(value));
  return number >= 0 && number <= 1 ? number : undefined;
}

function withoutUndefined(search: {
  readonly [Key in keyof AssetSearch]-?: AssetSearch[Key] | undefined;
}): AssetSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}

/** Whether anything but the order is asked for. The network, which every page has, is no filter. */
export function isFiltered({ q, type, method, port, address, confirmed, min, max }: AssetSearch): boolean {
  return [q, type, method, port, address, confirmed, min, max].some((filter) => filter !== undefined);
}
