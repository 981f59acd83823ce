import { Problem } from "@flowlens/contract";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import { RemoteError } from "./remote-error.ts";

const PATIENCE_MS = 120_000;

export type RemoteQuery = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Requests to one FlowLens. Answers are of the schema given, or a RemoteError says why there is none. */
export interface RemoteCalls {
  get<Schema extends TSchema>(schema: Schema, path: string, query?: RemoteQuery): Promise<Static<Schema>>;
  post<Schema extends TSchema>(schema: Schema, path: string): Promise<Static<Schema>>;
  /** Where a path lies, with its query. */
  locate(path: string, query?: RemoteQuery): URL;
  /** Headers that let this caller in. */
  readonly credentials: Readonly<Record<string, string>>;
}

export function createRemoteCalls({
  url,
  token,
}: {
  readonly url: string;
  readonly token?: string | undefined;
}): RemoteCalls {
  const credentials: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };

  function locate(path: string, query: RemoteQuery = {}): URL {
    const target = new URL(path, url);
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue;
      for (const one of [value].flat()) target.searchParams.append(name, String(one));
    }
    return target;
  }

  async function call(method: string, target: URL): Promise<{ status: number; text: string }> {
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const response = await fetch(target, { method, headers: credentials, signal });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      throw unreachable(url, cause);
    }
  }

  return {
    get: async (schema, path, query) => answerOf(schema, await call("GET", locate(path, query))),
    post: async (schema, path) => answerOf(schema, await call("POST", locate(path))),
    locate,
    credentials,
  };
}

/** What was answered. @throws RemoteError with the code and sentence of the problem document, or REMOTE_ANSWER_STRANGE */
export function answerOf<Schema extends TSchema>(
  schema: Schema,
  { status, text }: { readonly status: number; readonly text: string },
): Static<Schema> {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    throw strange(status, cause);
  }
  const isGood = status >= 200 && status < 300;
  if (isGood && Value.Check(schema, answer)) return answer;
  if (isGood || !Value.Check(Problem, answer)) throw strange(status);
  throw new RemoteError(answer.code, answer.detail, { context: { status } });
}

export function unreachable(url: string, cause: unknown): RemoteError {
  const { name, code, cause: inner } = cause as Error & { readonly code?: string };
  const why = (inner as { readonly code?: string } | undefined)?.code ?? code ?? name;
  return new RemoteError(
    "REMOTE_UNREACHABLE",
    `FlowLens does not answer at ${url} (${why}). Look whether flowlens serve still runs there, and try again.`,
    { context: { url }, cause },
  );
}

function strange(status: number, cause?: unknown): RemoteError {
  return new RemoteError(
    "REMOTE_ANSWER_STRANGE",
    `The answer, with status ${status}, is not one of this FlowLens. If it was updated, start flowlens serve anew; else look which program listens there.`,
    { context: { status }, ...(cause === undefined ? {} : { cause }) },
  );
}
