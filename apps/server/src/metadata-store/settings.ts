import { eq, sql } from "drizzle-orm";
import type { Database } from "./connection/database.ts";
import { settings } from "./schema/settings.ts";

export interface Settings {
  /** The JSON value, or undefined when it was never set. Whoever reads it checks its shape. */
  get(key: string): Promise<unknown>;
  /** `value` must be JSON other than null. */
  set(key: string, value: unknown): Promise<void>;
}

export function createSettings(database: () => Database): Settings {
  return {
    get: (key) =>
      database().query("get a setting", async (queries) => {
        const [row] = await queries.select().from(settings).where(eq(settings.key, key));
        return row?.value;
      }),
    set: (key, value) =>
      database().query("set a setting", async (queries) => {
        await queries
          .insert(settings)
          .values({ key, value })
          .onConflictDoUpdate({ target: settings.key, set: { value, updatedAt: sql`now()` } });
      }),
  };
}
