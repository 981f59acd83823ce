import { IP_PROTOCOL } from "@flowlens/flow";
import { CURRENT_FOLDS, currentAggregates } from "./current-aggregates.ts";

export const ICMP = `(${IP_PROTOCOL.icmp}, ${IP_PROTOCOL.icmpv6})`;

/** Where counting gets from what does not stand in the aggregates themselves: two SELECT texts. */
export interface CountingSources {
  /** As CURRENT_FOLDS. */
  readonly folds: string;
  /** host, protocol, service_port of the served endpoints among those that some conversation got no answer from. */
  readonly served: string;
}

/**
 * Endpoints that answered in the look-back (spec §1 "served") and in some window did not: only those need a second
 * look. `where` narrows them down by `host`. Grouped in the order of the table's key.
 */
export function servedEndpoints(where = "1", folds = CURRENT_FOLDS): string {
  const endpoints = (answered: 0 | 1): string => `
    SELECT host, protocol, service_port
    FROM ${currentAggregates(`answered = ${answered} AND side = 'server' AND protocol NOT IN ${ICMP} AND ${where}`, folds)}
    GROUP BY host, protocol, service_port`;
  // As HAVING … IN it would be moved before the grouping and looked up for every row.
  return `${endpoints(1)} INTERSECT DISTINCT ${endpoints(0)}`;
}

/** What `servedEndpoints` must look at for some hosts: themselves, and those they tried without an answer. */
export function endpointsAround(hosts: string, folds = CURRENT_FOLDS): string {
  return `(${hosts} OR host IN (SELECT peer FROM ${currentAggregates(`${hosts} AND answered = 0 AND side = 'client'`, folds)}))`;
}

/**
 * Rows that count as traffic, with the accepted `conversations` they bring: answered ones, and those to a served
 * endpoint of which this view shows one direction only. A row with answered = 1 has nothing refused or one-way in
 * it, since `answered` is part of its key. Continuing conversations bring bytes, hours and peers, but no
 * conversation.
 */
export function countedRows(columns: readonly string[], where: string, sources: CountingSources): string {
  const list = columns.join(", ");
  return `(
    SELECT ${list}, accepted AS conversations
    FROM ${currentAggregates(`${where} AND answered = 1`, sources.folds)}
    UNION ALL
    SELECT ${list}, one_way AS conversations
    FROM ${currentAggregates(`${where} AND answered = 0 AND (one_way > 0 OR refused = 0) AND ${isServed(sources)}`, sources.folds)}
  )`;
}

/** Rows without an answer; `unanswered`: their conversations that nobody answered, to endpoints that serve nobody. */
export function attemptRows(columns: readonly string[], where: string, sources: CountingSources): string {
  return `(
    SELECT ${columns.join(", ")}, refused, if(${isServed(sources)}, 0, one_way) AS unanswered
    FROM ${currentAggregates(`${where} AND answered = 0`, sources.folds)}
  )`;
}

function isServed({ served }: CountingSources): string {
  return `(if(side = 'server', host, peer), protocol, service_port) IN (${served})`;
}
