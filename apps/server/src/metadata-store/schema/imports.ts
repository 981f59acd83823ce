import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { IMPORT_STATES, instant, oneOf } from "./columns.ts";
import { networks } from "./networks.ts";

/** Numbers of running FlowLens processes. Each holds the advisory lock of its number for as long as it lives. */
export const processNumbers = pgSequence("process_numbers", {
  startWith: 1,
  maxValue: 2_147_483_647,
  cycle: true,
});

/**
 * Files taken in. `running`: being read; `complete`: whole; `incomplete`: to its last whole record; `undoing`: broke
 * off, its rows are being removed from the flow store, then the row here goes too. The id stands on every flow row.
 */
export const imports = pgTable(
  "imports",
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    networkId: integer("network_id")
      .notNull()
      .references(() => networks.id, { onDelete: "cascade" }),
    /** Hexadecimal, of the decompressed content; null while the file is being read. */
    sha256: text(),
    path: text().notNull(),
    format: text(),
    state: text({ enum: IMPORT_STATES }).notNull(),
    /** Of the decompressed content. */
    bytes: bigint({ mode: "number" }),
    records: bigint({ mode: "number" }),
    /** Where and why the file broke off, or why it is being undone. */
    breakOffset: bigint("break_offset", { mode: "number" }),
    breakReason: text("break_reason"),
    firstRecordAt: instant("first_record_at"),
    lastRecordAt: instant("last_record_at"),
    counters: jsonb().$type<Readonly<Record<string, number>>>().notNull().default({}),
    startedAt: instant("started_at").notNull().defaultNow(),
    finishedAt: instant("finished_at"),
    /** The process at work on it (`process_numbers`), and where a person would look for that; null when finished. */
    owner: integer(),
    ownerHost: text("owner_host"),
    ownerPid: integer("owner_pid"),
  },
  (table) => [
    uniqueIndex("imports_content")
      .on(table.networkId, table.sha256)
      .where(sql`state in ('complete', 'incomplete')`),
    index("imports_network").on(table.networkId, table.id),
    index("imports_unfinished")
      .on(table.state)
      .where(sql`state in ('running', 'undoing')`),
    check("imports_state", oneOf(table.state, IMPORT_STATES)),
    check("imports_sha256", sql`${table.sha256} ~ '^[0-9a-f]{64}$'`),
    check(
      "imports_finished",
      sql`${table.state} not in ('complete', 'incomplete') or (${table.sha256} is not null and ${table.bytes} is not null and ${table.records} is not null and ${table.finishedAt} is not null)`,
    ),
    check(
      "imports_incomplete",
      sql`${table.state} <> 'incomplete' or (${table.breakOffset} is not null and ${table.breakReason} is not null)`,
    ),
    check("imports_owner", sql`(${table.owner} is not null) = (${table.state} in ('running', 'undoing'))`),
  ],
);
