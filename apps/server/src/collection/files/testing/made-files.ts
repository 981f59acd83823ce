import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ethernetFrames, packetsOfScript, pcapFile, type NetworkScript } from "@flowlens/made-traffic";
import { afterAll } from "vitest";

/** A small office day: a database with three clients, name queries, and a port that nobody answers. */
export const OFFICE: NetworkScript = {
  dayMs: Date.UTC(2026, 2, 3),
  seed: 7,
  lines: [
    {
      clients: ["10.0.0.11", "10.0.0.12", "10.0.0.13"],
      servers: "10.0.0.5",
      port: 5432,
      count: 40,
      from: "09:00",
      to: "11:00",
    },
    {
      clients: ["10.0.0.11", "10.0.0.12"],
      servers: "10.0.0.2",
      port: 53,
      protocol: "udp",
      count: 20,
      from: "09:00",
      to: "10:00",
    },
    {
      clients: "10.0.0.13",
      servers: "10.0.0.5",
      port: 23,
      count: 5,
      from: "09:30",
      to: "09:40",
      outcome: "unanswered",
    },
  ],
};

export function officePcap(): Uint8Array {
  return pcapFile(ethernetFrames(packetsOfScript(OFFICE)));
}

/** A folder for the files of one test file, removed afterwards. */
export function madeFolder(): {
  path(name: string): string;
  write(name: string, content: Uint8Array | string): string;
} {
  const folder = mkdtempSync(join(tmpdir(), "flowlens-files-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string): string => join(folder, name);
  return {
    path,
    write(name, content) {
      writeFileSync(path(name), content);
      return path(name);
    },
  };
}
