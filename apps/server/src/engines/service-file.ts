import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { lockHolder } from "./instance-lock.ts";
import { writeFileWhole } from "./write-file-whole.ts";

const FILE = "serve.json";

/** Where a running `serve` answers. `token` lets other commands of the same user in. */
export type Service = { readonly pid: number; readonly url: string; readonly token?: string };

export type PublishedService = { withdraw(): void };

/** Writes down, for other commands, where this process answers. Only for the process that holds the data directory. */
export function publishService(
  dataDirectory: string,
  { url, token }: { url: string; token?: string },
): PublishedService {
  const path = join(dataDirectory, FILE);
  const service: Service = { pid: process.pid, url, ...(token === undefined ? {} : { token }) };
  writeFileWhole(path, `${JSON.stringify(service)}\n`);
  return { withdraw: () => rmSync(path, { force: true }) };
}

/**
 * The `serve` that runs on this data directory; `null` when none does. What a killed one left behind does not count: the service is
 * alive as long as the process that published it holds the directory's lock.
 */
export function findService(dataDirectory: string): Service | null {
  let service: Partial<Service>;
  try {
    service = JSON.parse(readFileSync(join(dataDirectory, FILE), "utf8")) as Partial<Service>;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const { pid, url, token } = service;
  if (typeof pid !== "number" || typeof url !== "string") return null;
  if (lockHolder(dataDirectory)?.pid !== pid) return null;
  return { pid, url, ...(typeof token === "string" ? { token } : {}) };
}
