/**
 * How fast the counts behind features.v1 are made, and the vectors of them, for all hosts of a network from one day:
 * `npm run bench:features -- [--json] [--hosts 100000] [--conversations 30000000]`. Default: a thirtieth of that day.
 * See made-up-day.ts for its traffic. At full size it needs about 4 GB of disk and some minutes.
 */
import { parseArgs } from "node:util";
import { hostVector } from "@flowlens/features";
import { DEFAULT_INTERNAL_RANGES, parseAddressRange } from "@flowlens/flow";
import { createFlowStore } from "../apps/server/src/flow-store/index.ts";
import { silentLogger } from "../apps/server/src/telemetry/index.ts";
import { askClickHouse, cpuSeconds, machineFacts, withClickHouse } from "./harness.ts";
import { DAY_MS, fillMadeUpDay } from "./made-up-day.ts";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    hosts: { type: "string", default: "10000" },
    conversations: { type: "string", default: "1000000" },
  },
});
const hosts = Number(options.hosts);
const conversations = Number(options.conversations);
const NETWORK = 1;

await withClickHouse(async (connection, status) => {
  const database = `features_bench_${process.pid}`;
  const store = createFlowStore(
    { database, insertGiveUpAfterMs: 60_000, foldRowsPerChunk: 2_000_000 },
    { connection: () => connection, logger: silentLogger },
  );
  await store.start();
  try {
    const madeAt = performance.now();
    await fillMadeUpDay(connection, database, { networkId: NETWORK, hosts, conversations }, (done) =>
      process.stderr.write(`\rmade ${done} of ${conversations} conversations`),
    );
    process.stderr.write(
      `\rmade ${conversations} conversations in ${seconds(madeAt).toFixed(0)} s; merging what is small\n`,
    );
    await untilMerged(database);
    const [aggregates, pairs, busy] = (
      await askClickHouse(
        connection,
        `SELECT sum(n), count(), countIf(u > 1000) FROM (SELECT host, count() AS n, uniqExact(peer) AS u FROM aggregates GROUP BY host) FORMAT TSV`,
        database,
      )
    )
      .split("\t")
      .map(Number);
    let rssBytes = 0;
    const watch = setInterval(() => (rssBytes = Math.max(rssBytes, status().rssBytes ?? 0)), 100);
    const begun = performance.now();
    const cpuBefore = cpuSeconds(status().pid);
    const ownBefore = process.cpuUsage();
    let counted = 0;
    let checksum = 0;
    for await (const some of store.queries.hostCounts({
      networkId: NETWORK,
      fromMs: DAY_MS,
      toMs: DAY_MS + 86_400_000,
      timeZone: "Europe/Berlin",
      internalRanges: DEFAULT_INTERNAL_RANGES.flatMap((text) => parseAddressRange(text) ?? []),
      hosts: "all",
    })) {
      for (const { counts } of some) checksum += hostVector(counts)[0];
      counted += some.length;
    }
    const took = seconds(begun);
    const cpuAfter = cpuSeconds(status().pid);
    const own = process.cpuUsage(ownBefore);
    clearInterval(watch);
    const figures = {
      hosts: counted,
      aggregates,
      seconds: round(took),
      conversations,
      addresses: pairs,
      hosts_over_1000_peers: busy,
      store_cpu_seconds: cpuBefore === null || cpuAfter === null ? null : round(cpuAfter - cpuBefore),
      own_cpu_seconds: round((own.user + own.system) / 1e6),
      store_rss_mb: rssBytes === 0 ? null : Math.round(rssBytes / 1024 ** 2),
      checksum: round(checksum),
    };
    console.error(
      `${figures.hosts} hosts from ${aggregates} aggregates in ${figures.seconds} s (${figures.store_cpu_seconds ?? "?"} s CPU in the store, ` +
        `${figures.own_cpu_seconds} s here), ${figures.store_rss_mb ?? "?"} MB; ${busy} addresses have more than 1,000 peers`,
    );
    if (options.json) {
      const engine = `ClickHouse ${await askClickHouse(connection, "SELECT version()")}`;
      const command = `npm run bench:features -- ${process.argv.slice(2).join(" ")}`.trim();
      console.log(JSON.stringify({ command, machine: { ...machineFacts(), engine }, ...figures }));
    }
  } finally {
    await store.dropDatabase();
  }

  /** A day's partition at rest has a few large parts; a measurement among its merges would measure them. */
  async function untilMerged(name: string): Promise<void> {
    const running = `SELECT count() FROM system.merges WHERE database = '${name}'`;
    for (let calm = 0; calm < 3;) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      calm = (await askClickHouse(connection, running)) === "0" ? calm + 1 : 0;
    }
  }
});

function seconds(since: number): number {
  return (performance.now() - since) / 1000;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
