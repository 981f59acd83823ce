import { createHash } from "node:crypto";
import { Writable } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { withMetadataStore } from "#metadata-store/testing";
import { createLogger, silentLogger } from "#telemetry";
import { createAuth } from "./auth.ts";
import { digestToken, makeToken } from "./token.ts";

const test = withMetadataStore();
const LOCAL = "only-for-tests";

const auth = (nowMs?: () => number) =>
  createAuth({
    metadata: test.store,
    logger: silentLogger,
    localToken: LOCAL,
    ...(nowMs === undefined ? {} : { nowMs }),
  });

describe("the admin's token", () => {
  it("is made once, is 256 random bits, and only its SHA-256 is kept", async () => {
    const made = await auth().ensureAdminToken();
    expect(made?.token).toMatch(/^fl_[A-Za-z0-9_-]{43}$/);
    expect(await auth().ensureAdminToken()).toBeUndefined();
    expect(await auth().verify(made!.token)).toEqual({
      principal: { kind: "token", user: "admin", role: "admin" },
    });

    const client = await test.database.client();
    const { rows } = await client.query<{ all: string; token_sha256: Buffer }>(
      "SELECT api_tokens::text AS all, token_sha256 FROM api_tokens",
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].token_sha256).toEqual(createHash("sha256").update(made!.token).digest());
    expect(rows[0].all).not.toContain(made!.token.slice(3));
  });

  it("is different each time", () => {
    expect(new Set(Array.from({ length: 100 }, makeToken)).size).toBe(100);
  });
});

describe("a token", () => {
  it("that is none, or none of this FlowLens, opens nothing", async () => {
    const { token } = { token: makeToken() };
    for (const text of [
      "",
      " ",
      token,
      "fl_",
      "x".repeat(10_000),
      `${LOCAL} `,
      LOCAL.slice(1),
      "\0",
      "fl_é",
    ]) {
      expect((await auth().verify(text)).refused, text.slice(0, 20)).toBe("is none of this FlowLens");
    }
  });

  it("of the local user opens everything, and an empty one never does", async () => {
    expect(await auth().verify(LOCAL)).toEqual({
      principal: { kind: "local", user: "admin", role: "admin" },
    });
    const without = createAuth({ metadata: test.store, logger: silentLogger, localToken: "" });
    expect((await without.verify("")).principal).toBeUndefined();
  });

  it("that was revoked, has expired, or is of a disabled user opens nothing and says so", async () => {
    const { tokens } = test.store;
    const make = async (expiresAt?: Date) => {
      const token = makeToken();
      const kept = await tokens.create("admin", {
        name: "t",
        sha256: digestToken(token),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      });
      return { token, id: kept.id };
    };
    const revoked = await make();
    await tokens.revoke(revoked.id);
    expect(await auth().verify(revoked.token)).toEqual({ refused: "was revoked" });

    const soon = new Date("2026-05-01T00:00:00.000Z");
    const expiring = await make(soon);
    expect(await auth(() => soon.getTime() - 1).verify(expiring.token)).toHaveProperty("principal");
    expect(await auth(() => soon.getTime()).verify(expiring.token)).toEqual({ refused: "has expired" });

    const disabled = await make();
    const client = await test.database.client();
    await client.query("UPDATE users SET disabled = true");
    expect(await auth().verify(disabled.token)).toEqual({ refused: "belongs to a user who was disabled" });
    await client.query("UPDATE users SET disabled = false");
    expect(await auth().verify(disabled.token)).toHaveProperty("principal");
  });

  it("is noted as used at most once a minute", async () => {
    const token = makeToken();
    const sha256 = digestToken(token);
    await test.store.tokens.create("admin", { name: "used", sha256 });
    const noteUse = vi.spyOn(test.store.tokens, "noteUse");
    await auth().verify(token);
    await vi.waitFor(async () => expect((await test.store.tokens.find(sha256))?.lastUsedAt).not.toBeNull());
    await auth().verify(token);
    await auth().verify(token);
    expect(noteUse).toHaveBeenCalledTimes(1);
    noteUse.mockRestore();
  });

  it("appears in no log, even when its use cannot be noted", async () => {
    const lines: string[] = [];
    const destination = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    const token = makeToken();
    await test.store.tokens.create("admin", { name: "logged", sha256: digestToken(token) });
    const tokens = { ...test.store.tokens, noteUse: () => Promise.reject(new Error("no disk")) };
    const logger = createLogger({ level: "trace", destination });
    const verdict = await createAuth({ metadata: { tokens }, logger }).verify(token);
    expect(verdict).toHaveProperty("principal");
    await vi.waitFor(() => expect(lines.join("")).toContain("could not be noted"));
    expect(lines.join("")).not.toContain(token.slice(3));
  });
});
