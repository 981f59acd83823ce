import { asc, eq } from "drizzle-orm";
import { DEFAULT_INTERNAL_RANGES, formatAddressRange, parseAddressRange } from "@flowlens/flow";
import type { Database } from "./connection/database.ts";
import { badArgument } from "./errors.ts";
import { networks } from "./schema/networks.ts";

export interface Network {
  readonly id: number;
  readonly name: string;
  /** `10.0.0.0/8`, host bits cleared. */
  readonly internalRanges: readonly string[];
  /** IANA name. */
  readonly timeZone: string;
  readonly createdAt: Date;
}

export interface NetworkSettings {
  /** Default: private, shared, unique local and link-local addresses (DEFAULT_INTERNAL_RANGES). */
  readonly internalRanges?: readonly string[];
  /** Default: UTC. */
  readonly timeZone?: string;
}

export interface Networks {
  /**
   * The network of that name, made when there is none. What `settings` names is set on it either way.
   * @throws METADATA_STORE_BAD_ARGUMENT for a name, a range or a time zone that is none
   */
  ensure(name: string, settings?: NetworkSettings): Promise<Network>;
  get(name: string): Promise<Network | undefined>;
  /** By name. */
  list(): Promise<Network[]>;
}

export function createNetworks(database: () => Database): Networks {
  return {
    async ensure(name, settings = {}) {
      const named = checkedSettings(settings);
      checkName(name);
      return database().transaction("ensure a network", async (queries) => {
        const insertion = queries.insert(networks).values({
          name,
          internalRanges: DEFAULT_INTERNAL_RANGES,
          timeZone: "UTC",
          ...named,
        });
        if (Object.keys(named).length === 0) await insertion.onConflictDoNothing();
        else await insertion.onConflictDoUpdate({ target: networks.name, set: named });
        const [network] = await queries.select().from(networks).where(eq(networks.name, name));
        return network;
      });
    },
    get: (name) =>
      database().query("get a network", async (queries) => {
        const [network] = await queries.select().from(networks).where(eq(networks.name, name));
        return network;
      }),
    list: () =>
      database().query("list networks", (queries) =>
        queries.select().from(networks).orderBy(asc(networks.name)),
      ),
  };
}

function checkName(name: string): void {
  if (name.trim() !== name || name === "" || name.length > 200) {
    throw badArgument(
      `A network cannot be called ${JSON.stringify(name.slice(0, 50))}. Use 1 to 200 characters without space at the ends.`,
      { field: "name" },
    );
  }
}

function checkedSettings({ internalRanges, timeZone }: NetworkSettings): {
  internalRanges?: string[];
  timeZone?: string;
} {
  return {
    ...(internalRanges === undefined ? {} : { internalRanges: internalRanges.map(checkedRange) }),
    ...(timeZone === undefined ? {} : { timeZone: checkedTimeZone(timeZone) }),
  };
}

function checkedRange(text: string): string {
  const range = parseAddressRange(text);
  if (range !== undefined) return formatAddressRange(range);
  throw badArgument(`"${text.slice(0, 50)}" is no address range. Write it as 10.0.0.0/8 or fd00::/8.`, {
    field: "internal_ranges",
  });
}

function checkedTimeZone(name: string): string {
  if (isTimeZone(name)) return name;
  throw badArgument(`"${name.slice(0, 50)}" is no time zone. Use an IANA name such as Europe/Berlin.`, {
    field: "time_zone",
  });
}

function isTimeZone(name: string): boolean {
  try {
    // Throws for a zone it does not know; offsets such as +01:00 are none that has a summer.
    return (
      Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "" && !/^[+-]/.test(name)
    );
  } catch {
    return false;
  }
}
