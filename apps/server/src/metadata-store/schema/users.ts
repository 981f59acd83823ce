import { sql } from "drizzle-orm";
import { boolean, check, index, integer, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import { digest, instant, oneOf, USER_ROLES } from "./columns.ts";

export const users = pgTable(
  "users",
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    role: text({ enum: USER_ROLES }).notNull(),
    /** Argon2id in PHC string format; null: this user cannot log in with a password. */
    passwordHash: text("password_hash"),
    disabled: boolean().notNull().default(false),
    createdAt: instant("created_at").notNull().defaultNow(),
    lastLoginAt: instant("last_login_at"),
  },
  (table) => [
    uniqueIndex("users_name").on(sql`lower(${table.name})`),
    check("users_role", oneOf(table.role, USER_ROLES)),
    check("users_password_is_hashed", sql`${table.passwordHash} like '$argon2%'`),
  ],
);

/** Only the SHA-256 of a token is kept: it is 256 random bits, which need no slow hash. */
export const apiTokens = pgTable(
  "api_tokens",
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: text().notNull(),
    tokenSha256: digest("token_sha256").notNull().unique(),
    createdAt: instant("created_at").notNull().defaultNow(),
    expiresAt: instant("expires_at"),
    lastUsedAt: instant("last_used_at"),
    revokedAt: instant("revoked_at"),
  },
  (table) => [
    index("api_tokens_user").on(table.userId),
    check("api_tokens_digest_length", sql`octet_length(${table.tokenSha256}) = 32`),
  ],
);
