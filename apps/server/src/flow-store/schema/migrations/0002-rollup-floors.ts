import type { Migration } from "./migration.ts";

/** Hours whose aggregates have expired keep their roll-up: late rows get one that stands beside it. */
export const ROLLUP_FLOORS_MIGRATION: Migration = {
  number: 2,
  name: "rollup-floors",
  statements: (engineOf) => [
    "ALTER TABLE rollups ADD COLUMN IF NOT EXISTS floor_fold UInt32 AFTER hour",
    `CREATE TABLE IF NOT EXISTS aggregate_expiries
    (
        fold_to UInt32,
        expired_at DateTime('UTC')
    )
    ENGINE = ${engineOf("MergeTree", "aggregate_expiries")}
    ORDER BY (fold_to)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
  ],
};
