import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { withMetadataStore } from "./testing.ts";

const test = withMetadataStore();

const newToken = (name = "a token") => ({ name, sha256: randomBytes(32) });

describe("tokens", () => {
  it("have one first, whoever asks at the same time, and its user is an admin", async () => {
    const { tokens } = test.store;
    const asked = await Promise.all(Array.from({ length: 5 }, () => tokens.createFirst("admin", newToken())));
    const made = asked.filter((one) => one !== undefined);
    expect(made).toHaveLength(1);
    expect(made[0]).toMatchObject({
      user: "admin",
      role: "admin",
      userDisabled: false,
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
    });
    await tokens.revoke(made[0].id);
    // One that was revoked was there once: nobody gets in by making another first.
    expect(await tokens.createFirst("admin", newToken())).toBeUndefined();
  });

  it("are found by their digest alone, whether they hold or not", async () => {
    const { tokens } = test.store;
    const token = newToken("for scripts");
    const expiresAt = new Date("2020-01-01T00:00:00.000Z");
    const created = await tokens.create("ADMIN", { ...token, expiresAt });
    expect(await tokens.find(token.sha256)).toEqual(created);
    expect(created).toMatchObject({ name: "for scripts", user: "admin", expiresAt });
    expect(await tokens.find(randomBytes(32))).toBeUndefined();
    await tokens.revoke(created.id);
    const revoked = await tokens.find(token.sha256);
    expect(revoked?.revokedAt).toBeInstanceOf(Date);
    await tokens.revoke(created.id);
    expect((await tokens.find(token.sha256))?.revokedAt).toEqual(revoked?.revokedAt);
  });

  it("remember their use, but are not written each time", async () => {
    const { tokens } = test.store;
    const token = newToken();
    const { id } = await tokens.create("admin", token);
    await tokens.noteUse(id, 60_000);
    const first = (await tokens.find(token.sha256))?.lastUsedAt;
    expect(first).toBeInstanceOf(Date);
    await tokens.noteUse(id, 60_000);
    expect((await tokens.find(token.sha256))?.lastUsedAt).toEqual(first);
    const client = await test.database.client();
    await client.query("UPDATE api_tokens SET last_used_at = now() - interval '61 s' WHERE id = $1", [id]);
    await tokens.noteUse(id, 60_000);
    expect((await tokens.find(token.sha256))?.lastUsedAt?.getTime()).toBeGreaterThanOrEqual(first!.getTime());
  });

  it("belong to a user that is there, and have a digest of 32 bytes", async () => {
    const { tokens } = test.store;
    await expect(tokens.create("nobody", newToken())).rejects.toMatchObject({
      code: "METADATA_STORE_BAD_ARGUMENT",
    });
    await expect(tokens.create("admin", { name: "short", sha256: randomBytes(16) })).rejects.toMatchObject({
      name: "MetadataStoreError",
    });
  });
});

it("the types of assets come with labels, the core ones first and unknown last", async () => {
  const client = await test.database.client();
  await client.query("INSERT INTO asset_types (name, label) VALUES ('badge_reader', 'Badge reader')");
  const types = await test.store.assetTypes.list();
  expect(types.map(({ name }) => name)).toEqual([
    "cloud_service",
    "container",
    "database",
    "load_balancer",
    "network_device",
    "server",
    "storage",
    "virtual_machine",
    "workstation",
    "badge_reader",
    "unknown",
  ]);
  expect(types[2]).toEqual({
    name: "database",
    label: "Database",
    description: expect.stringContaining("database"),
    builtIn: true,
  });
});
