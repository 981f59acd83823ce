import type { TableEngine } from "../ddl.ts";

/**
 * One step of the schema. Applied once, in order of `number`, one statement after another; a statement may run
 * twice (a kill in between), so each must do nothing the second time (IF NOT EXISTS and the like).
 */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly statements: (engineOf: TableEngine) => readonly string[];
}
