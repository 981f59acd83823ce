import { TABLES_MIGRATION } from "./0001-tables.ts";
import { ROLLUP_FLOORS_MIGRATION } from "./0002-rollup-floors.ts";
import type { Migration } from "./migration.ts";

/** Every migration, ascending and without gaps. */
export const MIGRATIONS: readonly Migration[] = [TABLES_MIGRATION, ROLLUP_FLOORS_MIGRATION];
