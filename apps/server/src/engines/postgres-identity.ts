import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { EngineError } from "./engine-error.ts";

/**
 * How PostgreSQL's programs are run. It refuses to run as root, and its initdb wants a user that the system knows by name.
 * `wrap` is put before the program; `uid` and `gid` are what the child is started as; `ownerUid` must own the data, seen from outside.
 */
export type PostgresIdentity = {
  readonly kind: "self" | "namespace" | "other-user";
  readonly wrap: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
  readonly ownerUid: number;
};

export type Account = { readonly name: string; readonly uid: number; readonly gid: number };

/** The accounts of an /etc/passwd text, in its order; lines that are not accounts are passed over. */
export function parseAccounts(passwd: string): Account[] {
  const accounts: Account[] = [];
  for (const line of passwd.split("\n")) {
    const [name, , uid, gid] = line.split(":");
    if (name && /^\d+$/.test(uid ?? "") && /^\d+$/.test(gid ?? ""))
      accounts.push({ name, uid: Number(uid), gid: Number(gid) });
  }
  return accounts;
}

/** The account that owns PostgreSQL's data where we may not: one made for it, else `nobody`, else any but root. */
export function chooseAccount(accounts: readonly Account[]): Account | undefined {
  const ordinary = accounts.filter((account) => account.uid > 0);
  return (
    ["flowlens", "postgres", "_postgres", "nobody"]
      .map((name) => ordinary.find((account) => account.name === name))
      .find(Boolean) ?? ordinary[0]
  );
}

function readAccounts(): Account[] {
  try {
    return parseAccounts(readFileSync("/etc/passwd", "utf8"));
  } catch {
    return [];
  }
}

function hasName(): boolean {
  try {
    return userInfo().username !== "";
  } catch {
    return false;
  }
}

// The kernel then stops PostgreSQL when we die, however we die. Where setpriv is missing, the next start stops what is left.
const DIE_WITH_PARENT = ["setpriv", "--pdeathsig", "INT", "--"];

function candidates(onlyKind: PostgresIdentity["kind"] | undefined): PostgresIdentity[] {
  const ownUid = process.getuid?.() ?? 0;
  const found: PostgresIdentity[] = [];
  const account = chooseAccount(readAccounts());
  if (ownUid !== 0 && hasName()) found.push({ kind: "self", wrap: [], ownerUid: ownUid });
  if (account !== undefined) {
    // Inside the namespace our own uid carries the account's number, so our own files stay readable and stay ours.
    found.push({
      kind: "namespace",
      wrap: ["unshare", "-U", `--map-user=${account.uid}`, "--"],
      ownerUid: ownUid,
    });
    if (ownUid === 0)
      found.push({ kind: "other-user", wrap: [], uid: account.uid, gid: account.gid, ownerUid: account.uid });
  }
  return found
    .filter((identity) => onlyKind === undefined || identity.kind === onlyKind)
    .flatMap((identity) => [{ ...identity, wrap: [...identity.wrap, ...DIE_WITH_PARENT] }, identity]);
}

type Probe = { readonly ok: boolean; readonly said: string };

function probe(identity: PostgresIdentity, program: string): Promise<Probe> {
  const [command, ...args] = [...identity.wrap, program, "--version"];
  return new Promise((resolve) => {
    let said = "";
    const child = spawn(command, args, {
      cwd: "/",
      stdio: ["ignore", "ignore", "pipe"],
      timeout: 10_000,
      ...(identity.uid === undefined ? {} : { uid: identity.uid }),
      ...(identity.gid === undefined ? {} : { gid: identity.gid }),
    });
    child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
    child.once("error", (error) => resolve({ ok: false, said: error.message }));
    child.once("close", (code) => resolve({ ok: code === 0, said: said.trim() }));
  });
}

/** The folders on the way to `path` that are closed to an account, outermost first. */
export function closedFolders(path: string, account: { uid: number; gid: number }): string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  return folders.filter((folder) => {
    const status = statSync(folder, { throwIfNoEntry: false });
    if (status === undefined) return false;
    const shift = status.uid === account.uid ? 6 : status.gid === account.gid ? 3 : 0;
    return ((status.mode >> shift) & 1) === 0;
  });
}

/**
 * Finds a way to run PostgreSQL here: as ourselves; when we are root (or nameless) in a user namespace; else, as root, under another uid.
 * @throws EngineError ENGINE_UNSUPPORTED when none works, naming the folder to open if that is the reason
 */
export async function choosePostgresIdentity(
  program: string,
  onlyKind?: PostgresIdentity["kind"],
): Promise<PostgresIdentity> {
  let said = "";
  for (const identity of candidates(onlyKind)) {
    const result = await probe(identity, program);
    if (result.ok) return identity;
    said = result.said || said;
    if (identity.uid === undefined || identity.gid === undefined) continue;
    const [closed] = closedFolders(program, { uid: identity.uid, gid: identity.gid });
    if (closed === undefined) continue;
    throw new EngineError(
      "ENGINE_UNSUPPORTED",
      `PostgreSQL does not run as root, and as uid ${identity.uid} it cannot reach its programs because ${closed} is closed to others. Open that folder (chmod o+x ${closed}), run FlowLens as an ordinary user, or set FLOWLENS_POSTGRES_URL.`,
      { context: { folder: closed, uid: identity.uid, program } },
    );
  }
  throw new EngineError(
    "ENGINE_UNSUPPORTED",
    `PostgreSQL could not be started as this user${said === "" ? "" : ` (${said})`}. Run FlowLens as an ordinary user that has a name in /etc/passwd, or set FLOWLENS_POSTGRES_URL.`,
    { context: { program, uid: process.getuid?.() ?? null } },
  );
}
