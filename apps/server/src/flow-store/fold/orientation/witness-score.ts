import { DECIDED_AT, RATIO_LIMIT, WEIGHT, type EvidenceName } from "./evidence.ts";
import { evidenceBits } from "./intrinsic-score.ts";
import type { StageTables } from "../stage-tables.ts";

/*
 * Evidence from other conversations. Plain ones (DECIDED_AT) are witnesses: of their server's endpoint, of its port
 * in the network and of its host. Real ones, plain or not, count the peers of their endpoints.
 * Only what an unplain conversation asks for is counted.
 */

type Side = "lo" | "hi";
const SIDES: readonly Side[] = ["lo", "hi"];

const endpointKey = (side: Side): string =>
  `cityHash64(1, network_id, ${side}_top, ${side}_low, ip_protocol, ${side}_port)`;
const portKey = (side: Side): string => `cityHash64(2, network_id, ip_protocol, ${side}_port)`;
const hostKey = (side: Side): string => `cityHash64(3, network_id, ${side}_top, ${side}_low)`;
const hostId = (side: Side): string => `cityHash64(${side}_top, ${side}_low)`;

export interface WitnessOptions {
  readonly tables: StageTables;
  /** How many seconds of memory count, and up to which window (seconds). */
  readonly memory: { readonly fromHour: number; readonly toHour: number };
}

/** Fills `witnesses`: per key of an unplain conversation its peers and its plain conversations as server and as client. */
export function insertWitnesses({ tables, memory }: WitnessOptions): string {
  const unplain = `SELECT * FROM ${tables.tuples} WHERE abs(score) < ${DECIDED_AT}`;
  const asked = (key: (side: Side) => string): string =>
    `(SELECT arrayJoin([${SIDES.map(key).join(", ")}]) FROM (${unplain}))`;
  const columns = "network_id, lo_top, lo_low, hi_top, hi_low, lo_port, hi_port, ip_protocol, score, is_real";
  const conversations = `
      SELECT ${columns} FROM ${tables.rows} WHERE is_real AND tuple_hash NOT IN (SELECT tuple_hash FROM ${tables.tuples})
      UNION ALL
      SELECT ${columns} FROM ${tables.tuples} WHERE is_real`;
  const serves = (side: Side): string =>
    `score ${side === "hi" ? ">=" : "<= -"}${side === "hi" ? " " : ""}${DECIDED_AT}`;
  const asks = (side: Side): string => serves(side === "hi" ? "lo" : "hi");
  // Each side by itself, so that what nobody asks for is let go before anything is made of it.
  const counted = (
    key: (side: Side) => string,
    more: (side: Side) => string,
    condition: (side: Side) => string,
  ): string =>
    SIDES.map(
      (side) =>
        `SELECT ${key(side)} AS key, ${more(side)} FROM (${conversations}) WHERE ${condition(side)} AND key IN ${asked(key)}`,
    ).join(" UNION ALL ");
  const isPlain = (): string => `abs(score) >= ${DECIDED_AT}`;
  return `
    INSERT INTO ${tables.witnesses} (key, peers, as_server, as_client)
    SELECT key, count(), countIf(serves), countIf(asks)
    FROM (${counted(
      endpointKey,
      (side) => `${serves(side)} AS serves, ${asks(side)} AS asks`,
      () => "1",
    )})
    GROUP BY key
    UNION ALL
    SELECT key, 0, uniqExactIf(host_id, serves), uniqExactIf(host_id, NOT serves)
    FROM (${counted(portKey, (side) => `${serves(side)} AS serves, ${hostId(side)} AS host_id`, isPlain)})
    GROUP BY key
    UNION ALL
    SELECT key, 0, countIf(serves), countIf(NOT serves)
    FROM (${counted(hostKey, (side) => `${serves(side)} AS serves`, isPlain)})
    GROUP BY key
    UNION ALL
    SELECT endpoint, max(clients), sum(clients), 0
    FROM (
      SELECT cityHash64(1, network_id, toUInt64(bitShiftRight(toUInt128(host), 64)), toUInt64(toUInt128(host)), protocol, service_port) AS endpoint, clients
      FROM served_endpoints
      WHERE hour >= toDateTime(${memory.fromHour}, 'UTC') AND hour <= toDateTime(${memory.toHour}, 'UTC')
        AND (network_id, host) IN (
          SELECT network_id, arrayJoin([${SIDES.map((side) => `toIPv6(bitShiftLeft(toUInt128(${side}_top), 64) + ${side}_low)`).join(", ")}])
          FROM (${unplain}))
    )
    WHERE endpoint IN ${asked(endpointKey)}
    GROUP BY endpoint`;
}

/**
 * Fills `verdicts`: of each of `tuples` who is the server, the bits that say so, and whether the server's side sent
 * nothing but resets. With a score of exactly 0 `hi` serves, so that any run gives the same.
 */
export function insertVerdicts({ tables }: { readonly tables: StageTables }): string {
  const summed = `(SELECT key, max(peers) AS peers, sum(as_server) AS as_server, sum(as_client) AS as_client FROM ${tables.witnesses} GROUP BY key)`;
  const joins = SIDES.flatMap((side) => [
    `LEFT ANY JOIN ${summed} AS endpoint_${side} ON ${endpointKey(side)} = endpoint_${side}.key`,
    `LEFT ANY JOIN ${summed} AS port_${side} ON ${portKey(side)} = port_${side}.key`,
    `LEFT ANY JOIN ${summed} AS host_${side} ON ${hostKey(side)} = host_${side}.key`,
  ]);
  // Odds of serving, each side with one imaginary conversation of either role.
  const odds = (what: string): string =>
    `log((1 + ${what}_hi.as_server) / (1 + ${what}_hi.as_client)) - log((1 + ${what}_lo.as_server) / (1 + ${what}_lo.as_client))`;
  const evidence: readonly (readonly [EvidenceName & keyof typeof RATIO_LIMIT, string])[] = [
    ["endpointPeers", "log(greatest(endpoint_hi.peers, 1) / greatest(endpoint_lo.peers, 1))"],
    ["endpointServes", odds("endpoint")],
    ["portServed", odds("port")],
    ["hostServes", odds("host")],
  ];
  const clamped = evidence.map(([name, sql]) => {
    const limit = RATIO_LIMIT[name];
    return `toInt32(round(${WEIGHT[name]} * greatest(-${limit}, least(${limit}, ${sql})))) AS w_${name}`;
  });
  const names = evidence.map(([name]) => `w_${name}`);
  return `
    INSERT INTO ${tables.verdicts} (tuple_hash, has_several, hi_serves, kinds, score, only_refuses, client_sent)
    SELECT tuple_hash, has_several, final_score >= 0 AS hi_serves,
      toUInt16(if(hi_serves, bitAnd(all_kinds, 65535), bitShiftRight(all_kinds, 16))) AS kinds, final_score,
      if(hi_serves, only_refuses_hi, only_refuses_lo), if(hi_serves, last_lo, last_hi) > 0
    FROM (
      SELECT tuple_hash, has_several, only_refuses_lo, only_refuses_hi, last_lo, last_hi,
        t.score + ${names.join(" + ")} AS final_score, t.kinds + ${evidenceBits(names.map((name) => [name.slice(2) as EvidenceName, name]))} AS all_kinds, ${clamped.join(", ")}
      FROM (SELECT * FROM ${tables.tuples} WHERE abs(score) < ${DECIDED_AT}) AS t
      ${joins.join("\n      ")}
    )
    UNION ALL
    SELECT tuple_hash, has_several, score >= 0 AS hi_serves,
      toUInt16(if(hi_serves, bitAnd(kinds, 65535), bitShiftRight(kinds, 16))), score,
      if(hi_serves, only_refuses_hi, only_refuses_lo), if(hi_serves, last_lo, last_hi) > 0
    FROM ${tables.tuples} WHERE abs(score) >= ${DECIDED_AT}`;
}
