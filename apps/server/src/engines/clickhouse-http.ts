import type { ClickHouseAddress } from "./engine-types.ts";

/** A refusal in ClickHouse's own words. */
export class ClickHouseAnswer extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text.trim().slice(0, 2_000));
    this.name = "ClickHouseAnswer";
    this.status = status;
  }
}

/** Resolves on any HTTP answer of the server: even a refusal is a sign of life. */
export async function pingClickHouse(url: string, timeoutMs: number): Promise<void> {
  const response = await fetch(`${url}/ping`, { signal: AbortSignal.timeout(timeoutMs) });
  await response.arrayBuffer();
}

/**
 * Asks the server something small, with our user and password.
 * @throws ClickHouseAnswer when it answers with an error; the error of `fetch` when it does not answer
 */
export async function queryClickHouse(address: ClickHouseAddress, query: string, timeoutMs: number): Promise<string> {
  const response = await fetch(`${address.url}/`, {
    method: "POST",
    body: query,
    headers: { "X-ClickHouse-User": address.username, "X-ClickHouse-Key": address.password },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  if (!response.ok) throw new ClickHouseAnswer(response.status, text);
  return text;
}
