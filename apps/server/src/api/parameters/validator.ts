import type { FieldError } from "@flowlens/contract";
import type { FastifySchemaCompiler } from "fastify";
import type { TObject } from "typebox";
import { readParameters, type GivenParameters } from "./read-parameters.ts";

const PLACES: Readonly<Record<string, FieldError["in"]>> = { querystring: "query", params: "path" };

/** Reads the parameters of a request by the schema of its route. */
export const readByRoute: FastifySchemaCompiler<TObject> =
  ({ schema, httpPart = "" }) =>
  (given: GivenParameters) => {
    try {
      return { value: readParameters(schema, given, PLACES[httpPart]) };
    } catch (error) {
      return { error: error as Error };
    }
  };
