import { sql } from "drizzle-orm";
import { check, index, integer, pgTable, text } from "drizzle-orm/pg-core";
import { address, addressRanges, instant } from "./columns.ts";

/** Address spaces: the same address in two networks is two hosts. */
export const networks = pgTable(
  "networks",
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull().unique(),
    internalRanges: addressRanges("internal_ranges").notNull(),
    /** IANA name; features count business hours and hours of day in it. */
    timeZone: text("time_zone").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [check("networks_name_length", sql`char_length(${table.name}) between 1 and 200`)],
);

/** Devices that send flow records, and the network that their records belong to. */
export const exporters = pgTable(
  "exporters",
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    address: address("address").notNull().unique(),
    networkId: integer("network_id")
      .notNull()
      .references(() => networks.id, { onDelete: "cascade" }),
    name: text().notNull().default(""),
    /** Overrides what the exporter says of itself; null: believe it. */
    samplingRate: integer("sampling_rate"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [
    index("exporters_network").on(table.networkId),
    check("exporters_sampling_rate", sql`${table.samplingRate} >= 1`),
  ],
);
