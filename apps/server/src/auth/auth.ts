import type { MetadataStore, StoredToken, UserRole } from "#metadata-store";
import type { Logger } from "#telemetry";
import { digestToken, isToken, makeToken, sameSecret } from "./token.ts";

/** Who calls. */
export interface Principal {
  /** `local`: who can read the data directory of this FlowLens. */
  readonly kind: "local" | "token";
  readonly user: string;
  readonly role: UserRole;
}

/** What a token is worth. `refused` says why, as a clause after "The token". */
export type Verdict =
  | { readonly principal: Principal; readonly refused?: never }
  | { readonly principal?: never; readonly refused: string };

export interface AuthDependencies {
  readonly metadata: Pick<MetadataStore, "tokens">;
  readonly logger: Logger;
  /** Of this run, in serve.json of the data directory: its holder may do everything. */
  readonly localToken?: string;
  /** Default: the clock. */
  readonly nowMs?: () => number;
}

export interface Auth {
  /**
   * The token of the first admin, at the first start only: it is shown once and kept nowhere. The metadata store must
   * have been started.
   */
  ensureAdminToken(): Promise<{ readonly token: string } | undefined>;
  /** Whose token it is. @throws MetadataStoreError when the store cannot say; nobody is let in then */
  verify(token: string): Promise<Verdict>;
}

const ADMIN = "admin";
const NOTE_USE_EVERY_MS = 60_000;

export function createAuth({ metadata, logger, localToken, nowMs = Date.now }: AuthDependencies): Auth {
  return {
    async ensureAdminToken() {
      const token = makeToken();
      const kept = await metadata.tokens.createFirst(ADMIN, {
        name: "made at the first start",
        sha256: digestToken(token),
      });
      return kept === undefined ? undefined : { token };
    },
    async verify(token) {
      if (localToken !== undefined && localToken !== "" && sameSecret(token, localToken)) {
        return { principal: { kind: "local", user: ADMIN, role: "admin" } };
      }
      if (!isToken(token)) return { refused: "is none of this FlowLens" };
      // Looked up by its digest: nothing that takes longer or shorter tells about the token.
      const kept = await metadata.tokens.find(digestToken(token));
      if (kept === undefined) return { refused: "is none of this FlowLens" };
      const refused = whyRefused(kept, nowMs());
      if (refused !== undefined) return { refused };
      noteUse(kept);
      return { principal: { kind: "token", user: kept.user, role: kept.role } };
    },
  };

  /** Beside the request: that it cannot be noted is no reason to refuse anything. */
  function noteUse({ id, lastUsedAt }: StoredToken): void {
    if (lastUsedAt !== null && nowMs() - lastUsedAt.getTime() < NOTE_USE_EVERY_MS) return;
    metadata.tokens.noteUse(id, NOTE_USE_EVERY_MS).catch((error: unknown) => {
      logger.warn({ tokenId: id, err: error }, "the use of a token could not be noted");
    });
  }
}

function whyRefused(token: StoredToken, nowMs: number): string | undefined {
  if (token.revokedAt !== null) return "was revoked";
  if (token.expiresAt !== null && token.expiresAt.getTime() <= nowMs) return "has expired";
  return token.userDisabled ? "belongs to a user who was disabled" : undefined;
}
