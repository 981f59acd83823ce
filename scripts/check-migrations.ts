// Whether the migrations of PostgreSQL make the tables that the code describes: drizzle-kit is asked for the next
// migration, in a copy of their folder, and must find nothing to do.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "./source-files.ts";

const STORE = "apps/server/src/metadata-store";
const TIMEOUT_MS = 60_000;

const root = fileURLToPath(ROOT);
const folder = mkdtempSync(join(tmpdir(), "migrations-"));
try {
  const migrations = join(root, STORE, "migrations");
  cpSync(migrations, folder, { recursive: true });
  // drizzle-kit takes the folder as relative whatever it is.
  const args = [`--schema=${STORE}/schema/tables.ts`, `--out=${relative(root, folder)}`];
  const { status, stdout, stderr } = spawnSync("drizzle-kit", ["generate", "--dialect=postgresql", ...args], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MS,
  });
  const wanted = readdirSync(folder).filter((name) => !readdirSync(migrations).includes(name));
  if (status !== 0 || wanted.length > 0) {
    console.error(`${stdout}${stderr}`);
    console.error("The tables are described otherwise than the migrations make them: `npm run migrations`.");
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
