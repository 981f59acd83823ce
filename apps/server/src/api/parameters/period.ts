import { invalidParameter } from "./read-parameters.ts";
import { readMoment } from "./moment.ts";

/** From (included) to (excluded), ms since 1970. */
export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PeriodQuery {
  readonly from?: string;
  readonly to?: string;
}

/** What of a period was given. @throws RequestError PARAMETER_INVALID naming `from` or `to` */
export function readPeriod(query: PeriodQuery): Partial<Period> {
  const from = readMoment(query, "from")?.getTime();
  const to = readMoment(query, "to")?.getTime();
  if (from !== undefined && to !== undefined && from > to) throw invalidParameter("from", "lies after to");
  return {
    ...(from === undefined ? {} : { fromMs: from }),
    ...(to === undefined ? {} : { toMs: to }),
  };
}

/** The whole period: what was given, the rest by a default that is only asked for when it is needed. */
export async function completePeriod(
  { fromMs, toMs }: Partial<Period>,
  byDefault: () => Promise<Period>,
): Promise<Period> {
  if (fromMs !== undefined && toMs !== undefined) return { fromMs, toMs };
  const usual = await byDefault();
  if (fromMs !== undefined) return { fromMs, toMs: Math.max(fromMs, usual.toMs) };
  if (toMs !== undefined) return { fromMs: Math.max(0, toMs - (usual.toMs - usual.fromMs)), toMs };
  return usual;
}

/** The fields of an answer that say which period it is about. */
export function periodAnswer({ fromMs, toMs }: Period): {
  readonly period_from: string;
  readonly period_to: string;
} {
  return { period_from: new Date(fromMs).toISOString(), period_to: new Date(toMs).toISOString() };
}
