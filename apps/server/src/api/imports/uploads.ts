import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rm, type FileHandle } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { ApiError, RequestError } from "../errors.ts";

export interface Upload {
  readonly path: string;
  readonly bytes: number;
}

/** The folder in which uploads lie while they are taken in. Each piece is written before the next one is read. */
export interface Uploads {
  /** Removes what a killed predecessor left; answers its names. @throws ApiError API_UPLOADS_UNUSABLE */
  clear(): Promise<string[]>;
  /**
   * Writes the body into a file of its own. Nothing is left of it when this rejects.
   * @throws RequestError UPLOAD_TOO_LARGE, UPLOAD_EMPTY, UPLOAD_BROKEN_OFF, NO_SPACE
   */
  receive(body: IncomingMessage): Promise<Upload>;
  remove(path: string): Promise<void>;
  /** Resolves when no upload is being written. */
  settled(): Promise<void>;
}

export function createUploads(folder: string, bytesMax: number): Uploads {
  const receiving = new Set<Promise<unknown>>();

  async function receive(body: IncomingMessage): Promise<Upload> {
    if (Number(body.headers["content-length"] ?? 0) > bytesMax) throw tooLarge(bytesMax);
    const path = join(folder, randomUUID());
    try {
      const file = await open(path, "wx", 0o600);
      try {
        const bytes = await writeBody(body, file, bytesMax);
        if (bytes === 0) {
          throw new RequestError(
            "UPLOAD_EMPTY",
            "The body has no bytes. Send the file as the body of the request.",
          );
        }
        return { path, bytes };
      } finally {
        await file.close();
      }
    } catch (cause) {
      await rm(path, { force: true });
      throw uploadError(cause);
    }
  }

  return {
    async clear() {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const names = await readdir(folder);
        await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
        return names;
      } catch (cause) {
        const systemCode = String((cause as { readonly code?: unknown }).code);
        throw new ApiError(
          "API_UPLOADS_UNUSABLE",
          `The folder for uploads, ${folder}, cannot be written (${systemCode}). Give this user the right to, or choose another data directory with --data.`,
          { context: { folder, systemCode }, cause },
        );
      }
    },
    receive(body) {
      const received = receive(body);
      const ended: Promise<unknown> = received.catch(() => undefined).then(() => receiving.delete(ended));
      receiving.add(ended);
      return received;
    },
    remove: (path) => rm(path, { force: true }),
    settled: async () => void (await Promise.all(receiving)),
  };
}

async function writeBody(body: IncomingMessage, file: FileHandle, bytesMax: number): Promise<number> {
  let bytes = 0;
  // Leaving the loop early must not end the connection: the refusal is yet to be sent over it.
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    await file.writeFile(chunk);
  }
  return bytes;
}

function tooLarge(bytesMax: number): RequestError {
  return new RequestError(
    "UPLOAD_TOO_LARGE",
    `At most ${bytesMax} bytes are taken over HTTP. Compress the file with gzip, split it, raise the setting api.uploadBytesMax, or import it while serve does not run.`,
  );
}

function uploadError(cause: unknown): unknown {
  if (cause instanceof RequestError) return cause;
  const code = (cause as { readonly code?: unknown }).code;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new RequestError(
      "NO_SPACE",
      "There is no space left for the upload in the data directory. Free some and send it again.",
      { cause },
    );
  }
  if (code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE") {
    return new RequestError("UPLOAD_BROKEN_OFF", "The body ended before it was whole. Send it again.", {
      cause,
    });
  }
  return cause;
}
