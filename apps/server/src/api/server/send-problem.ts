import type { Problem } from "@flowlens/contract";
import type { FastifyReply } from "fastify";

export const PROBLEM_MEDIA_TYPE = "application/problem+json";

const RETRY_AFTER_S = 2;
/** How long a client that is still sending has for reading why it was refused. */
const READ_REFUSAL_MS = 2_000;

/** Answers with a problem document. */
export function sendProblem(reply: FastifyReply, document: Problem): FastifyReply {
  const { status, code } = document;
  if ((status === 503 || status === 429) && !reply.hasHeader("retry-after")) {
    reply.header("retry-after", RETRY_AFTER_S);
  }
  if (code === "AUTHENTICATION_REQUIRED" || code === "TOKEN_REFUSED")
    reply.header("www-authenticate", "Bearer");
  endUpload(reply);
  // As text: to a route's own schema of answers it would be none.
  return reply.code(status).type(PROBLEM_MEDIA_TYPE).send(JSON.stringify(document));
}

/**
 * A body that is still coming is not read to its end, which may be far; but were the connection closed at once, the
 * client would see a reset instead of the answer.
 */
function endUpload({ raw, request }: FastifyReply): void {
  const incoming = request.raw;
  if (incoming.complete || incoming.destroyed) return;
  raw.once("finish", () => {
    incoming.resume();
    const patience = setTimeout(() => {
      if (!incoming.complete) incoming.socket.destroy();
    }, READ_REFUSAL_MS);
    patience.unref();
    incoming.once("close", () => clearTimeout(patience));
  });
}
