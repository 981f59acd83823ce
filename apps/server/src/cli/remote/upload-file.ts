import { once } from "node:events";
import { createReadStream } from "node:fs";
import { request, type ClientRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { TaskAccepted } from "@flowlens/contract";
import { fileError, recogniseFile } from "#collection";
import { answerOf, unreachable, type RemoteCalls, type RemoteQuery } from "./remote-calls.ts";
import { RemoteError } from "./remote-error.ts";

const CHUNK_BYTES = 1 << 18;

export interface UploadFileOptions {
  readonly query: RemoteQuery;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes: (sent: number, ofBytes: number) => void;
}

export interface UploadedFile {
  readonly taskId: string;
  readonly bytes: number;
}

/**
 * Sends the file as it lies on disk, piece by piece; answers the task that takes it in.
 * @throws CollectionError when the file is none or cannot be read; RemoteError when it was refused or did not get through
 */
export async function uploadFile(
  calls: RemoteCalls,
  path: string,
  options: UploadFileOptions,
): Promise<UploadedFile> {
  // What is no flow file is told so here, by the same words, instead of after it was sent.
  const { fileBytes: bytes } = await recogniseFile(path);
  // No more than is announced, should the file be growing.
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES, end: bytes - 1 });
  // Not fetch: that cannot say how long a stream is, and the receiver refuses what is too long before it is sent.
  const sending = request(calls.locate("/api/v1/imports", options.query), {
    method: "POST",
    headers: { ...calls.credentials, "content-type": "application/octet-stream", "content-length": bytes },
    signal: options.signal,
  });
  // Listened to below as long as it matters; without a listener a late one would end the process.
  sending.on("error", () => {});
  // A refusal may come while the file is still being sent; the connection then breaks under it.
  const answered = once(sending, "response") as Promise<[IncomingMessage]>;
  try {
    await Promise.race([answered, send(file, sending, (sent) => options.onBytes(sent, bytes))]);
    const [response] = await answered;
    const accepted = answerOf(TaskAccepted, {
      status: response.statusCode ?? 0,
      text: await text(response),
    });
    return { taskId: accepted.task_id, bytes };
  } catch (cause) {
    throw uploadError(cause, path, { signal: options.signal, url: calls.locate("/").href });
  } finally {
    file.destroy();
    sending.destroy();
    answered.catch(() => {});
  }
}

/** Resolves when all of the file is on its way; rejects when the file cannot be read on. */
async function send(
  file: AsyncIterable<Buffer>,
  sending: ClientRequest,
  onSent: (bytes: number) => void,
): Promise<void> {
  let sent = 0;
  for await (const chunk of file) {
    sent += chunk.length;
    const hasRoom = sending.write(chunk);
    onSent(sent);
    if (!hasRoom) await once(sending, "drain");
  }
  sending.end();
}

interface UploadAttempt {
  readonly signal: AbortSignal | undefined;
  readonly url: string;
}

function uploadError(cause: unknown, path: string, { signal, url }: UploadAttempt): unknown {
  if (signal?.aborted === true) {
    return new RemoteError(
      "IMPORT_CANCELLED",
      `${path}: the import was stopped while the file was being sent; nothing is left of it.`,
      { cause },
    );
  }
  if (cause instanceof RemoteError) return cause;
  const { syscall } = cause as { readonly syscall?: unknown };
  return syscall === "read" && !isSocketError(cause) ? fileError(path, cause) : unreachable(url, cause);
}

function isSocketError(cause: unknown): boolean {
  return ["ECONNRESET", "EPIPE", "ETIMEDOUT"].includes(String((cause as { readonly code?: unknown }).code));
}
