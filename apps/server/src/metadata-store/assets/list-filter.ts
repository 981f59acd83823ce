import { IP_PROTOCOL, formatAddressRange, parseAddressRange } from "@flowlens/flow";
import { and, arrayOverlaps, eq, gte, inArray, lte, sql, type SQL } from "drizzle-orm";
import { badArgument } from "../errors.ts";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { seenOrBefore, textInOrder } from "../schema/asset-order.ts";
import { assets } from "../schema/assets.ts";
import { endpointNumber } from "./asset-columns.ts";
import type { ClassificationMethod } from "./asset.ts";

/** What is named must hold, all of it. */
export interface AssetFilter {
  readonly networkId?: number;
  /** Any of these is in force. */
  readonly types?: readonly string[];
  readonly methods?: readonly ClassificationMethod[];
  /** 0–1, bounds included. */
  readonly minConfidence?: number;
  readonly maxConfidence?: number;
  /** Among the served endpoints with most clients; `protocol` absent: any that has ports. */
  readonly servedPort?: { readonly port: number; readonly protocol?: number };
  /** A CIDR range or one address. */
  readonly addressRange?: string;
  /** Occurs in the address as written, the name or the notes; case is ignored. */
  readonly search?: string;
  /** Lies in the network's internal ranges. */
  readonly internal?: boolean;
  readonly locked?: boolean;
  /** A person said so: locked, or of method `manual`. */
  readonly confirmed?: boolean;
  /** First seen within, bounds included. */
  readonly firstSeenFrom?: Date;
  readonly firstSeenTo?: Date;
  /** Last seen within, bounds included. */
  readonly lastSeenFrom?: Date;
  readonly lastSeenTo?: Date;
}

/** Protocols whose records carry ports (IANA protocol numbers; 33 is DCCP, 136 UDP-Lite). */
const WITH_PORTS = [IP_PROTOCOL.tcp, IP_PROTOCOL.udp, 33, 132, 136];

/** The WHERE of the filter; undefined when it names nothing. @throws METADATA_STORE_BAD_ARGUMENT naming the field */
export function filterCondition(filter: AssetFilter): SQL | undefined {
  const given = <Value>(value: Value | undefined, condition: (value: Value) => SQL): SQL | undefined =>
    value === undefined ? undefined : condition(value);
  return and(
    given(filter.networkId, (id) => eq(assets.networkId, id)),
    given(filter.types, (types) => inArray(assets.assetType, [...types])),
    given(filter.methods, (methods) => inArray(textInOrder(assets.classificationMethod), [...methods])),
    given(filter.minConfidence, (least) => gte(assets.confidence, least)),
    given(filter.maxConfidence, (most) => lte(assets.confidence, most)),
    given(filter.servedPort, ({ port, protocol }) => {
      const protocols = protocol === undefined ? WITH_PORTS : [protocol];
      return arrayOverlaps(
        assets.servedEndpoints,
        protocols.map((one) => endpointNumber(one, port)),
      );
    }),
    given(filter.addressRange, (text) => sql`${assets.address} <<= ${checkedRange(text)}::inet`),
    given(
      filter.search,
      (text) => sql`${assets.searchText} like '%' || lower(${escapePattern(text)}) || '%'`,
    ),
    given(filter.internal, (internal) => (internal ? sql`${assets.internal}` : sql`not ${assets.internal}`)),
    // What is locked is confirmed, and for that there is an index.
    given(filter.locked, (locked) =>
      locked
        ? sql`${assets.confirmed} and ${assets.classificationLocked}`
        : sql`not ${assets.classificationLocked}`,
    ),
    given(filter.confirmed, (confirmed) =>
      confirmed ? sql`${assets.confirmed}` : sql`not ${assets.confirmed}`,
    ),
    given(filter.firstSeenFrom, (from) => seenFrom(assets.firstSeen, from)),
    given(filter.firstSeenTo, (to) => seenTo(assets.firstSeen, to)),
    given(filter.lastSeenFrom, (from) => seenFrom(assets.lastSeen, from)),
    given(filter.lastSeenTo, (to) => seenTo(assets.lastSeen, to)),
  );
}

// In the words of the indexes that the list sorts by, so that a short time is found through them.

function seenFrom(column: AnyPgColumn, from: Date): SQL {
  return sql`${seenOrBefore(column)} >= ${from.toISOString()}::timestamptz`;
}

/** What was never seen was not seen before then either. */
function seenTo(column: AnyPgColumn, to: Date): SQL {
  return sql`(${seenOrBefore(column)} <= ${to.toISOString()}::timestamptz and ${column} is not null)`;
}

function checkedRange(text: string): string {
  const range = parseAddressRange(text);
  if (range !== undefined) return formatAddressRange(range);
  throw badArgument(
    `"${text.slice(0, 50)}" is neither an address nor a range. Write it as 10.1.2.3, 10.0.0.0/8 or fd00::/8.`,
    {
      field: "address",
    },
  );
}

/** The text itself, in a LIKE pattern. */
function escapePattern(text: string): string {
  return text.replaceAll(/[\\%_]/g, (special) => `\\${special}`);
}
