import { setTimeout as sleep } from "node:timers/promises";
import { and, desc, eq, getTableColumns, inArray, not, sql, type SQL } from "drizzle-orm";
import type { Database, Queries } from "./connection/database.ts";
import { PROCESS_LOCK_CLASS, type ProcessSigns } from "./connection/sign-of-life.ts";
import { badArgument, MetadataStoreError } from "./errors.ts";
import type { IMPORT_STATES } from "./schema/columns.ts";
import { imports } from "./schema/imports.ts";

export type ImportState = (typeof IMPORT_STATES)[number];

/** A file that was taken in, or is being taken in. */
export interface FileImport {
  /** Stands on every flow row of the file; never given twice. */
  readonly id: number;
  readonly networkId: number;
  readonly state: ImportState;
  readonly path: string;
  /** Hexadecimal, of the decompressed content; null when it is not known yet. */
  readonly sha256: string | null;
  readonly format: string | null;
  /** Of the decompressed content. */
  readonly bytes: number | null;
  readonly records: number | null;
  /** `incomplete`: where and why the file broke off; `undoing`: why it is being undone. */
  readonly breakOffset: number | null;
  readonly breakReason: string | null;
  readonly firstRecordAt: Date | null;
  readonly lastRecordAt: Date | null;
  readonly counters: Readonly<Record<string, number>>;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly ownerHost: string | null;
  readonly ownerPid: number | null;
}

/** `running`: another living process is reading the same content into the same network at this moment. */
export type ImportBeginning =
  | { readonly outcome: "begun"; readonly import: FileImport }
  | { readonly outcome: "already_imported" | "running"; readonly import: FileImport };

export interface ImportResult {
  /** Hexadecimal SHA-256 of the decompressed content. */
  readonly sha256: string;
  readonly format: string;
  /** Of the decompressed content. */
  readonly bytes: number;
  readonly records: number;
  readonly end:
    | { readonly complete: true }
    | { readonly complete: false; readonly offset: number; readonly reason: string };
  /** By the flows' own time; absent when there was no record. */
  readonly firstRecordAt?: Date;
  readonly lastRecordAt?: Date;
  readonly counters: Readonly<Record<string, number>>;
}

export interface Imports {
  /** Registers a file that is about to be read by this process. With `sha256` it is refused when the content is there, or on its way. */
  begin(file: {
    readonly networkId: number;
    readonly path: string;
    readonly sha256?: string;
  }): Promise<ImportBeginning>;
  /**
   * Ends the reading. `already_imported`: the same content was finished by another import meanwhile; this one is
   * then being undone, as after `fail`.
   * @throws METADATA_STORE_IMPORT_LOST when it does not run, or another process took it over
   */
  finish(
    id: number,
    result: ImportResult,
  ): Promise<{ readonly outcome: "finished" | "already_imported"; readonly import: FileImport }>;
  /** The reading broke off: from now on the import is being undone by this process. @throws METADATA_STORE_IMPORT_LOST as `finish` */
  fail(id: number, reason: string): Promise<FileImport>;
  /** Its rows are gone from the flow store: removes the import. @throws METADATA_STORE_IMPORT_LOST when it is not being undone by this process */
  forget(id: number): Promise<void>;
  /**
   * Imports whose process is dead, running or being undone. They are now being undone by this process, each by one
   * claimant only. Takes a second when there are any: a process may only be reconnecting.
   */
  claimStale(): Promise<FileImport[]>;
  /** The complete or incomplete import of that content into that network. */
  findByHash(networkId: number, sha256: string): Promise<FileImport | undefined>;
  /** Newest first, 100 unless `limit` says otherwise. */
  list(options?: { readonly networkId?: number; readonly limit?: number }): Promise<FileImport[]>;
}

/** How long a living process may take to be seen again after PostgreSQL restarted. */
const RECONNECTION_MS = 1_000;
const OWNER_DIED = "The process that read the file ended before the file did.";

const { owner: _owner, ...SHOWN } = getTableColumns(imports);

export function createImports(database: () => Database, signs: () => ProcessSigns): Imports {
  const ours = () => {
    const { number, host, pid } = signs();
    return { owner: number, ownerHost: host, ownerPid: pid };
  };
  const nobodys = { owner: null, ownerHost: null, ownerPid: null };
  const held = (id: number, state: ImportState) =>
    and(eq(imports.id, id), eq(imports.state, state), eq(imports.owner, signs().number));

  async function undo(queries: Queries, id: number, reason: string): Promise<FileImport> {
    const [undone] = await queries
      .update(imports)
      .set({ state: "undoing", breakReason: reason })
      .where(held(id, "running"))
      .returning(SHOWN);
    if (undone === undefined) throw lost(id);
    return undone;
  }

  return {
    begin: ({ networkId, path, sha256 }) =>
      database().transaction("begin an import", async (queries) => {
        if (sha256 !== undefined) {
          checkSha256(sha256);
          // Two that begin the same content at once: the second waits here, then finds the first.
          await queries.execute(contentLock(networkId, sha256));
          const present =
            (await findFinished(queries, networkId, sha256)) ??
            (await findRunning(queries, networkId, sha256));
          if (present !== undefined) {
            return { outcome: present.state === "running" ? "running" : "already_imported", import: present };
          }
        }
        const [begun] = await queries
          .insert(imports)
          .values({ networkId, path, sha256: sha256 ?? null, state: "running", ...ours() })
          .returning(SHOWN);
        return { outcome: "begun", import: begun };
      }),

    async finish(id, { end, ...result }) {
      checkSha256(result.sha256);
      const finished = {
        ...result,
        ...(end.complete
          ? { state: "complete" as const }
          : { state: "incomplete" as const, breakOffset: end.offset, breakReason: end.reason }),
        ...nobodys,
        finishedAt: sql`now()`,
      };
      return database().transaction("finish an import", async (queries) => {
        const [running] = await queries.select(SHOWN).from(imports).where(held(id, "running")).for("update");
        if (running === undefined) throw lost(id);
        await queries.execute(contentLock(running.networkId, result.sha256));
        const present = await findFinished(queries, running.networkId, result.sha256);
        if (present !== undefined) {
          await undo(queries, id, `The same content was imported as ${present.id} meanwhile.`);
          return { outcome: "already_imported" as const, import: present };
        }
        const [done] = await queries.update(imports).set(finished).where(eq(imports.id, id)).returning(SHOWN);
        return { outcome: "finished" as const, import: done };
      });
    },

    fail: (id, reason) => database().query("fail an import", (queries) => undo(queries, id, reason)),

    forget: (id) =>
      database().query("forget an import", async (queries) => {
        const removed = await queries
          .delete(imports)
          .where(held(id, "undoing"))
          .returning({ id: imports.id });
        if (removed.length === 0) throw lost(id);
      }),

    async claimStale() {
      const dead = and(inArray(imports.state, ["running", "undoing"]), not(ownerLives()));
      const found = await database().query("look for stale imports", (queries) =>
        queries.select({ id: imports.id }).from(imports).where(dead),
      );
      if (found.length === 0) return [];
      await sleep(RECONNECTION_MS);
      const ids = found.map(({ id }) => id);
      return database().query("claim stale imports", (queries) =>
        queries
          .update(imports)
          .set({
            state: "undoing",
            breakReason: sql`coalesce(${imports.breakReason}, ${OWNER_DIED})`,
            ...ours(),
          })
          .where(and(inArray(imports.id, ids), dead))
          .returning(SHOWN),
      );
    },

    findByHash: (networkId, sha256) =>
      database().query("find an import", (queries) => findFinished(queries, networkId, sha256)),

    list: ({ networkId, limit = 100 } = {}) =>
      database().query("list imports", (queries) =>
        queries
          .select(SHOWN)
          .from(imports)
          .where(networkId === undefined ? undefined : eq(imports.networkId, networkId))
          .orderBy(desc(imports.id))
          .limit(limit),
      ),
  };
}

function contentLock(networkId: number, sha256: string): SQL {
  return sql`select pg_advisory_xact_lock(hashtextextended(${`flowlens import ${networkId} ${sha256}`}, 0))`;
}

async function findFinished(
  queries: Queries,
  networkId: number,
  sha256: string,
): Promise<FileImport | undefined> {
  const finished = inArray(imports.state, ["complete", "incomplete"]);
  const [found] = await queries
    .select(SHOWN)
    .from(imports)
    .where(and(isContent(networkId, sha256), finished));
  return found;
}

async function findRunning(
  queries: Queries,
  networkId: number,
  sha256: string,
): Promise<FileImport | undefined> {
  const running = and(eq(imports.state, "running"), ownerLives());
  const [found] = await queries
    .select(SHOWN)
    .from(imports)
    .where(and(isContent(networkId, sha256), running));
  return found;
}

function isContent(networkId: number, sha256: string): SQL | undefined {
  return and(eq(imports.networkId, networkId), eq(imports.sha256, sha256));
}

/** Whether the process that owns the import can be seen to live: see `showSignOfLife`. */
function ownerLives(): SQL {
  return sql`exists (
    select from pg_locks
    where locktype = 'advisory' and granted and objsubid = 2 and classid = ${PROCESS_LOCK_CLASS}::oid
      and objid = ${imports.owner}::oid
      and database = (select oid from pg_database where datname = current_database()))`;
}

function checkSha256(sha256: string): void {
  if (/^[0-9a-f]{64}$/.test(sha256)) return;
  throw badArgument("A SHA-256 is 64 hexadecimal digits in lower case.", { field: "sha256" });
}

function lost(id: number): MetadataStoreError {
  return new MetadataStoreError(
    "METADATA_STORE_IMPORT_LOST",
    `Import ${id} is not this process's any more: it has ended, or another process took it over after a lost connection. Import the file again.`,
    { context: { import: id } },
  );
}
