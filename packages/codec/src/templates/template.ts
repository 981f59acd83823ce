import type { Plan } from "./plan.ts";

/** Length of a field that says its length in the record (RFC 7011 §7). */
export const VARIABLE_LENGTH = 65_535;

/** Enterprise of the scope fields of v9, which have numbers of their own (RFC 3954 §6.1): no IANA element. */
export const NETFLOW9_SCOPE = -1;

export const USED = -1;

/** A template as its exporter defined it, and what was made of it for reading. */
export interface Template {
  readonly id: number;
  /** UDP source port it came from; 0 where not known. */
  readonly port: number;
  readonly isOptions: boolean;
  /** The first so many fields are scope. */
  readonly scopeFields: number;
  /** In the order of the record. */
  readonly ids: Uint16Array;
  readonly lengths: Uint16Array;
  /** 0 is IANA's; NETFLOW9_SCOPE for scope fields of v9. */
  readonly enterprises: Float64Array;
  readonly plan: Plan;
  /** When `expire` first found it unused since; USED where it was sent or used since the last `expire`. */
  unusedSinceMs: number;
  /** The same id in the same domain and address, from another port: several exporters behind one address. */
  alternate: Template | undefined;
}

export function isSameDefinition(
  a: Pick<Template, "isOptions" | "scopeFields" | "ids" | "lengths" | "enterprises">,
  b: Pick<Template, "isOptions" | "scopeFields" | "ids" | "lengths" | "enterprises">,
): boolean {
  const { ids, lengths, enterprises } = a;
  if (a.isOptions !== b.isOptions || a.scopeFields !== b.scopeFields || ids.length !== b.ids.length)
    return false;
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] !== b.ids[i] || lengths[i] !== b.lengths[i] || enterprises[i] !== b.enterprises[i])
      return false;
  }
  return true;
}
