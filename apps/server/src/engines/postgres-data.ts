import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, sep } from "node:path";
import { EngineError } from "./engine-error.ts";
import { fullDiskAdvice } from "./data-directory.ts";
import { createLastLines } from "./last-lines.ts";
import { closedFolders, type PostgresIdentity } from "./postgres-identity.ts";

export const POSTGRES_USER = "flowlens";

/** Command line of the server. Settings are given here and not in postgresql.conf, so that an older data directory gets the same. */
export function postgresArguments({
  dataDirectory,
  port,
  unsafeFast,
}: {
  dataDirectory: string;
  port: number;
  unsafeFast: boolean;
}): string[] {
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "40",
    // Room for the indexes of 100,000 assets: a quarter of it made the slowest lists half as slow again.
    shared_buffers: "128MB",
    max_wal_size: "256MB",
    min_wal_size: "32MB",
    timezone: "UTC",
    log_timezone: "UTC",
    log_checkpoints: "off",
    log_min_messages: "warning",
    // Not in use here, and each is a process.
    io_method: "sync",
    max_logical_replication_workers: "0",
    wal_level: "minimal",
    max_wal_senders: "0",
    ...(unsafeFast ? { fsync: "off", synchronous_commit: "off", full_page_writes: "off" } : {}),
  };
  return [
    "-D",
    dataDirectory,
    "-p",
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}

export type PreparePostgresOptions = {
  readonly directory: string;
  /** Folder of ours that everything is in: it and what is below may be opened for the user who runs PostgreSQL. */
  readonly within: string;
  readonly password: string;
  readonly identity: PostgresIdentity;
  readonly initdb: string;
  readonly unsafeFast: boolean;
};

/** Makes the data directory once (UTF-8, C locale, SCRAM, page checksums) and gives it to whoever runs PostgreSQL. */
export async function preparePostgresData(options: PreparePostgresOptions): Promise<void> {
  const { directory, password, identity, initdb, unsafeFast } = options;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const data = join(directory, "data");
  openTheWay(data, options);
  if (existsSync(join(data, "PG_VERSION"))) {
    giveTo(data, identity);
    // A copy or a restored backup may have lost it, and PostgreSQL then refuses to start.
    chmodSync(data, 0o700);
    return;
  }
  // initdb works in a folder beside, renamed when it is whole: a crash in between leaves nothing that looks like a database.
  const beside = join(directory, "data.new");
  const passwordFile = join(directory, "password.new");
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { mode: 0o700 });
  try {
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    giveTo(beside, identity);
    giveTo(passwordFile, identity);
    await runInitdb(directory, identity, [
      ...identity.wrap,
      initdb,
      `--pgdata=${beside}`,
      `--username=${POSTGRES_USER}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--data-checksums",
      "--no-instructions",
      ...(unsafeFast ? ["--no-sync"] : []),
    ]);
    renameSync(beside, data);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(beside, { recursive: true, force: true });
  }
}

// Passing through is all that is opened; what else is in the folders is readable for us alone.
function openTheWay(path: string, { identity: { uid, gid }, within }: PreparePostgresOptions): void {
  if (uid === undefined || gid === undefined) return;
  for (const folder of closedFolders(path, { uid, gid })) {
    if (folder !== within && !folder.startsWith(within + sep)) {
      throw new EngineError(
        "DATA_DIRECTORY_UNUSABLE",
        `PostgreSQL does not run as root, and as uid ${uid} it cannot reach ${path} because ${folder} is closed to others. Open that folder (chmod o+x ${folder}), run FlowLens as an ordinary user, or choose another data directory.`,
        { context: { folder, uid } },
      );
    }
    chmodSync(folder, (statSync(folder).mode & 0o777) | 0o011);
  }
}

function giveTo(path: string, identity: PostgresIdentity): void {
  if (process.getuid?.() !== 0) return;
  const status = statSync(path);
  if (status.uid === identity.ownerUid) return;
  const gid = identity.gid ?? process.getgid?.() ?? 0;
  if (status.isDirectory()) {
    for (const entry of readdirSync(path, { recursive: true, encoding: "utf8" }))
      lchownSync(join(path, entry), identity.ownerUid, gid);
  }
  // The folder last: only then does the check above call the work done.
  lchownSync(path, identity.ownerUid, gid);
}

function runInitdb(
  directory: string,
  identity: PostgresIdentity,
  [command, ...args]: string[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const lines = createLastLines();
    const child = spawn(command, args, {
      cwd: "/",
      env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
      ...(identity.uid === undefined ? {} : { uid: identity.uid }),
      ...(identity.gid === undefined ? {} : { gid: identity.gid }),
    });
    child.stderr.on("data", (chunk: Buffer) => lines.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) return resolve();
      const said = lines.text();
      const what = "The embedded PostgreSQL could not make its data directory.";
      const message = [what, fullDiskAdvice(said, directory), `It said: ${said}`]
        .filter((part) => part !== null)
        .join(" ");
      reject(
        new EngineError("ENGINE_START_FAILED", message, {
          context: { engine: "postgres", exitCode: code, lastLines: said },
        }),
      );
    });
  });
}
