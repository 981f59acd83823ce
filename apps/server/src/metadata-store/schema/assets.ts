import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  json,
  pgTable,
  smallint,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { address, CLASSIFICATION_METHODS, featureVector, instant, isShare, oneOf } from "./columns.ts";
import { nameInOrder, seenOrBefore, textInOrder } from "./asset-order.ts";
import { networks } from "./networks.ts";
import type { Reason } from "./reason.ts";
import { assetTypes } from "./types.ts";

/**
 * Hosts, one row for each address in a network. Rows are kept narrow (what the list shows, filters and sorts by), so
 * that a filter without an index is answered by reading them all; what is wide stands in `asset_evidence`.
 *
 * The list pages by (sort value, id), so each sort that people often use has an index on that pair. They cost a
 * quarter of the time to write a look at the traffic, and make a page 2 to 5 ms instead of 50.
 */
export const assets = pgTable(
  "assets",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    networkId: integer("network_id")
      .notNull()
      .references(() => networks.id, { onDelete: "cascade" }),
    address: address("address").notNull(),
    /** Lies in the network's internal ranges. */
    internal: boolean().notNull(),
    /** A person wants it listed whatever its traffic. */
    pinned: boolean().notNull().default(false),
    name: text().notNull().default(""),
    notes: text().notNull().default(""),

    /** Traffic time; null: confirmed by a person, not seen yet. */
    firstSeen: instant("first_seen"),
    lastSeen: instant("last_seen"),
    /** Over the last look-back: accepted conversations, bytes scaled by sampling, distinct clients and servers. */
    conversations: bigint({ mode: "number" }).notNull().default(0),
    bytesIn: bigint("bytes_in", { mode: "number" }).notNull().default(0),
    bytesOut: bigint("bytes_out", { mode: "number" }).notNull().default(0),
    clients: integer().notNull().default(0),
    servers: integer().notNull().default(0),
    /** Served endpoints, protocol × 65536 + port, most clients first; the clients of each stand at the same place. */
    servedEndpoints: integer("served_endpoints")
      .array()
      .notNull()
      .default(sql`'{}'`),
    servedClients: integer("served_clients")
      .array()
      .notNull()
      .default(sql`'{}'`),
    maxSamplingRate: integer("max_sampling_rate").notNull().default(1),

    /** What the asset is taken for: by a person, else by the engine after its steadying. */
    assetType: text("asset_type")
      .notNull()
      .default("unknown")
      .references(() => assetTypes.name, { onUpdate: "cascade" }),
    confidence: doublePrecision().notNull().default(0),
    classificationMethod: text("classification_method", { enum: CLASSIFICATION_METHODS })
      .notNull()
      .default("none"),
    classificationLocked: boolean("classification_locked").notNull().default(false),
    /** A person said so (spec §1). What is confirmed is never changed by the engine. */
    confirmed: boolean()
      .notNull()
      .generatedAlwaysAs(sql`classification_locked or classification_method = 'manual'`),
    typeSince: instant("type_since"),

    /** What the engine said last, whatever is in force: beside a confirmed type it shows that they disagree. */
    engineType: text("engine_type"),
    engineConfidence: doublePrecision("engine_confidence"),
    engineMethod: text("engine_method", { enum: CLASSIFICATION_METHODS }),
    runnerUp: text("runner_up"),
    runnerUpConfidence: doublePrecision("runner_up_confidence"),
    /** A finer word than the type: `dns_server`, `printer`. */
    role: text(),
    roleConfidence: doublePrecision("role_confidence"),
    modelVersion: text("model_version"),
    featureVersion: text("feature_version"),
    /** A new type that has won in so many runs in a row, not yet often enough to be in force. */
    challengerType: text("challenger_type"),
    challengerRuns: smallint("challenger_runs").notNull().default(0),
    classifiedAt: instant("classified_at"),

    createdAt: instant("created_at").notNull().defaultNow(),
    /** What a search looks in. */
    searchText: text("search_text")
      .notNull()
      .generatedAlwaysAs(sql`lower(host(address) || ' ' || name || ' ' || notes)`),
  },
  (table) => [
    uniqueIndex("assets_network_address").on(table.networkId, table.address),
    index("assets_asset_type").on(table.assetType),
    index("assets_confirmed")
      .on(table.id)
      .where(sql`confirmed`),
    index("assets_external")
      .on(table.id)
      .where(sql`not internal`),
    index("assets_by_address").on(table.address, table.id),
    index("assets_by_name").on(nameInOrder(table.name, "asc"), table.id),
    index("assets_by_name_backwards").on(nameInOrder(table.name, "desc"), table.id),
    index("assets_by_method").on(textInOrder(table.classificationMethod), table.id),
    index("assets_by_type").on(textInOrder(table.assetType), table.id),
    index("assets_by_confidence").on(table.confidence, table.id),
    index("assets_by_first_seen").on(seenOrBefore(table.firstSeen), table.id),
    index("assets_by_last_seen").on(seenOrBefore(table.lastSeen), table.id),
    index("assets_by_conversations").on(table.conversations, table.id),
    index("assets_by_bytes_in").on(table.bytesIn, table.id),
    index("assets_by_bytes_out").on(table.bytesOut, table.id),
    index("assets_by_clients").on(table.clients, table.id),
    index("assets_by_servers").on(table.servers, table.id),
    index("assets_served_endpoints").using("gin", table.servedEndpoints),
    check("assets_method", oneOf(table.classificationMethod, CLASSIFICATION_METHODS)),
    check("assets_engine_method", oneOf(table.engineMethod, CLASSIFICATION_METHODS)),
    check(
      "assets_undecided_is_unknown",
      sql`${table.classificationMethod} <> 'none' or ${table.assetType} = 'unknown'`,
    ),
    check("assets_confidence", isShare(table.confidence)),
    check("assets_engine_confidence", isShare(table.engineConfidence)),
    check(
      "assets_one_address",
      sql`masklen(${table.address}) = case family(${table.address}) when 4 then 32 else 128 end`,
    ),
    check(
      "assets_served_pairs",
      sql`cardinality(${table.servedEndpoints}) = cardinality(${table.servedClients})`,
    ),
  ],
);

/** What stood behind the engine's last answer. One row for each asset that has been looked at. */
export const assetEvidence = pgTable("asset_evidence", {
  assetId: bigint("asset_id", { mode: "number" })
    .primaryKey()
    .references(() => assets.id, { onDelete: "cascade" }),
  /** The look-back. */
  periodFrom: instant("period_from").notNull(),
  periodTo: instant("period_to").notNull(),
  /** The host's integer counts, from which any feature version can be computed. */
  counts: json().$type<object>().notNull(),
  vector: featureVector("vector").notNull(),
  featureVersion: text("feature_version").notNull(),
  /** What speaks for and against, strongest first. */
  reasons: json().$type<readonly Reason[]>().notNull(),
  /** Why there is no type, in words; empty when there is one. */
  missing: text().array().notNull(),
  evaluatedAt: instant("evaluated_at").notNull().defaultNow(),
});
