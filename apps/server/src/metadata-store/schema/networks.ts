import { sql } from "drizzle-orm";
import { check, index, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
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

/** A made-up exporter whose clock runs at another speed: at `realMs` (ms since 1970) it was `simulatedMs` there. */
export interface SimulatedClock {
  readonly realMs: number;
  readonly simulatedMs: number;
  /** Simulated milliseconds a real one. */
  readonly speed: number;
}

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
    /** Null: its clock is meant to be right. */
    simulatedClock: jsonb("simulated_clock").$type<SimulatedClock>(),
    /** Names of the protocols it was seen to speak. */
    protocols: text().array().notNull().default([]),
    /** Of its packets, by our clock; null before the first. */
    firstSeen: instant("first_seen"),
    lastSeen: instant("last_seen"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [
    index("exporters_network").on(table.networkId),
    check("exporters_sampling_rate", sql`${table.samplingRate} >= 1`),
  ],
);
