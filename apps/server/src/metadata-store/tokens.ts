import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import type { Database } from "./connection/database.ts";
import { badArgument } from "./errors.ts";
import { apiTokens, users } from "./schema/users.ts";
import type { USER_ROLES } from "./schema/columns.ts";

export type UserRole = (typeof USER_ROLES)[number];

/** A token as it is kept: whose it is and whether it still holds. Never the token itself. */
export interface StoredToken {
  readonly id: number;
  readonly name: string;
  readonly user: string;
  readonly role: UserRole;
  /** The user may not do anything any more. */
  readonly userDisabled: boolean;
  readonly createdAt: Date;
  /** Null: never. */
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface NewToken {
  readonly name: string;
  /** SHA-256 of the token, 32 bytes. */
  readonly sha256: Uint8Array;
  /** Default: never. */
  readonly expiresAt?: Date;
}

export interface Tokens {
  /**
   * Keeps the token of the first admin, making the user when there is none, unless any token was ever kept: then
   * undefined. Of several processes that ask at once, one gets it.
   */
  createFirst(user: string, token: NewToken): Promise<StoredToken | undefined>;
  /** Keeps a token of a user. @throws METADATA_STORE_BAD_ARGUMENT when there is no such user */
  create(user: string, token: NewToken): Promise<StoredToken>;
  /** The token with that SHA-256, whether it still holds or not. */
  find(sha256: Uint8Array): Promise<StoredToken | undefined>;
  /** Notes that it was used, unless that was noted less than `everyMs` ago. */
  noteUse(id: number, everyMs: number): Promise<void>;
  /** It holds no more, from now on. */
  revoke(id: number): Promise<void>;
}

/** Any number, the same in all processes: held while the first token is made. */
const FIRST_TOKEN_LOCK = 0x666c_746b;

export function createTokens(database: () => Database): Tokens {
  return {
    createFirst: (user, token) =>
      database().transaction("create the first token", async (queries) => {
        await queries.execute(sql`select pg_advisory_xact_lock(${FIRST_TOKEN_LOCK})`);
        const [any] = await queries.select({ id: apiTokens.id }).from(apiTokens).limit(1);
        if (any !== undefined) return undefined;
        await queries.insert(users).values({ name: user, role: "admin" }).onConflictDoNothing();
        return insert(queries, user, token);
      }),
    create: (user, token) =>
      database().transaction("create a token", (queries) => insert(queries, user, token)),
    find: (sha256) =>
      database().query("find a token", async (queries) => {
        const [found] = await select(queries).where(eq(apiTokens.tokenSha256, Buffer.from(sha256)));
        return found;
      }),
    noteUse: (id, everyMs) =>
      database().query("note the use of a token", async (queries) => {
        const seconds = everyMs / 1_000;
        await queries
          .update(apiTokens)
          .set({ lastUsedAt: sql`now()` })
          .where(
            and(
              eq(apiTokens.id, id),
              or(
                isNull(apiTokens.lastUsedAt),
                lt(apiTokens.lastUsedAt, sql`now() - make_interval(secs => ${seconds})`),
              ),
            ),
          );
      }),
    revoke: (id) =>
      database().query("revoke a token", async (queries) => {
        await queries
          .update(apiTokens)
          .set({ revokedAt: sql`coalesce(${apiTokens.revokedAt}, now())` })
          .where(eq(apiTokens.id, id));
      }),
  };
}

type Queries = Parameters<Parameters<Database["transaction"]>[1]>[0];

function select(queries: Queries) {
  return queries
    .select({
      id: apiTokens.id,
      name: apiTokens.name,
      user: users.name,
      role: users.role,
      userDisabled: users.disabled,
      createdAt: apiTokens.createdAt,
      expiresAt: apiTokens.expiresAt,
      lastUsedAt: apiTokens.lastUsedAt,
      revokedAt: apiTokens.revokedAt,
    })
    .from(apiTokens)
    .innerJoin(users, eq(users.id, apiTokens.userId));
}

async function insert(queries: Queries, userName: string, token: NewToken): Promise<StoredToken> {
  const [user] = await queries
    .select({ id: users.id })
    .from(users)
    .where(sql`lower(${users.name}) = lower(${userName})`);
  if (user === undefined) {
    throw badArgument(`There is no user ${JSON.stringify(userName.slice(0, 50))}.`, { field: "user" });
  }
  const [{ id }] = await queries
    .insert(apiTokens)
    .values({
      userId: user.id,
      name: token.name,
      tokenSha256: Buffer.from(token.sha256),
      ...(token.expiresAt === undefined ? {} : { expiresAt: token.expiresAt }),
    })
    .returning({ id: apiTokens.id });
  const [created] = await select(queries).where(eq(apiTokens.id, id));
  return created;
}
