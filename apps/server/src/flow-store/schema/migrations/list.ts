import { TABLES_MIGRATION } from "./0001-tables.ts";
import type { Migration } from "./migration.ts";

/** Every migration, ascending and without gaps. */
export const MIGRATIONS: readonly Migration[] = [TABLES_MIGRATION];
