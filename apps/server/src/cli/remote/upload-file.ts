import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import type { TaskAccepted } from "@flowlens/contract";
import { fileError } from "#collection";
import { answerOf, unreachable, type RemoteCalls, type RemoteQuery } from "./remote-calls.ts";
import { RemoteError } from "./remote-error.ts";

export interface UploadFileOptions {
  readonly query: RemoteQuery;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes: (sent: number, ofBytes: number) => void;
}

export interface UploadedFile {
  readonly taskId: string;
  readonly bytes: number;
}
