// Completes package-lock.json with the platforms that the package registry at hand did not serve.
//
// Packages with native parts list one optional dependency per platform. `npm install` leaves out of the lock
// every one it could not look up, and `npm ci` then refuses the whole lock. An entry of version, os and cpu is
// enough for npm: it skips the ones for other platforms and looks its own up when it installs.
// Plain JavaScript for any Node, since it must run where the `node` package has not been installed yet.
//
//   node scripts/complete-lock.mjs           completes the lock
//   node scripts/complete-lock.mjs --check   exits 1 when something is missing or a download address is named
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SYSTEMS = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const PROCESSORS = [
  "arm",
  "arm64",
  "ia32",
  "loong64",
  "mips64el",
  "ppc64",
  "riscv64",
  "s390x",
  "wasm32",
  "x64",
];
const C_LIBRARIES = new Map([
  ["gnu", "glibc"],
  ["musl", "musl"],
]);

/** @typedef {{ version?: string, resolved?: string, dev?: boolean, os?: string[],
 *    cpu?: string[], libc?: string[], optional?: boolean, optionalDependencies?: Record<string, string> }} LockEntry */
/** @typedef {{ packages: Record<string, LockEntry> }} Lock */

/**
 * Reads the platform from a package's name, as npm's `os`, `cpu` and `libc` fields have it.
 * @param {string} name such as `@oxlint/binding-linux-arm64-musl`
 * @returns {{ os?: string[], cpu?: string[], libc?: string[] }}
 * @throws Error when the name names no platform
 */
export function platformOf(name) {
  const words = name.slice(name.indexOf("/") + 1).split("-");
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  const libc = words.flatMap((word) => C_LIBRARIES.get(word) ?? []);
  if (os.length === 0 && cpu.length === 0) {
    throw new Error(
      `the platform of ${name} cannot be read from its name; give it an entry in the lock by hand`,
    );
  }
  return {
    ...(os.length > 0 ? { os } : {}),
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(libc.length > 0 ? { libc } : {}),
  };
}

/**
 * Lists the optional dependencies without an entry that npm would accept.
 * @param {Lock} lock
 * @returns {{ location: string, name: string, version: string, dev: boolean }[]} where each entry belongs
 */
export function missingFrom(lock) {
  const missing = new Map();
  for (const [dependent, entry] of Object.entries(lock.packages)) {
    for (const [name, wanted] of Object.entries(entry.optionalDependencies ?? {})) {
      const found = resolve(lock, dependent, name);
      const exact = /^\d+\.\d+\.\d+(?:[-+].+)?$/.test(wanted);
      if (found !== undefined && (!exact || lock.packages[found]?.version === wanted)) continue;
      const hoisted = `node_modules/${name}`;
      const location = found === undefined ? hoisted : `${dependent}/${hoisted}`;
      missing.set(location, {
        location,
        name,
        version: wanted.replace(/^[\^~]/, ""),
        dev: entry.dev === true,
      });
    }
  }
  return [...missing.values()];
}

/**
 * Lists the entries that name a download address: a lock must not tie its reader to one registry.
 * @param {Lock} lock
 * @returns {string[]}
 */
export function addressesIn(lock) {
  return Object.entries(lock.packages)
    .filter(([, entry]) => /^https?:/.test(entry.resolved ?? ""))
    .map(([location]) => location);
}

/**
 * Adds what is missing and takes download addresses out.
 * @param {Lock} lock is left as it was
 * @returns {{ lock: Lock, added: number }}
 */
export function complete(lock) {
  const packages = structuredClone(lock.packages);
  const missing = missingFrom(lock);
  for (const { location, name, version, dev } of missing) {
    const { os, cpu, libc } = platformOf(name);
    // The order in which npm writes the fields, so that the next `npm install` changes nothing.
    packages[location] = {
      version,
      ...(cpu ? { cpu } : {}),
      ...(dev ? { dev } : {}),
      ...(libc ? { libc } : {}),
      optional: true,
      ...(os ? { os } : {}),
    };
  }
  for (const location of addressesIn(lock)) delete packages[location]?.resolved;
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, "en"));
  return { lock: { ...lock, packages: Object.fromEntries(sorted) }, added: missing.length };
}

/**
 * Node's own walk: the nearest node_modules above the dependent that holds the name.
 * @param {Lock} lock
 * @param {string} dependent
 * @param {string} name
 */
function resolve(lock, dependent, name) {
  for (let folder = dependent; ; folder = folder.slice(0, Math.max(folder.lastIndexOf("/"), 0))) {
    const candidate = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (lock.packages[candidate] !== undefined) return candidate;
    if (folder === "") return undefined;
  }
}

function main() {
  const path = fileURLToPath(new URL("../package-lock.json", import.meta.url));
  /** @type {Lock} */
  const lock = JSON.parse(readFileSync(path, "utf8"));
  if (process.argv.includes("--check")) {
    const complaints = [
      ...missingFrom(lock).map(({ location, version }) => `${location} ${version} is missing`),
      ...addressesIn(lock).map((location) => `${location} names a download address`),
    ];
    for (const complaint of complaints) console.error(`package-lock.json: ${complaint}`);
    if (complaints.length > 0) console.error("Run `npm run lock` and commit package-lock.json.");
    process.exitCode = complaints.length > 0 ? 1 : 0;
    return;
  }
  const completed = complete(lock);
  const text = `${JSON.stringify(completed.lock, null, 2)}\n`;
  if (text !== readFileSync(path, "utf8")) writeFileSync(path, text);
  console.log(`package-lock.json: ${completed.added} entries for other platforms added`);
}

if (import.meta.main ?? process.argv[1] === fileURLToPath(import.meta.url)) main();
