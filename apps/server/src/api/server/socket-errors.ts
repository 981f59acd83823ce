import type { Socket } from "node:net";
import type { ProblemCode } from "@flowlens/contract";
import { documentOf } from "../problems/problem-of.ts";
import { PROBLEM_MEDIA_TYPE } from "./send-problem.ts";

const REASONS: Readonly<Record<string, { readonly code: ProblemCode; readonly detail: string }>> = {
  HPE_HEADER_OVERFLOW: {
    code: "HEADERS_TOO_LARGE",
    detail: "Send fewer or shorter headers, or a shorter address.",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: "REQUEST_TIMEOUT",
    detail: "The request did not come in time. Send it again.",
  },
};
const MALFORMED = {
  code: "REQUEST_MALFORMED",
  detail: "What came is not HTTP/1.1. Check what is sent, and the scheme http.",
} as const;
const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

/** Answers what cannot even be read as a request, then ends the connection. */
export function answerSocketError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { code, detail } = REASONS[error.code ?? ""] ?? MALFORMED;
  const document = documentOf(code, detail);
  const body = JSON.stringify(document);
  const head = [
    `HTTP/1.1 ${document.status} ${STATUS_TEXTS[document.status]}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
