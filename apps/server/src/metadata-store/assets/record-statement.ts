import { sql, type SQL } from "drizzle-orm";
import { endpointNumber } from "./asset-columns.ts";
import type { AssetObservation } from "./observation.ts";

/** An observation as the statement reads it out of JSON: the names and types of INPUT_COLUMNS. */
export function toInput(one: AssetObservation, address: string, typeBefore: string) {
  const { evidence, engine, decision, challenger } = one;
  return {
    address,
    internal: one.internal,
    first_seen: one.firstSeen,
    last_seen: one.lastSeen,
    conversations: one.conversations,
    bytes_in: one.bytesIn,
    bytes_out: one.bytesOut,
    clients: one.clients,
    servers: one.servers,
    served_endpoints: one.servedEndpoints.map(({ protocol, port }) => endpointNumber(protocol, port)),
    served_clients: one.servedEndpoints.map(({ clients }) => clients),
    max_sampling_rate: one.maxSamplingRate,
    type_before: typeBefore,
    decision_type: decision.type,
    decision_confidence: decision.confidence,
    decision_method: decision.method,
    engine_type: engine.type,
    engine_confidence: engine.confidence,
    engine_method: engine.method,
    runner_up: engine.runnerUp?.type ?? null,
    runner_up_confidence: engine.runnerUp?.confidence ?? null,
    role: engine.role?.type ?? null,
    role_confidence: engine.role?.confidence ?? null,
    model_version: engine.modelVersion,
    challenger_type: challenger?.type ?? null,
    challenger_runs: challenger?.runs ?? 0,
    period_from: evidence.periodFrom,
    period_to: evidence.periodTo,
    counts: evidence.counts,
    vector: evidence.vector,
    feature_version: evidence.featureVersion,
    reasons: evidence.reasons,
    missing: evidence.missing,
  };
}

const INPUT_COLUMNS: Readonly<Record<keyof ReturnType<typeof toInput>, string>> = {
  address: "inet",
  internal: "boolean",
  first_seen: "timestamptz",
  last_seen: "timestamptz",
  conversations: "bigint",
  bytes_in: "bigint",
  bytes_out: "bigint",
  clients: "integer",
  servers: "integer",
  served_endpoints: "integer[]",
  served_clients: "integer[]",
  max_sampling_rate: "integer",
  type_before: "text",
  decision_type: "text",
  decision_confidence: "double precision",
  decision_method: "text",
  engine_type: "text",
  engine_confidence: "double precision",
  engine_method: "text",
  runner_up: "text",
  runner_up_confidence: "double precision",
  role: "text",
  role_confidence: "double precision",
  model_version: "text",
  challenger_type: "text",
  challenger_runs: "smallint",
  period_from: "timestamptz",
  period_to: "timestamptz",
  counts: "json",
  vector: "double precision[]",
  feature_version: "text",
  reasons: "json",
  missing: "text[]",
};

/** Columns of `assets` that the newest observation simply replaces, confirmed or not. */
const REPLACED = [
  "internal",
  "conversations",
  "bytes_in",
  "bytes_out",
  "clients",
  "servers",
  "served_endpoints",
  "served_clients",
  "max_sampling_rate",
  "engine_type",
  "engine_confidence",
  "engine_method",
  "runner_up",
  "runner_up_confidence",
  "role",
  "role_confidence",
  "model_version",
  "feature_version",
  "challenger_type",
  "challenger_runs",
] as const satisfies readonly (keyof typeof INPUT_COLUMNS)[];

/** Columns of `assets` that say what is in force, and where the new value comes from. A confirmed asset keeps its own. */
const DECIDED = {
  asset_type: "decision_type",
  confidence: "decision_confidence",
  classification_method: "decision_method",
} as const satisfies Readonly<Record<string, keyof typeof INPUT_COLUMNS>>;

const EVIDENCE = [
  "period_from",
  "period_to",
  "counts",
  "vector",
  "feature_version",
  "reasons",
  "missing",
] as const satisfies readonly (keyof typeof INPUT_COLUMNS)[];

const list = (parts: readonly string[]) => parts.join(", ");
const recordset = list(Object.entries(INPUT_COLUMNS).map(([name, type]) => `${name} ${type}`));

const UPSERT = `
  insert into assets as kept (
    network_id, address, first_seen, last_seen, classified_at, type_since, ${list(REPLACED)}, ${list(Object.keys(DECIDED))}
  )
  select $network, address, first_seen, last_seen, now(), case when decision_type <> 'unknown' then now() end,
    ${list(REPLACED)}, ${list(Object.values(DECIDED))}
  from input order by address
  on conflict (network_id, address) do update set
    first_seen = least(kept.first_seen, excluded.first_seen),
    last_seen = greatest(kept.last_seen, excluded.last_seen),
    classified_at = excluded.classified_at,
    type_since = case when kept.confirmed or kept.asset_type = excluded.asset_type then kept.type_since else now() end,
    ${list(Object.keys(DECIDED).map((name) => `${name} = case when kept.confirmed then kept.${name} else excluded.${name} end`))},
    ${list(REPLACED.map((name) => `${name} = excluded.${name}`))}
  returning id, address, confirmed`;

/**
 * Writes `json`, an array of `toInput`'s answers, in one statement. Answers one row: `kept_confirmed` and `type_changes`.
 * The recordset is the only parameter of any size, so the text is the same for any number of rows.
 */
export function recordingStatement(networkId: number, json: string): SQL {
  const [beforeNetwork, afterNetwork] = UPSERT.split("$network");
  return sql`with
    input as materialized (select * from json_to_recordset(${json}::json) as recordset(${sql.raw(recordset)})),
    written as (${sql.raw(beforeNetwork)}${networkId}::integer${sql.raw(afterNetwork)}),
    evidence as (
      insert into asset_evidence (asset_id, evaluated_at, ${sql.raw(list(EVIDENCE))})
      select id, now(), ${sql.raw(list(EVIDENCE))} from written join input using (address)
      on conflict (asset_id) do update set evaluated_at = excluded.evaluated_at,
        ${sql.raw(list(EVIDENCE.map((name) => `${name} = excluded.${name}`)))}
    ),
    history as (
      insert into classification_history
        (asset_id, from_type, to_type, method, confidence, model_version, feature_version, vector, counts, reasons)
      select id, type_before, decision_type, decision_method, decision_confidence, model_version, feature_version,
        vector, counts, reasons
      from written join input using (address)
      where not confirmed and decision_type <> type_before
      returning 1
    )
    select (select count(*)::integer from written where confirmed) as kept_confirmed,
      (select count(*)::integer from history) as type_changes`;
}
