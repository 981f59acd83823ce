import { readFileSync, renameSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import type { TemplateSnapshot } from "@flowlens/codec";
import type { Logger } from "#telemetry";

/** Templates over a restart: a file beside the spool. */
export interface TemplateFile {
  /** What was saved last; undefined when there is nothing, or nothing that can be read: then the file is set aside. */
  load(): TemplateSnapshot | undefined;
  /** Writes when something changed since the last time. Never rejects: what fails is logged and tried again next time. */
  save(snapshot: TemplateSnapshot): Promise<void>;
}

const VERSION = 1;

interface Kept {
  readonly version: number;
  readonly templates: unknown;
}

export function createTemplateFile(path: string, logger: Logger): TemplateFile {
  let savedText: string | undefined;
  let saving: Promise<void> = Promise.resolve();
  let failed = false;

  function setAside(reason: string): void {
    const aside = `${path}.damaged`;
    try {
      renameSync(path, aside);
      logger.warn(
        { file: path, aside, reason },
        "the kept templates cannot be used and were set aside; exporters send theirs again within minutes",
      );
    } catch (error) {
      logger.warn({ file: path, reason, error }, "the kept templates cannot be used");
    }
  }

  async function write(text: string): Promise<void> {
    const beside = `${path}.new`;
    try {
      const file = await open(beside, "w", 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, path);
      savedText = text;
      failed = false;
    } catch (error) {
      if (!failed) logger.warn({ file: path, error }, "templates cannot be saved; it is tried again");
      failed = true;
    }
  }

  return {
    load() {
      let text: string;
      try {
        text = readFileSync(path, "utf8");
      } catch (error) {
        if ((error as { readonly code?: unknown }).code !== "ENOENT") {
          logger.warn({ file: path, error }, "the kept templates cannot be read");
        }
        return undefined;
      }
      try {
        const kept = JSON.parse(text) as Kept | null;
        if (kept?.version === VERSION && typeof kept.templates === "object" && kept.templates !== null) {
          savedText = text;
          return kept.templates as TemplateSnapshot;
        }
        setAside(`it is not of version ${VERSION}`);
      } catch {
        setAside("it is not whole");
      }
      return undefined;
    },
    save(snapshot) {
      const kept: Kept = { version: VERSION, templates: snapshot };
      const text = JSON.stringify(kept);
      // One after the other: two writers of one file would mix.
      saving = saving.then(() => (text === savedText ? undefined : write(text)));
      return saving;
    },
  };
}
