import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "./engine-error.ts";
import { writeFileWhole } from "./write-file-whole.ts";

/** Passwords of the embedded engines: made once for a data directory, readable by its owner only. */
export type Credentials = { readonly clickhouse: string; readonly postgres: string };

const FILE = "engine-credentials.json";

/** @throws EngineError ENGINE_CREDENTIALS_DAMAGED when the file is there but cannot be used */
export function loadCredentials(dataDirectory: string): Credentials {
  const path = join(dataDirectory, FILE);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
    // A copy or a restored backup may have opened it to others.
    chmodSync(path, 0o600);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return createCredentials(path);
    throw damaged(path, cause);
  }
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (cause) {
    throw damaged(path, cause);
  }
  const { clickhouse, postgres } = (read ?? {}) as Partial<Credentials>;
  if (typeof clickhouse !== "string" || typeof postgres !== "string") throw damaged(path);
  return { clickhouse, postgres };
}

function createCredentials(path: string): Credentials {
  const credentials = {
    clickhouse: randomBytes(24).toString("base64url"),
    postgres: randomBytes(24).toString("base64url"),
  };
  // A half file would lock PostgreSQL's data away.
  writeFileWhole(path, `${JSON.stringify(credentials, null, 2)}\n`);
  return credentials;
}

function damaged(path: string, cause?: unknown): EngineError {
  return new EngineError(
    "ENGINE_CREDENTIALS_DAMAGED",
    `The passwords of the embedded engines cannot be read from ${path}. Restore that file from a backup, or make it readable for the user who runs FlowLens.`,
    { context: { path }, ...(cause === undefined ? {} : { cause }) },
  );
}
