import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { ClickHouseAddress } from "./engine-types.ts";

/** A refusal in ClickHouse's own words. */
export class ClickHouseAnswer extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text.trim());
    this.name = "ClickHouseAnswer";
    this.status = status;
  }
}

const ANSWER_LIMIT_CHARACTERS = 10_000;

type Answer = { readonly status: number; readonly text: string };
type Ask = {
  readonly method: "GET" | "POST";
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly timeoutMs: number;
};

// One connection for each question, closed after it: on shutdown ClickHouse waits for connections that are kept open.
function ask(url: string, { method, body, headers = {}, timeoutMs }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith("https:") ? requestHttps : requestHttp;
    const outgoing = send(url, { method, headers, agent: false }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk: string) => (text = (text + chunk).slice(0, ANSWER_LIMIT_CHARACTERS)));
      incoming.on("error", reject);
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, text }));
    });
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    outgoing.on("error", reject);
    outgoing.on("close", () => clearTimeout(timer));
    outgoing.end(body);
  });
}

/** Resolves on any HTTP answer of the server: even a refusal is a sign of life. */
export async function pingClickHouse(url: string, timeoutMs: number): Promise<void> {
  await ask(`${url}/ping`, { method: "GET", timeoutMs });
}

/**
 * Asks the server something small, with our user and password. Answers at most 10,000 characters.
 * @throws ClickHouseAnswer when it answers with an error; the system's own error when it does not answer
 */
export async function queryClickHouse(
  address: ClickHouseAddress,
  query: string,
  timeoutMs: number,
): Promise<string> {
  const headers = { "X-ClickHouse-User": address.username, "X-ClickHouse-Key": address.password };
  const { status, text } = await ask(`${address.url}/`, { method: "POST", body: query, headers, timeoutMs });
  if (status !== 200) throw new ClickHouseAnswer(status, text);
  return text;
}
