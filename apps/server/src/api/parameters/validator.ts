import type { FieldError } from "@flowlens/contract";
import type { FastifySchemaCompiler } from "fastify";
import type { TObject } from "typebox";
import { RequestError } from "../errors.ts";
import { readParameters, type GivenParameters } from "./read-parameters.ts";

const PLACES: Readonly<Record<string, FieldError["in"]>> = {
  querystring: "query",
  params: "path",
  body: "body",
};

/** Reads the parameters and the body of a request by the schema of its route. */
export const readByRoute: FastifySchemaCompiler<TObject> =
  ({ schema, httpPart = "" }) =>
  (given: unknown) => {
    try {
      if (httpPart === "body") checkIsObject(given);
      return { value: readParameters(schema, given as GivenParameters, PLACES[httpPart]) };
    } catch (error) {
      return { error: error as Error };
    }
  };

function checkIsObject(body: unknown): void {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return;
  throw new RequestError(
    "REQUEST_MALFORMED",
    "The body must be a JSON object; send it with the header Content-Type: application/json.",
  );
}
