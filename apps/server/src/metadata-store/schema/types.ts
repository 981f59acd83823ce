import { sql } from "drizzle-orm";
import { boolean, check, index, integer, pgTable, text } from "drizzle-orm/pg-core";
import { addressRange, instant } from "./columns.ts";
import { networks } from "./networks.ts";
import { users } from "./users.ts";

/** What an asset can be: the nine core types, `unknown`, and what the customer added. */
export const assetTypes = pgTable(
  "asset_types",
  {
    name: text().primaryKey(),
    label: text().notNull(),
    description: text().notNull().default(""),
    /** Comes with the product: neither renamed nor removed. */
    builtIn: boolean("built_in").notNull().default(false),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [check("asset_types_name", sql`${table.name} ~ '^[a-z][a-z0-9_]{0,62}$'`)],
);

/** What a user laid down: hosts in this range, or serving this port, are of this type. Weaker than a person, stronger than the model. */
export const rules = pgTable(
  "rules",
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    /** Null: in every network. */
    networkId: integer("network_id").references(() => networks.id, { onDelete: "cascade" }),
    /** Of two rules that fit, the one with the lower number holds. */
    position: integer().notNull(),
    range: addressRange("address_range"),
    /** IP protocol number and port of a served endpoint. */
    servedProtocol: integer("served_protocol"),
    servedPort: integer("served_port"),
    assetType: text("asset_type")
      .notNull()
      .references(() => assetTypes.name, { onUpdate: "cascade" }),
    enabled: boolean().notNull().default(true),
    note: text().notNull().default(""),
    createdBy: integer("created_by").references(() => users.id, { onDelete: "set null" }),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [
    index("rules_network").on(table.networkId),
    index("rules_asset_type").on(table.assetType),
    index("rules_created_by").on(table.createdBy),
    check("rules_say_something", sql`${table.range} is not null or ${table.servedPort} is not null`),
    check("rules_served_port", sql`${table.servedPort} between 1 and 65535`),
    check("rules_served_protocol", sql`${table.servedProtocol} between 0 and 255`),
    check("rules_protocol_with_port", sql`(${table.servedProtocol} is null) = (${table.servedPort} is null)`),
  ],
);
