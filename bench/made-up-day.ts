/** A day of a made-up network as aggregates, made inside ClickHouse so that it takes a minute and not an hour. */
import type { ClickHouseAddress } from "../apps/server/src/engines/index.ts";
import { askClickHouse } from "./harness.ts";

export interface MadeUpDay {
  readonly networkId: number;
  /** Internal hosts, 10.0.0.0 on. */
  readonly hosts: number;
  /** Each makes two aggregates, one from either side. */
  readonly conversations: number;
}

/** Wednesday, 18 November 2026, UTC. */
export const DAY_MS = Date.UTC(2026, 10, 18);
const DAY_S = DAY_MS / 1000;
const CONVERSATIONS_AT_ONCE = 2_000_000;
const SLICES = 32;
const WINDOWS = 288;
/** Of the hosts; each of them has far more than a thousand clients on a day of 30 million conversations. */
const SERVER_SHARE = 0.05;
const FAVOURITES_BITS = 6;
const EXTERNAL_HOSTS = 200_000;

/** Ports by rank: the first are met most (Zipf). */
const PORTS = [443, 80, 22, 445, 5432, 3306, 8080, 389, 88, 25, 1433, 2049, 6379, 9200, 636, 135];

/**
 * Fills `aggregates` and `folds`. Of the conversations, five in six go to one of the client's own 64 destinations,
 * the favourite ones more often, the rest anywhere; 45 % to servers with equal odds, 32 % to servers by Zipf's law,
 * 18 % to external hosts by Zipf's law, 1 % are pings, 5 % go to any host and any port, most of them unanswered. A
 * fiftieth of all others gets no answer either. Four fifths lie between 07:00 and 17:00.
 */
export async function fillMadeUpDay(
  address: ClickHouseAddress,
  database: string,
  { networkId, hosts, conversations }: MadeUpDay,
  onProgress: (done: number) => void,
): Promise<void> {
  const servers = Math.max(1, Math.ceil(hosts * SERVER_SHARE));
  const zipf = (most: number, uniform: string): string =>
    `toUInt32(floor(exp(${uniform} * log(${most} + 1))) - 1)`;
  const share = (hash: string): string => `(${hash}) / 18446744073709551616.`;
  for (let from = 0; from < conversations; from += CONVERSATIONS_AT_ONCE) {
    const count = Math.min(CONVERSATIONS_AT_ONCE, conversations - from);
    await askClickHouse(
      address,
      `
INSERT INTO aggregates (network_id, host, window, side, peer, protocol, service_port, answered, started, accepted, refused, one_way,
  bytes_in, bytes_out, packets_in, packets_out, tcp_flags_or, duration_ms_sum, first_seen, last_seen, max_sampling_rate,
  orientation_evidence, slice, fold, folded_on)
SELECT ${networkId}, if(side = 'client', client, server) AS own, window, side, if(side = 'client', server, client) AS other,
  protocol, service_port, answered, 1, answered, refused, if(answered = 0 AND refused = 0, 1, 0),
  if(side = 'client', down, up) AS received, if(side = 'client', up, down) AS sent,
  intDiv(received + 799, 800), intDiv(sent + 799, 800), 27, h1 % 60000 AS duration,
  toDateTime64(window, 3, 'UTC') + toIntervalMillisecond(h1 % 240000) AS first, first + toIntervalMillisecond(duration), 1,
  3, cityHash64(least(own, other), greatest(own, other)) % ${SLICES}, 1 + intDiv(toUInt32(window) - ${DAY_S}, 300), toDate(window, 'UTC')
FROM (
  SELECT number + ${from} AS i, cityHash64(i, 1) AS h1, cityHash64(i, 2) AS h2, cityHash64(i, 3) AS h3, cityHash64(i, 4) AS h4,
    toUInt32(floor(${share("cityHash64(i, 7)")} * ${hosts})) AS client_rank,
    h3 % 6 < 5 AS is_usual,
    if(is_usual, cityHash64(client_rank, toUInt32(floor(exp2(${share("h2")} * ${FAVOURITES_BITS})) - 1)), h1) AS target,
    if(is_usual, cityHash64(target, 3), h2) % 100 AS kind,
    ${share("target")} AS u,
    kind >= 70 AND kind < 88 AS is_external,
    multiIf(kind < 45, toUInt32(floor(u * ${servers})), kind < 70 OR (kind >= 88 AND kind < 95), ${zipf(servers, "u")},
      is_external, ${zipf(EXTERNAL_HOSTS, "u")}, toUInt32(floor(u * ${hosts}))) AS rank,
    toIPv6(IPv4NumToString(toUInt32(if(is_external, 0x08000000 + cityHash64(rank, 9) % 0x400000, 0x0a000000 + rank)))) AS server,
    toIPv6(IPv4NumToString(toUInt32(0x0a000000 + client_rank))) AS client,
    toDateTime(${DAY_S} + 300 * if(h4 % 5 < 4, 84 + intDiv(h4, 8) % 120, intDiv(h4, 8) % ${WINDOWS}), 'UTC') AS window,
    toUInt8(if(kind >= 96, 0, h2 % 50 != 0)) AS answered, toUInt32(kind = 99) AS refused,
    multiIf(is_external, if(h3 % 7 = 0, 17, 6), kind = 88, 1, h3 % 11 = 0, 17, 6) AS protocol,
    multiIf(protocol = 1, 0, protocol = 17, [53, 53, 123, 161, 443][1 + rank % 5], is_external, if(intDiv(h3, 100) % 8 = 0, 80, 443),
      kind >= 95, toUInt16(1 + intDiv(h3, 100) % 65535),
      [${PORTS.join(", ")}][1 + ${zipf(PORTS.length, share("cityHash64(rank, intDiv(h3, 100) % 3 % (1 + rank % 3))"))}]) AS service_port,
    toUInt64(60 * exp2(cityHash64(i, 5) % 1400 / 100.)) AS up,
    if(answered = 1, toUInt64(60 * exp2(cityHash64(i, 6) % 1800 / 100.)), toUInt64(refused * 40)) AS down
  FROM numbers(${count})
) ARRAY JOIN CAST(['client', 'server'], 'Array(Enum8(\\'client\\' = 0, \\'server\\' = 1))') AS side`,
      database,
    );
    onProgress(from + count);
  }
  await askClickHouse(
    address,
    `INSERT INTO folds (network_id, window, slice, floor_batch, fold, batch_from, batch_to, folded_at)
SELECT ${networkId}, toDateTime(${DAY_S} + 300 * intDiv(number, ${SLICES}), 'UTC') AS window, number % ${SLICES}, 0, 1 + intDiv(number, ${SLICES}), 1, 1, window
FROM numbers(${WINDOWS * SLICES})`,
    database,
  );
}
