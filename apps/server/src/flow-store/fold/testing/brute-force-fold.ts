/** The fold as the specification says it, record by record, for conversations whose client the flags give away. */
import type { TestAggregate, TestRecord } from "./store-under-test.ts";

const WINDOW_MS = 300_000;
const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;

interface View {
  packets: bigint;
  bytes: bigint;
  startMs: number;
  endMs: number;
}

interface Seen {
  /** By window, then direction (true: from the client), then exporter. */
  readonly windows: Map<
    number,
    { up: Map<string, View>; down: Map<string, View>; rate: number; flags: number }
  >;
  serverFlags: number;
}

/** TCP only: the sender of a record with SYN and no ACK is the client of that 5-tuple. */
export function bruteForceFold(
  records: readonly TestRecord[],
): Omit<TestAggregate, "orientation_evidence">[] {
  const clients = new Set(
    records.filter((record) => ((record.flags ?? 0) & (SYN | ACK)) === SYN).map(outward),
  );
  const conversations = new Map<string, Seen>();
  for (const record of records) {
    const up = clients.has(outward(record));
    const key = up ? outward(record) : inward(record);
    let seen = conversations.get(key);
    if (seen === undefined) conversations.set(key, (seen = { windows: new Map(), serverFlags: 0 }));
    if (!up) seen.serverFlags |= record.flags ?? 0;
    addShares(seen, record, up);
  }
  const rows = new Map<string, Totals>();
  for (const [key, seen] of conversations) addConversation(rows, key, seen);
  return [...rows.values()].flatMap(bothSides).sort(byKey);
}

interface Totals {
  client: string;
  server: string;
  port: number;
  window: number;
  answered: number;
  started: number;
  accepted: number;
  refused: number;
  oneWay: number;
  upBytes: bigint;
  downBytes: bigint;
  upPackets: bigint;
  downPackets: bigint;
  flags: number;
  durationMs: number;
  firstMs: number;
  lastMs: number;
  rate: number;
  readonly counted: Set<string>;
  readonly seenBy: Set<string>;
}

const outward = (record: TestRecord): string =>
  `${record.from} ${record.fromPort} ${record.to} ${record.toPort}`;
const inward = (record: TestRecord): string =>
  `${record.to} ${record.toPort} ${record.from} ${record.fromPort}`;

function addShares(seen: Seen, record: TestRecord, up: boolean): void {
  const rate = BigInt(record.rate ?? 1);
  const bytes = BigInt(record.bytes ?? 100) * rate;
  const packets = BigInt(record.packets ?? 1) * rate;
  const first = Math.floor(record.startMs / WINDOW_MS);
  const last = Math.floor(record.endMs / WINDOW_MS);
  const spanMs = BigInt(record.endMs - record.startMs);
  const upTo = (total: bigint, window: number): bigint => {
    if (window < first) return 0n;
    if (window >= last) return total;
    return (total * BigInt((window + 1) * WINDOW_MS - record.startMs)) / spanMs;
  };
  for (let window = first; window <= last; window++) {
    let slot = seen.windows.get(window);
    if (slot === undefined)
      seen.windows.set(window, (slot = { up: new Map(), down: new Map(), rate: 1, flags: 0 }));
    slot.flags |= record.flags ?? 0;
    slot.rate = Math.max(slot.rate, record.rate ?? 1);
    const views = up ? slot.up : slot.down;
    const exporter = record.exporter ?? "192.0.2.1";
    let view = views.get(exporter);
    if (view === undefined) {
      views.set(exporter, (view = { packets: 0n, bytes: 0n, startMs: record.startMs, endMs: record.endMs }));
    }
    view.packets += upTo(packets, window) - upTo(packets, window - 1);
    view.bytes += upTo(bytes, window) - upTo(bytes, window - 1);
    view.startMs = Math.min(view.startMs, record.startMs);
    view.endMs = Math.max(view.endMs, record.endMs);
  }
}

function addConversation(rows: Map<string, Totals>, key: string, seen: Seen): void {
  const [client, , server, port] = key.split(" ");
  const onlyResets =
    seen.serverFlags !== 0 && (seen.serverFlags & ~(RST | ACK)) === 0 && (seen.serverFlags & RST) !== 0;
  let before: { window: number; answered: boolean } | undefined;
  for (const [window, slot] of [...seen.windows].sort(([a], [b]) => a - b)) {
    const up = mostPackets(slot.up);
    const down = mostPackets(slot.down);
    const answered = down !== undefined && !onlyResets;
    const continues = before?.window === window - 1;
    const started = Number(!continues);
    const vain = started === 1 && !answered;
    const row = totalsOf(rows, { client, server, port: Number(port), window, answered: Number(answered) });
    row.started += started;
    row.accepted += Number(answered && !(continues && before?.answered === true));
    row.refused += Number(vain && down !== undefined);
    row.oneWay += Number(vain && down === undefined);
    row.upBytes += up?.view.bytes ?? 0n;
    row.upPackets += up?.view.packets ?? 0n;
    row.downBytes += down?.view.bytes ?? 0n;
    row.downPackets += down?.view.packets ?? 0n;
    row.flags |= slot.flags;
    const views = [up, down].filter((one) => one !== undefined);
    const startMs = Math.max(window * WINDOW_MS, Math.min(...views.map((one) => one.view.startMs)));
    const endMs = Math.min((window + 1) * WINDOW_MS, Math.max(...views.map((one) => one.view.endMs)));
    row.durationMs += Math.max(0, endMs - startMs);
    row.firstMs = Math.min(row.firstMs, startMs);
    row.lastMs = Math.max(row.lastMs, Math.min(endMs, (window + 1) * WINDOW_MS - 1));
    row.rate = Math.max(row.rate, slot.rate);
    for (const one of views) row.counted.add(one.exporter);
    for (const exporter of [...slot.up.keys(), ...slot.down.keys()]) row.seenBy.add(exporter);
    before = { window, answered };
  }
}

function mostPackets(
  views: ReadonlyMap<string, View>,
): { readonly exporter: string; readonly view: View } | undefined {
  const sorted = [...views].sort(
    ([a, one], [b, other]) => Number(other.packets - one.packets) || (a < b ? -1 : 1),
  );
  return sorted.length === 0 ? undefined : { exporter: sorted[0][0], view: sorted[0][1] };
}

function totalsOf(
  rows: Map<string, Totals>,
  key: Pick<Totals, "client" | "server" | "port" | "window" | "answered">,
): Totals {
  const name = JSON.stringify(key);
  let row = rows.get(name);
  if (row === undefined) {
    const zero = {
      started: 0,
      accepted: 0,
      refused: 0,
      oneWay: 0,
      flags: 0,
      durationMs: 0,
      lastMs: 0,
      rate: 0,
    };
    const none = { upBytes: 0n, downBytes: 0n, upPackets: 0n, downPackets: 0n };
    row = {
      ...key,
      ...zero,
      ...none,
      firstMs: Number.POSITIVE_INFINITY,
      counted: new Set(),
      seenBy: new Set(),
    };
    rows.set(name, row);
  }
  return row;
}

function bothSides(row: Totals): Omit<TestAggregate, "orientation_evidence">[] {
  const counted = [...row.counted].sort();
  const others = [...row.seenBy].filter((exporter) => !row.counted.has(exporter)).sort();
  const shared = {
    window: row.window * 300,
    protocol: 6,
    service_port: row.port,
    answered: row.answered,
    started: row.started,
    accepted: row.accepted,
    refused: row.refused,
    one_way: row.oneWay,
    tcp_flags_or: row.flags,
    duration_ms_sum: row.durationMs,
    first_seen: row.firstMs,
    last_seen: row.lastMs,
    max_sampling_rate: row.rate,
    exporters: row.seenBy.size > 1 ? [...counted, ...others] : [],
  };
  const [upBytes, downBytes] = [Number(row.upBytes), Number(row.downBytes)];
  const [upPackets, downPackets] = [Number(row.upPackets), Number(row.downPackets)];
  return [
    {
      ...shared,
      host: row.client,
      peer: row.server,
      side: "client",
      bytes_in: downBytes,
      bytes_out: upBytes,
      packets_in: downPackets,
      packets_out: upPackets,
    },
    {
      ...shared,
      host: row.server,
      peer: row.client,
      side: "server",
      bytes_in: upBytes,
      bytes_out: downBytes,
      packets_in: upPackets,
      packets_out: downPackets,
    },
  ];
}

type Row = Omit<TestAggregate, "orientation_evidence">;

/** The order in which the store's rows are read. */
export function byKey(a: Row, b: Row): number {
  const key = (row: Row): (string | number)[] => [
    row.host,
    row.window,
    row.side,
    row.peer,
    row.protocol,
    row.service_port,
    row.answered,
  ];
  const [ka, kb] = [key(a), key(b)];
  for (let i = 0; i < ka.length; i++) if (ka[i] !== kb[i]) return ka[i] < kb[i] ? -1 : 1;
  return 0;
}
