import { invalidParameter } from "./read-parameters.ts";

/** The flow store counts seconds from 1970 in 32 bits. */
const LATEST_MS = 0xffff_ffff * 1_000;

/**
 * The moment that the parameter names; undefined when it is not given.
 * @throws RequestError PARAMETER_INVALID outside of the years that traffic can have
 */
export function readMoment<Name extends string>(
  query: { readonly [Key in Name]?: string },
  name: Name,
): Date | undefined {
  const text: string | undefined = query[name];
  if (text === undefined) return undefined;
  const date = new Date(text);
  if (date.getTime() >= 0 && date.getTime() <= LATEST_MS) return date;
  throw invalidParameter(
    name,
    `must be a time from 1970 to 2105 such as 2026-03-01T12:00:00Z, not ${JSON.stringify(text)}`,
  );
}
