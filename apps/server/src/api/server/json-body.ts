import { RequestError } from "../errors.ts";
import type { Server } from "./server.ts";

/** More than any body of this API needs. */
const BODY_LIMIT_BYTES = 64 * 1024;

/** Lets the routes of this server have bodies of JSON. What may stand in them, their schemas say. */
export function acceptJson(server: Server): void {
  server.addContentTypeParser(
    "application/json",
    { parseAs: "string", bodyLimit: BODY_LIMIT_BYTES },
    (_request, body, done) => {
      try {
        done(null, JSON.parse(String(body)) as unknown);
      } catch {
        done(
          new RequestError(
            "REQUEST_MALFORMED",
            'The body is not JSON. Send an object such as {"name": "core router"}.',
          ),
        );
      }
    },
  );
}
