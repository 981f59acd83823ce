import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const BROTLI_QUALITY = 6;
/** Below this, compressing costs more than it saves. */
const COMPRESSED_FROM_BYTES = 1_024;

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};
const COMPRESSED_ALREADY = new Set([".png", ".woff2"]);

export type Encoding = "br" | "gzip";

/** One file of the built console. */
export interface ConsoleFile {
  readonly type: string;
  readonly content: Buffer;
  /** The content compressed, once and for all; undefined where that gains nothing. */
  encoded(encoding: Encoding): Promise<Buffer> | undefined;
}

/** What the build of the console left in its folder. */
export interface ConsoleFiles {
  /** By its path in the folder, with slashes and none in front. Nothing outside of the folder has a name here. */
  find(path: string): ConsoleFile | undefined;
}

/**
 * The files in `folder`, kept in memory: they are a few hundred kilobytes, and names that are looked up in a table
 * cannot lead out of it. Read again when a new build has replaced its page; without a page there are none.
 */
export function createConsoleFiles(folder: string): ConsoleFiles {
  let files: ReadonlyMap<string, ConsoleFile> = new Map();
  let readFrom: number | undefined;

  return {
    find(path) {
      const builtAt = statSync(join(folder, "index.html"), { throwIfNoEntry: false })?.mtimeMs;
      if (builtAt !== readFrom) {
        files = builtAt === undefined ? new Map() : readFolder(folder);
        readFrom = builtAt;
      }
      return files.get(path);
    },
  };
}

function readFolder(folder: string): Map<string, ConsoleFile> {
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && TYPES[extname(entry.name)] !== undefined)
      .map((entry) => [nameOf(entry, folder), readConsoleFile(join(entry.parentPath, entry.name))]),
  );
}

function nameOf(entry: Dirent, folder: string): string {
  return relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/");
}

function readConsoleFile(path: string): ConsoleFile {
  const content = readFileSync(path);
  const extension = extname(path);
  const isWorthIt = content.length >= COMPRESSED_FROM_BYTES && !COMPRESSED_ALREADY.has(extension);
  const made = new Map<Encoding, Promise<Buffer>>();
  return {
    type: TYPES[extension],
    content,
    encoded(encoding) {
      if (!isWorthIt) return undefined;
      const known = made.get(encoding);
      if (known !== undefined) return known;
      const compressing = compress(content, encoding);
      made.set(encoding, compressing);
      return compressing;
    },
  };
}

function compress(content: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === "gzip") return promisify(gzip)(content);
  return promisify(brotliCompress)(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY },
  });
}
