import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { constants, createGunzip } from "node:zlib";
import { isGzip } from "@flowlens/codec";
import { fileError } from "../errors.ts";

const CHUNK_BYTES = 1 << 20;
const HEAD_BYTES = 1 << 16;

/** How reading the content of a file went: to its end, or until the compressed data gave out. */
export interface ContentEnd {
  /** Decompressed bytes handed on. */
  readonly contentBytes: number;
  /** Why the content is not whole, as a clause; undefined when it is. */
  readonly brokenOff: string | undefined;
}

export interface ContentOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes of the file itself (compressed where it is) read so far. */
  readonly onFileBytes?: ((bytes: number) => void) | undefined;
}

/** The first 64 KiB of the file's content, decompressed, and the size of the file itself in bytes. */
export async function readHead(path: string): Promise<{ head: Uint8Array; fileBytes: number }> {
  const info = await stat(path).catch((cause: unknown) => {
    throw fileError(path, cause);
  });
  const parts: Uint8Array[] = [];
  let length = 0;
  const stop = new AbortController();
  try {
    await readContent(
      path,
      (chunk) => {
        parts.push(chunk.slice());
        length += chunk.length;
        if (length >= HEAD_BYTES) stop.abort();
      },
      { signal: stop.signal },
    );
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  return { head: Buffer.concat(parts).subarray(0, HEAD_BYTES), fileBytes: info.size };
}

/**
 * Hands the content of `path`, decompressed where it is gzip, to `onChunk` piece by piece, waiting for it.
 * A gzip that breaks off or is damaged gives all that can be decompressed and says so in the result.
 *
 * @throws CollectionError when the file cannot be opened or read; the signal's reason when it was aborted
 */
export async function readContent(
  path: string,
  onChunk: (chunk: Uint8Array) => Promise<void> | void,
  options: ContentOptions = {},
): Promise<ContentEnd> {
  if (!(await startsAsGzip(path))) {
    return { contentBytes: await readPlain(path, onChunk, options), brokenOff: undefined };
  }
  let contentBytes = 0;
  const count = async (chunk: Uint8Array): Promise<void> => {
    contentBytes += chunk.length;
    await onChunk(chunk);
  };
  const broken = await readGzip(path, count, { ...options, whole: true });
  if (broken === undefined) return { contentBytes, brokenOff: undefined };
  // zlib drops the last piece when it insists on a whole stream, so the rest is read again without insisting.
  let skip = contentBytes;
  await readGzip(
    path,
    async (chunk) => {
      const from = Math.min(skip, chunk.length);
      skip -= from;
      if (from < chunk.length) await count(chunk.subarray(from));
    },
    { signal: options.signal, whole: false },
  );
  return { contentBytes, brokenOff: broken };
}

async function startsAsGzip(path: string): Promise<boolean> {
  try {
    const file = await open(path, "r");
    try {
      const head = new Uint8Array(16);
      const { bytesRead } = await file.read(head, 0, head.length, 0);
      return isGzip(head.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw fileError(path, cause);
  }
}

async function readPlain(
  path: string,
  onChunk: (chunk: Uint8Array) => Promise<void> | void,
  options: ContentOptions,
): Promise<number> {
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path, {
      highWaterMark: CHUNK_BYTES,
      signal: options.signal,
    })) {
      bytes += (chunk as Buffer).length;
      options.onFileBytes?.(bytes);
      await onChunk(chunk as Buffer);
    }
  } catch (cause) {
    throw readFailure(path, cause, options.signal);
  }
  return bytes;
}

/** Reads a gzip file; returns why it broke off, or undefined. `whole`: insist on a complete stream. */
async function readGzip(
  path: string,
  onChunk: (chunk: Uint8Array) => Promise<void>,
  options: ContentOptions & { readonly whole: boolean },
): Promise<string | undefined> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES, signal: options.signal });
  const finishFlush = options.whole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  const gunzip = createGunzip({ chunkSize: 1 << 18, finishFlush });
  file.on("error", (error) => gunzip.destroy(error));
  file.on("data", () => options.onFileBytes?.(file.bytesRead));
  file.pipe(gunzip);
  try {
    for await (const chunk of gunzip) await onChunk(chunk as Buffer);
    return undefined;
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    if (code === "Z_BUF_ERROR") return "the gzip data breaks off";
    if (code === "Z_DATA_ERROR") return "the gzip data is damaged";
    throw readFailure(path, cause, options.signal);
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}

function readFailure(path: string, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  const isSystemError = typeof (cause as { syscall?: unknown }).syscall === "string";
  return isSystemError ? fileError(path, cause) : cause;
}
