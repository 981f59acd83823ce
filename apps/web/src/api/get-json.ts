import { failureOf, unreachable } from "./problems.ts";

type QueryValue = string | number | boolean | readonly (string | number)[] | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

/** Longer than any answer takes that is still of use on a page. */
const PATIENCE_MS = 20_000;

/** Reads from the API. `path` begins behind `/api/v1`. @throws ApiFailure */
export async function getJson<Answer>(
  path: string,
  { query = {}, signal }: { readonly query?: Query; readonly signal?: AbortSignal } = {},
): Promise<Answer> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}${queryText(query)}`, {
      headers: { accept: "application/json" },
      signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw unreachable();
  }
  if (!response.ok) throw await failureOf(response);
  return (await response.json()) as Answer;
}

/** Lists are one value with commas, as the API reads them. */
function queryText(query: Query): string {
  const entries = Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name, Array.isArray(value) ? value.join(",") : String(value)]];
  });
  return entries.length === 0 ? "" : `?${new URLSearchParams(entries).toString()}`;
}
