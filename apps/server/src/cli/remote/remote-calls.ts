import type { Problem } from "@flowlens/contract";
import { RemoteError } from "./remote-error.ts";

const PATIENCE_MS = 120_000;

export type RemoteQuery = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Requests to one FlowLens. */
export interface RemoteCalls {
  get<Answer>(path: string, query?: RemoteQuery): Promise<Answer>;
  post<Answer>(path: string): Promise<Answer>;
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

  async function call<Answer>(method: string, target: URL): Promise<Answer> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(target, {
        method,
        headers: credentials,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      text = await response.text();
    } catch (cause) {
      throw unreachable(url, cause);
    }
    return answerOf<Answer>(response.status, text);
  }

  return {
    get: (path, query) => call("GET", locate(path, query)),
    post: (path) => call("POST", locate(path)),
    locate,
    credentials,
  };
}

/** The JSON of a good answer. @throws RemoteError with the code and sentence of the problem document */
export function answerOf<Answer>(status: number, text: string): Answer {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    throw strange(status, cause);
  }
  if (status >= 200 && status < 300) return answer as Answer;
  const { code, detail } = answer as Partial<Problem>;
  if (typeof code !== "string" || typeof detail !== "string") throw strange(status);
  throw new RemoteError(code, detail, { context: { status } });
}

export function unreachable(url: string, cause: unknown): RemoteError {
  const { cause: inner } = cause as { readonly cause?: { readonly code?: unknown } };
  const why = String(inner?.code ?? (cause as { readonly code?: unknown }).code ?? (cause as Error).name);
  return new RemoteError(
    "REMOTE_UNREACHABLE",
    `FlowLens does not answer at ${url} (${why}). Look whether flowlens serve still runs there, and try again.`,
    { context: { url }, cause },
  );
}

function strange(status: number, cause?: unknown): RemoteError {
  return new RemoteError(
    "REMOTE_ANSWER_STRANGE",
    `The answer, with status ${status}, is not one of FlowLens. Look which program listens there.`,
    { context: { status }, ...(cause === undefined ? {} : { cause }) },
  );
}
