import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";

/** Writes a file for its owner only, beside and then renamed, so that a crash leaves the old file or the new one. */
export function writeFileWhole(path: string, text: string): void {
  const beside = `${path}.new`;
  const file = openSync(beside, "w", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}
