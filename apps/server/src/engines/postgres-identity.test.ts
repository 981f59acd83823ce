import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chooseAccount, choosePostgresIdentity, closedFolders, parseAccounts } from "./postgres-identity.ts";

const PASSWD = `root:x:0:0:root:/root:/bin/bash
# a remark
daemon:x:1:1::/:/usr/sbin/nologin
broken line
nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin
mac:*:-2:-2::/:
`;

describe("the user who runs PostgreSQL", () => {
  it("is one of the system's accounts that is not root", () => {
    const accounts = parseAccounts(PASSWD);
    expect(accounts.map(({ name }) => name)).toEqual(["root", "daemon", "nobody"]);
    expect(chooseAccount(accounts)).toEqual({ name: "nobody", uid: 65534, gid: 65533 });
    expect(chooseAccount(parseAccounts(`${PASSWD}postgres:x:105:110::/:/bin/sh`))?.name).toBe("postgres");
    expect(chooseAccount(accounts.slice(0, 2))?.name).toBe("daemon");
    expect(chooseAccount(accounts.slice(0, 1))).toBeUndefined();
  });

  it("must be able to run the program", async () => {
    await expect(choosePostgresIdentity("/nowhere/postgres")).rejects.toMatchObject({
      code: "ENGINE_UNSUPPORTED",
      message: expect.stringMatching(
        /could not be started as this user.*set FLOWLENS_POSTGRES_URL|Open that folder/s,
      ) as string,
    });
  });

  it("is kept out by folders without the right to pass through", () => {
    const folder = mkdtempSync(join(tmpdir(), "flowlens-way-"));
    try {
      const inner = join(folder, "inner");
      mkdirSync(inner);
      chmodSync(folder, 0o711);
      chmodSync(inner, 0o754);
      const stranger = { uid: 4_000_001, gid: 4_000_001 };
      expect(closedFolders(join(inner, "file"), stranger)).toEqual([inner]);
      chmodSync(folder, 0o700);
      expect(closedFolders(join(inner, "file"), stranger)).toEqual([folder, inner]);
      expect(closedFolders(join(inner, "file"), { uid: process.getuid?.() ?? 0, gid: 4_000_001 })).toEqual(
        [],
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
