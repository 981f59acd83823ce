/** What roll-ups are held to: the aggregates that count, put together hour by hour without SQL. */
import type { StoreClient } from "../../client/store-client.ts";
import type { TestAggregate } from "../../fold/testing/store-under-test.ts";
import { currentHourly, hourlyParams } from "../current-hourly.ts";

/** As an aggregate, `window` being the start of the hour. */
export type TestHour = TestAggregate;

/** The roll-ups that count, rows of a key put together, in order. */
export async function readHours(client: StoreClient, networkId = 1): Promise<TestHour[]> {
  const address = (column: string): string => `replaceOne(toString(${column}), '::ffff:', '')`;
  const rows = await client.rows<TestHour>({
    name: "hours",
    sql: `
      SELECT ${address("host")} AS host, ${address("peer")} AS peer, side, toUnixTimestamp(hour) AS window, protocol, service_port, answered,
        started, accepted, refused, one_way, tcp_flags_or, max_sampling_rate, orientation_evidence,
        toFloat64(bytes_in) AS bytes_in, toFloat64(bytes_out) AS bytes_out,
        toFloat64(packets_in) AS packets_in, toFloat64(packets_out) AS packets_out, toFloat64(duration_ms_sum) AS duration_ms_sum,
        toFloat64(toUnixTimestamp64Milli(first_seen)) AS first_seen, toFloat64(toUnixTimestamp64Milli(last_seen)) AS last_seen,
        arrayMap(x -> ${address("x")}, exporters) AS exporters
      FROM ${currentHourly()}`,
    params: await hourlyParams(client, { networkId, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }),
  });
  return hoursOf(rows);
}

export function hoursOf(aggregates: readonly TestAggregate[]): TestHour[] {
  const hours = new Map<string, TestHour>();
  for (const row of aggregates) {
    const one = { ...row, window: row.window - (row.window % 3600) };
    const key = [
      one.host,
      String(one.window),
      one.side,
      one.peer,
      one.protocol,
      one.service_port,
      one.answered,
    ].join(" ");
    const other = hours.get(key);
    hours.set(key, other === undefined ? one : together(other, one));
  }
  return [...hours].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, hour]) => hour);
}

function together(a: TestHour, b: TestHour): TestHour {
  const counted = [...new Set([...a.exporters.slice(0, 1), ...b.exporters.slice(0, 1)])].sort();
  const others = [...new Set([...a.exporters, ...b.exporters])]
    .filter((one) => !counted.includes(one))
    .sort();
  return {
    ...a,
    started: a.started + b.started,
    accepted: a.accepted + b.accepted,
    refused: a.refused + b.refused,
    one_way: a.one_way + b.one_way,
    bytes_in: a.bytes_in + b.bytes_in,
    bytes_out: a.bytes_out + b.bytes_out,
    packets_in: a.packets_in + b.packets_in,
    packets_out: a.packets_out + b.packets_out,
    duration_ms_sum: a.duration_ms_sum + b.duration_ms_sum,
    tcp_flags_or: a.tcp_flags_or | b.tcp_flags_or,
    orientation_evidence: a.orientation_evidence | b.orientation_evidence,
    first_seen: Math.min(a.first_seen, b.first_seen),
    last_seen: Math.max(a.last_seen, b.last_seen),
    max_sampling_rate: Math.max(a.max_sampling_rate, b.max_sampling_rate),
    exporters: [...counted, ...others],
  };
}
