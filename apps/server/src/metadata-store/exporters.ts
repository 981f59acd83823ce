import { asc, eq, getTableColumns, sql } from "drizzle-orm";
import { formatAddress, parseAddress } from "@flowlens/flow";
import type { Database, Queries } from "./connection/database.ts";
import { badArgument } from "./errors.ts";
import { exporters, networks, type SimulatedClock } from "./schema/networks.ts";

/** A device that sends flow records, as it is kept. */
export interface StoredExporter {
  /** As `formatAddress` writes it. */
  readonly address: string;
  /** Empty: nobody gave it one. */
  readonly name: string;
  readonly networkId: number;
  readonly network: string;
  /** Overrides what the exporter says of itself; null: believe it. */
  readonly samplingRate: number | null;
  /** Null: its clock is meant to be right. */
  readonly simulatedClock: SimulatedClock | null;
  readonly protocols: readonly string[];
  /** By our clock; null before its first packet. */
  readonly firstSeen: Date | null;
  readonly lastSeen: Date | null;
  readonly createdAt: Date;
}

export interface ExporterChanges {
  readonly name?: string;
  /** Name of a network that is there. */
  readonly network?: string;
  /** 1 to 2^31 - 1; null: believe the exporter. */
  readonly samplingRate?: number | null;
  readonly simulatedClock?: SimulatedClock | null;
}

/** An exporter from which packets came. */
export interface SeenExporter {
  readonly address: string;
  readonly protocols: readonly string[];
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

export interface Exporters {
  /** In the order of their addresses. */
  list(): Promise<StoredExporter[]>;
  byAddress(address: string): Promise<StoredExporter | undefined>;
  /** Takes in what was seen: makes rows in the network for those not known yet, adds protocols, moves first and last sight. */
  upsertSeen(seen: readonly SeenExporter[], networkId: number): Promise<void>;
  /**
   * Changes what is given. Undefined when there is no such exporter.
   * @throws METADATA_STORE_BAD_ARGUMENT with `field`
   */
  update(address: string, changes: ExporterChanges): Promise<StoredExporter | undefined>;
  /**
   * As `update`, but makes the exporter when it is not there (before its first packet, say), in the network `default`
   * unless told otherwise.
   */
  register(address: string, changes: ExporterChanges): Promise<StoredExporter>;
}

const NAME_MAX = 200;
const SAMPLING_RATE_MAX = 2 ** 31 - 1;
const SPEED_MAX = 1_000_000;
const ROWS_AT_ONCE = 1_000;

export function createExporters(database: () => Database): Exporters {
  return {
    list: () =>
      database().query("list exporters", (queries) => select(queries).orderBy(asc(exporters.address))),

    async byAddress(text) {
      const address = canonical(text);
      return database().query("get an exporter", async (queries) => {
        const [found] = await select(queries).where(eq(exporters.address, address));
        return found;
      });
    },

    async upsertSeen(seen, networkId) {
      for (let from = 0; from < seen.length; from += ROWS_AT_ONCE) {
        const rows = seen.slice(from, from + ROWS_AT_ONCE).map((one) => ({
          address: canonical(one.address),
          networkId,
          protocols: [...one.protocols],
          firstSeen: new Date(one.firstSeenMs),
          lastSeen: new Date(one.lastSeenMs),
        }));
        await database().query("note exporters", async (queries) => {
          await queries
            .insert(exporters)
            .values(rows)
            .onConflictDoUpdate({
              target: exporters.address,
              set: {
                protocols: sql`array(select distinct unnest(${exporters.protocols} || excluded.protocols) order by 1)`,
                firstSeen: sql`least(${exporters.firstSeen}, excluded.first_seen)`,
                lastSeen: sql`greatest(${exporters.lastSeen}, excluded.last_seen)`,
              },
            });
        });
      }
    },

    async update(text, changes) {
      const address = canonical(text);
      checkChanges(changes);
      return database().transaction("change an exporter", async (queries) => {
        const set = await columnsOf(queries, changes);
        if (Object.keys(set).length > 0) {
          await queries.update(exporters).set(set).where(eq(exporters.address, address));
        }
        const [found] = await select(queries).where(eq(exporters.address, address));
        return found;
      });
    },

    async register(text, changes) {
      const address = canonical(text);
      checkChanges(changes);
      return database().transaction("register an exporter", async (queries) => {
        const { networkId, ...set } = await columnsOf(queries, { network: "default", ...changes });
        if (networkId === undefined) throw noSuchNetwork("default");
        const insertion = queries.insert(exporters).values({ address, networkId, ...set });
        const again = { ...set, ...(changes.network === undefined ? {} : { networkId }) };
        if (Object.keys(again).length === 0) await insertion.onConflictDoNothing();
        else await insertion.onConflictDoUpdate({ target: exporters.address, set: again });
        const [found] = await select(queries).where(eq(exporters.address, address));
        return found;
      });
    },
  };
}

const { id: _id, ...COLUMNS } = getTableColumns(exporters);

function select(queries: Queries) {
  return queries
    .select({ ...COLUMNS, network: networks.name })
    .from(exporters)
    .innerJoin(networks, eq(networks.id, exporters.networkId));
}

/** The columns that the changes write, the network by its id. */
async function columnsOf(queries: Queries, changes: ExporterChanges) {
  const { network, name, samplingRate, simulatedClock } = changes;
  const set: {
    name?: string;
    networkId?: number;
    samplingRate?: number | null;
    simulatedClock?: SimulatedClock | null;
  } = {};
  if (name !== undefined) set.name = name;
  if (samplingRate !== undefined) set.samplingRate = samplingRate;
  if (simulatedClock !== undefined) set.simulatedClock = simulatedClock;
  if (network !== undefined) {
    const [found] = await queries.select().from(networks).where(eq(networks.name, network));
    if (found === undefined) throw noSuchNetwork(network);
    set.networkId = found.id;
  }
  return set;
}

function canonical(text: string): string {
  const bytes = parseAddress(text);
  if (bytes !== undefined) return formatAddress(bytes);
  throw badArgument(`"${text.slice(0, 50)}" is no address. Write it as 192.0.2.1 or 2001:db8::1.`, {
    field: "address",
  });
}

function checkChanges({ name, samplingRate, simulatedClock }: ExporterChanges): void {
  if (name !== undefined && (name.length > NAME_MAX || name.includes("\0"))) {
    throw badArgument(`The name of an exporter has at most ${NAME_MAX} characters, none of them NUL.`, {
      field: "name",
    });
  }
  if (
    samplingRate !== undefined &&
    samplingRate !== null &&
    !(Number.isInteger(samplingRate) && samplingRate >= 1 && samplingRate <= SAMPLING_RATE_MAX)
  ) {
    throw badArgument(`A sampling rate is a whole number from 1 to ${SAMPLING_RATE_MAX}.`, {
      field: "sampling_rate",
    });
  }
  if (simulatedClock !== undefined && simulatedClock !== null) {
    const { realMs, simulatedMs, speed } = simulatedClock;
    const good = Number.isFinite(realMs) && Number.isFinite(simulatedMs) && speed > 0 && speed <= SPEED_MAX;
    if (!good) {
      throw badArgument(
        `A simulated clock has two times in ms and a speed above 0 and at most ${SPEED_MAX}.`,
        { field: "simulated_clock" },
      );
    }
  }
}

function noSuchNetwork(name: string) {
  return badArgument(`There is no network ${JSON.stringify(name.slice(0, 50))}. Make it first.`, {
    field: "network",
  });
}
