import type { FoldChunk } from "../chunk.ts";
import { DECIDED_AT } from "../orientation/evidence.ts";
import { edgeSql } from "../orientation/intrinsic-score.ts";
import { withIntrinsicScore } from "../orientation/score.ts";
import { CONVERSATION_COLUMNS, type StageTables } from "../stage-tables.ts";

export interface SeveralOptions {
  readonly chunk: FoldChunk;
  readonly tables: StageTables;
  readonly knownPorts: boolean;
}

const IDENTITY =
  "any(network_id) AS network_id, any(lo_top) AS lo_top, any(lo_low) AS lo_low, any(hi_top) AS hi_top, any(hi_low) AS hi_low, " +
  "any(lo_port) AS lo_port, any(hi_port) AS hi_port, any(ip_protocol) AS ip_protocol, any(slice) AS slice";

/**
 * Fills `windows` with the conversations that have more than one row: they span windows, or several exporters
 * saw them. Of each direction and window the exporter with most packets counts (of equals the lower address);
 * `counted` names those, `seen_by` all.
 */
export function insertSeveralRows({ chunk, tables }: SeveralOptions): string {
  const several = `(SELECT tuple_hash FROM ${tables.rows} GROUP BY tuple_hash HAVING count() > 1)`;
  const columns = `${CONVERSATION_COLUMNS}, window, is_target, counted, seen_by`;
  if (!chunk.hasSeveralExporters) {
    return `
    INSERT INTO ${tables.windows} (${columns})
    SELECT * EXCEPT (exporter_top, exporter_low, score, kinds, is_real, only_refuses_lo, only_refuses_hi), [] AS counted, [] AS seen_by
    FROM ${tables.rows} WHERE tuple_hash IN ${several}`;
  }
  const exporter = "toIPv6(bitShiftLeft(toUInt128(exporter_top), 64) + exporter_low)";
  const chosen = (side: "lo" | "hi"): string =>
    `argMaxIf((packets_${side}, bytes_${side}, first_${side}, last_${side}, exporter), (packets_${side}, bitNot(exporter_top), bitNot(exporter_low)), last_${side} > 0) AS chosen_${side}`;
  return `
    INSERT INTO ${tables.windows} (${columns})
    SELECT tuple_hash, network_id, lo_top, lo_low, hi_top, hi_low, lo_port, hi_port, ip_protocol, slice,
      chosen_lo.1, chosen_hi.1, chosen_lo.2, chosen_hi.2, chosen_lo.3, chosen_hi.3, chosen_lo.4, chosen_hi.4, bits, sampling_rate,
      window, is_target,
      arraySort(arrayDistinct(arrayConcat(if(chosen_lo.4 > 0, [chosen_lo.5], []), if(chosen_hi.4 > 0, [chosen_hi.5], [])))) AS counted, seen_by
    FROM (
      SELECT tuple_hash, window, ${IDENTITY}, ${chosen("lo")}, ${chosen("hi")},
        groupBitOr(bits) AS bits, max(sampling_rate) AS sampling_rate, any(is_target) AS is_target,
        arraySort(groupUniqArray(exporter)) AS seen_by
      FROM (SELECT *, ${exporter} AS exporter FROM ${tables.rows} WHERE tuple_hash IN ${several})
      GROUP BY tuple_hash, window
    )`;
}

const TUPLE_COLUMNS = `${CONVERSATION_COLUMNS}, score, kinds, is_real, only_refuses_lo, only_refuses_hi, has_several`;

/**
 * Fills `combined`: of conversations of several rows the evidence put together.
 *
 * First packets are compared on the clock of one exporter that saw both directions (the one with most packets);
 * where none did, time says nothing.
 */
export function insertCombined({ tables }: SeveralOptions): string {
  const perExporter = `
      SELECT tuple_hash, exporter_top, exporter_low, ${IDENTITY},
        sum(rows.packets_lo) AS packets_lo, sum(rows.packets_hi) AS packets_hi, sum(rows.bytes_lo) AS bytes_lo, sum(rows.bytes_hi) AS bytes_hi,
        minIf(rows.first_lo, rows.last_lo > 0) AS first_lo, minIf(rows.first_hi, rows.last_hi > 0) AS first_hi,
        max(rows.last_lo) AS last_lo, max(rows.last_hi) AS last_hi, groupBitOr(rows.bits) AS bits, max(rows.sampling_rate) AS sampling_rate
      FROM ${tables.rows} AS rows
      WHERE tuple_hash IN (SELECT tuple_hash FROM ${tables.windows})
      GROUP BY tuple_hash, exporter_top, exporter_low`;
  const most = (side: "lo" | "hi"): string =>
    `argMax((e.packets_${side}, e.bytes_${side}), (e.packets_${side}, bitNot(exporter_top), bitNot(exporter_low))) AS most_${side}`;
  return `
    INSERT INTO ${tables.combined} (${CONVERSATION_COLUMNS}, comparable)
    SELECT ${CONVERSATION_COLUMNS}, comparable
    FROM (
      SELECT *, most_lo.1 AS packets_lo, most_hi.1 AS packets_hi, most_lo.2 AS bytes_lo, most_hi.2 AS bytes_hi,
        firsts.1 AS first_lo, firsts.2 AS first_hi
      FROM (
        SELECT tuple_hash, ${IDENTITY}, ${most("lo")}, ${most("hi")},
          argMaxIf((e.first_lo, e.first_hi), (e.packets_lo + e.packets_hi, bitNot(exporter_top), bitNot(exporter_low)), e.last_lo > 0 AND e.last_hi > 0) AS firsts,
          max(e.last_lo > 0 AND e.last_hi > 0) AS comparable,
          max(e.last_lo) AS last_lo, max(e.last_hi) AS last_hi, groupBitOr(e.bits) AS bits, max(e.sampling_rate) AS sampling_rate
        FROM (${perExporter}) AS e
        GROUP BY tuple_hash
      )
    )`;
}

/** Fills `tuples` with the combined conversations, and what each says of its server. */
export function insertCombinedTuples({ chunk, tables, knownPorts }: SeveralOptions): string {
  const scored = withIntrinsicScore(`SELECT * FROM ${tables.combined}`, {
    knownPorts,
    edgeMs: edgeSql(chunk.spans),
  });
  return `
    INSERT INTO ${tables.tuples} (${TUPLE_COLUMNS})
    SELECT ${TUPLE_COLUMNS.replace("has_several", "1 AS has_several")} FROM (${scored})`;
}

/** Adds to `tuples` the conversations of one row that are not plain. */
export function insertUnplainTuples({ tables }: Pick<SeveralOptions, "tables">): string {
  return `
    INSERT INTO ${tables.tuples} (${TUPLE_COLUMNS})
    SELECT ${TUPLE_COLUMNS.replace("has_several", "0 AS has_several")} FROM ${tables.rows}
    WHERE abs(score) < ${DECIDED_AT} AND tuple_hash NOT IN (SELECT tuple_hash FROM ${tables.windows})`;
}
