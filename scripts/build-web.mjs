// `npm run build:web`: the web console to static files in apps/web/dist, which the server serves.
// --if-changed: nothing is done where the build is of the same sources. --forgiving: a failure is a sentence, not an
// exit code: so it runs after `npm ci`, which then gives a FlowLens without a console rather than none at all.
// Plain JavaScript: it may be run by a Node that is older than the one that npm brings.
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const WEB = fileURLToPath(new URL("../apps/web/", import.meta.url));
const DIST = join(WEB, "dist");
/** Where a build is made until it is whole; on the same disk, so that it can be moved. */
const SCRATCH = fileURLToPath(new URL("../node_modules/", import.meta.url));
const STAMP = "built-from.sha256";

const ifChanged = process.argv.includes("--if-changed");
const forgiving = process.argv.includes("--forgiving");

try {
  await buildWeb();
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(
    `The web console could not be built: ${reason.split("\n", 1)[0]}\n` +
      "FlowLens works without it; `npm run build:web` tries again and tells all.",
  );
  if (!forgiving) {
    console.error(error);
    process.exitCode = 1;
  }
}

async function buildWeb() {
  const begunMs = performance.now();
  const sources = digestOfSources();
  if (ifChanged && builtFrom() === sources) return;
  // Whoever calls this, a test runner too: React has a slow build for developers that goes by it.
  process.env["NODE_ENV"] = "production";
  const { build } = await import("vite");
  const scratch = mkdtempSync(join(SCRATCH, ".flowlens-web-"));
  try {
    await build({ root: WEB, logLevel: "warn", build: { outDir: scratch, emptyOutDir: true } });
    writeFileSync(join(scratch, STAMP), `${sources}\n`);
    // Made for its maker only; the server may run as somebody else.
    chmodSync(scratch, 0o755);
    rmSync(DIST, { recursive: true, force: true });
    renameSync(scratch, DIST);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  console.log(`The web console was built in ${((performance.now() - begunMs) / 1000).toFixed(1)} s.`);
}

/** @returns {string | undefined} */
function builtFrom() {
  const stamp = join(DIST, STAMP);
  return existsSync(stamp) ? readFileSync(stamp, "utf8").trim() : undefined;
}

/** Of all that the build reads, but for the packages, whose versions stand in package.json. */
function digestOfSources() {
  const hash = createHash("sha256");
  const files = readdirSync(WEB, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(DIST) && !path.includes("node_modules"))
    .sort();
  for (const path of files) hash.update(`${path.slice(WEB.length)}\0`).update(readFileSync(path));
  return hash.digest("hex");
}
