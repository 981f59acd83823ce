import { DECIDED_AT } from "../orientation/evidence.ts";
import type { SliceTarget } from "../chunk.ts";
import type { StageTables } from "../stage-tables.ts";

export function insertTargets(tables: StageTables, targets: readonly SliceTarget[]): string {
  const rows = targets.map(
    (target) =>
      `(${target.networkId},${target.window},${target.slice},${target.floorBatch},${target.batchFrom})`,
  );
  return `INSERT INTO ${tables.targets} (network_id, window, slice, floor_batch, batch_from) VALUES ${rows.join(",")}`;
}

export interface FoldsOptions {
  readonly tables: StageTables;
  readonly fold: number;
  readonly batchTo: number;
  /** Seconds since 1970. */
  readonly foldedAt: number;
}

/** The switch: from here on readers see this fold of its slices. One block, so that all of it appears at once. */
export function insertFolds({ tables, fold, batchTo, foldedAt }: FoldsOptions): string {
  return `
    INSERT INTO folds (network_id, window, slice, floor_batch, fold, batch_from, batch_to, folded_at)
    SELECT network_id, toDateTime(window, 'UTC'), slice, floor_batch, ${fold}, batch_from, ${batchTo}, toDateTime(${foldedAt}, 'UTC')
    FROM ${tables.targets}`;
}

const HOUR_MS = 3_600_000;

export interface ServedOptions {
  readonly tables: StageTables;
  /** Seconds since 1970. */
  readonly fromWindow: number;
  readonly toWindow: number;
  /** Day of the fold, `2026-11-22`, UTC. */
  readonly foldedOn: string;
}

/**
 * Remembers endpoints that were plainly servers, for conversations that will not say it themselves. Kept: ports from
 * 1024 on (below, the port says it), with several clients or a conversation that lasts; once an hour each.
 */
export function insertServedEndpoints({ tables, fromWindow, toWindow, foldedOn }: ServedOptions): string {
  const columns = (hasSeveral: 0 | 1): string =>
    "network_id, ip_protocol, score, lo_top, lo_low, hi_top, hi_low, lo_port, hi_port, last_lo, last_hi, is_real, " +
    `toUInt8(${hasSeveral}) AS lasts`;
  const plain = `is_real AND abs(score) >= ${DECIDED_AT} AND if(score > 0, hi_port, lo_port) >= 1024`;
  return `
    INSERT INTO served_endpoints (network_id, hour, host, protocol, service_port, clients, folded_on)
    SELECT network_id, toDateTime(hour_start, 'UTC'), host, ip_protocol, service_port, client_count, toDate('${foldedOn}')
    FROM (
      SELECT network_id, toUInt32(intDiv(greatest(last_lo, last_hi), ${HOUR_MS}) * 3600) AS hour_start,
        toIPv6(bitShiftLeft(toUInt128(if(score > 0, hi_top, lo_top)), 64) + if(score > 0, hi_low, lo_low)) AS host,
        ip_protocol, if(score > 0, hi_port, lo_port) AS service_port,
        toUInt32(uniqExact(if(score > 0, lo_top, hi_top), if(score > 0, lo_low, hi_low))) AS client_count, max(lasts) AS some_last
      FROM (
        SELECT ${columns(0)} FROM ${tables.rows}
        WHERE is_target AND ${plain} AND tuple_hash NOT IN (SELECT tuple_hash FROM ${tables.tuples})
        UNION ALL
        SELECT ${columns(1)} FROM ${tables.tuples} WHERE has_several AND ${plain}
      )
      GROUP BY network_id, hour_start, host, ip_protocol, service_port
      HAVING client_count > 1 OR some_last
    )
    WHERE (network_id, hour_start, host, ip_protocol, service_port) NOT IN (
      SELECT network_id, toUInt32(hour), host, protocol, service_port FROM served_endpoints
      WHERE hour >= toDateTime(${fromWindow - 7200}, 'UTC') AND hour <= toDateTime(${toWindow + 7200}, 'UTC'))`;
}
