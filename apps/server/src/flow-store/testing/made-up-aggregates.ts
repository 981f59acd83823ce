/** Aggregates made up for tests, written as a fold would: every conversation from both sides. */
import type { StoreClient } from "../client/store-client.ts";

/** What one client did with one server on one service in one window. */
export interface MadeUpAggregate {
  readonly client: string;
  readonly server: string;
  /** Start of the window, ms since 1970. */
  readonly windowMs: number;
  readonly protocol: number;
  readonly port: number;
  /** A row with `answered` has nothing refused or one-way; one without has nothing accepted. */
  readonly answered: boolean;
  readonly started: number;
  readonly accepted: number;
  readonly refused: number;
  readonly oneWay: number;
  /** From client to server and back. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly packetsUp: number;
  readonly packetsDown: number;
  /** After the window's start, ms. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly samplingRate: number;
  /** The fold that wrote it, 1 unless said. */
  readonly fold?: number;
  readonly slice?: number;
}

export interface MadeUpFold {
  readonly windowMs: number;
  readonly slice: number;
  readonly fold: number;
  readonly floorBatch?: number;
}

/** Writes aggregates and the folds that say which of them count. Default: of each slice the newest fold there is. */
// oxlint-disable-next-line eslint/max-params -- the folds are given by the few cases that are about them
export async function insertMadeUp(
  client: StoreClient,
  networkId: number,
  aggregates: readonly MadeUpAggregate[],
  folds: readonly MadeUpFold[] = foldsOf(aggregates),
): Promise<void> {
  const rows = aggregates.flatMap((one) => [
    `(${networkId},${sideOf(one, "client")})`,
    `(${networkId},${sideOf(one, "server")})`,
  ]);
  if (rows.length > 0) {
    await client.command({
      name: "insert made-up aggregates",
      sql: `INSERT INTO aggregates (network_id, host, window, side, peer, protocol, service_port, answered, started, accepted, refused, one_way,
        bytes_in, bytes_out, packets_in, packets_out, first_seen, last_seen, max_sampling_rate, slice, fold, folded_on) VALUES ${rows.join(",")}`,
    });
  }
  if (folds.length > 0) {
    const values = folds.map(
      (one) =>
        `(${networkId},${one.windowMs / 1000},${one.slice},${one.floorBatch ?? 0},${one.fold},1,${one.fold},1767571200)`,
    );
    await client.command({
      name: "insert made-up folds",
      sql: `INSERT INTO folds (network_id, window, slice, floor_batch, fold, batch_from, batch_to, folded_at) VALUES ${values.join(",")}`,
    });
  }
}

export function foldsOf(aggregates: readonly MadeUpAggregate[]): MadeUpFold[] {
  const folds = new Map<string, MadeUpFold>();
  for (const { windowMs, slice = 0, fold = 1 } of aggregates) {
    const key = `${windowMs} ${slice}`;
    const known = folds.get(key);
    if (known === undefined || known.fold < fold) folds.set(key, { windowMs, slice, fold });
  }
  return [...folds.values()];
}

function sideOf(one: MadeUpAggregate, side: "client" | "server"): string {
  const [host, peer] = side === "client" ? [one.client, one.server] : [one.server, one.client];
  const [bytesIn, bytesOut] = side === "client" ? [one.bytesDown, one.bytesUp] : [one.bytesUp, one.bytesDown];
  const [packetsIn, packetsOut] =
    side === "client" ? [one.packetsDown, one.packetsUp] : [one.packetsUp, one.packetsDown];
  const values = [
    `'${host}'`,
    one.windowMs / 1000,
    `'${side}'`,
    `'${peer}'`,
    one.protocol,
    one.port,
    Number(one.answered),
    one.started,
    one.accepted,
    one.refused,
    one.oneWay,
    bytesIn,
    bytesOut,
    packetsIn,
    packetsOut,
    ((one.windowMs + one.firstMs) / 1000).toFixed(3),
    ((one.windowMs + one.lastMs) / 1000).toFixed(3),
    one.samplingRate,
    one.slice ?? 0,
    one.fold ?? 1,
    "'2026-01-05'",
  ];
  return values.join(",");
}
