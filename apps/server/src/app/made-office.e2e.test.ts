import { createFlowBatch, parseAddressRange, type FlowBatch, type FlowBatchColumn } from "@flowlens/flow";
import { classify, CORE_TYPES, type HeuristicAnswer } from "@flowlens/heuristics";
import { createOffice, type MadeNetwork, type OfficeOptions } from "@flowlens/synthetic";
import { afterEach, describe, expect, it } from "vitest";
import { withClickHouse } from "#engines/testing";
import { createFlowStore, type CountedHost, type FlowStore } from "#flow-store";
import { silentLogger } from "#telemetry";

const DAY_MS = 86_400_000;
/** A Wednesday. */
const DAY = Date.UTC(2026, 2, 4);
const ROWS_AN_INSERT = 200_000;
/** None is the aim. A machine between two types may be tipped by one client more. */
const SCAN_CHANGES_AT_MOST = 0.0125;

const clickhouse = withClickHouse();
const open: FlowStore[] = [];

afterEach(async () => {
  for (const store of open.splice(0)) await store.dropDatabase();
});

/** What the heuristics say of every host after a day, through the store, the fold and the counts. */
async function dayOf(options: Partial<OfficeOptions>) {
  const office = createOffice({ seed: 7, dayStartMs: DAY, timeZone: "UTC", ...options });
  const database = `made_${open.length}`;
  const store = createFlowStore(
    { database, insertGiveUpAfterMs: 30_000, foldRowsPerChunk: 2_000_000 },
    { connection: () => ({ ...clickhouse, database }), logger: silentLogger },
  );
  await store.start();
  open.push(store);
  await insertAll(office, store);
  await store.fold({ nowMs: Date.now() });
  const counted = new Map<string, CountedHost>();
  for await (const hosts of store.queries.hostCounts({
    networkId: 1,
    fromMs: DAY,
    toMs: DAY + DAY_MS,
    timeZone: office.timeZone,
    internalRanges: office.internalRanges.flatMap((text) => parseAddressRange(text) ?? []),
    hosts: "all",
  })) {
    for (const host of hosts) counted.set(host.address, host);
  }
  const answers = new Map<string, HeuristicAnswer>();
  for (const { address, isInternal, counts } of counted.values()) {
    answers.set(address, classify(counts, { internal: isInternal }));
  }
  return { office, counted, answers };
}

async function insertAll(office: MadeNetwork, store: FlowStore): Promise<void> {
  const gathered = createFlowBatch(ROWS_AN_INSERT * 2);
  let inserts = 0;
  const insert = async () => {
    if (gathered.length === 0) return;
    const token = `made.${inserts++}`;
    await store.insertFlows(gathered, { networkId: 1, importId: 0, token, receivedAtMs: DAY + DAY_MS });
    gathered.length = 0;
  };
  for (const { batches } of office.flows(DAY, DAY + DAY_MS, { stepMs: 60_000 })) {
    for (const batch of batches) append(gathered, batch);
    if (gathered.length >= ROWS_AN_INSERT) await insert();
  }
  await insert();
}

function append(to: FlowBatch, from: FlowBatch): void {
  for (const name of Object.keys(from) as (keyof FlowBatch)[]) {
    if (name === "capacity" || name === "length") continue;
    const column = name satisfies FlowBatchColumn;
    const width = from[column].length / from.capacity;
    to[column].set(from[column].subarray(0, from.length * width), to.length * width);
  }
  to.length += from.length;
}

describe("a day of a made-up office", () => {
  it("shows all nine types, most of them rightly told, and a scan changes next to nobody's", async () => {
    const { office, counted, answers } = await dayOf({});
    if (process.env["FLOWLENS_SHOW"] !== undefined) show(office, counted, answers);
    const typeOf = (of: ReadonlyMap<string, HeuristicAnswer>, address: string) => of.get(address)?.type;
    const right = office.hosts.filter(({ address, type }) => typeOf(answers, address) === type);
    for (const type of CORE_TYPES) {
      expect(right.filter((host) => host.type === type).length, type).toBeGreaterThan(0);
    }
    expect(right.length / office.hosts.length).toBeGreaterThanOrEqual(0.85);

    const quiet = await dayOf({ scans: false });
    const changed = office.hosts.filter(
      ({ address }) => typeOf(answers, address) !== typeOf(quiet.answers, address),
    );
    if (process.env["FLOWLENS_SHOW"] !== undefined) {
      for (const { name, address } of changed) {
        console.log(`${name}: ${typeOf(quiet.answers, address)} became ${typeOf(answers, address)}`);
      }
    }
    expect(changed.length / office.hosts.length).toBeLessThanOrEqual(SCAN_CHANGES_AT_MOST);
  }, 240_000);
});

function show(
  office: MadeNetwork,
  counted: ReadonlyMap<string, CountedHost>,
  answers: ReadonlyMap<string, HeuristicAnswer>,
): void {
  const confusion = new Map<string, number>();
  const lines: string[] = [];
  for (const { address, type, name, role } of office.hosts) {
    const answer = answers.get(address);
    const key = `${type} -> ${answer?.type ?? "not seen"}`;
    confusion.set(key, (confusion.get(key) ?? 0) + 1);
    if (answer === undefined || answer.type === type) continue;
    const c = counted.get(address)?.counts;
    lines.push(
      `${name} (${role}, ${type}): ${answer.type}; ${answer.missing.join("; ")} ${JSON.stringify(answer.scores)} in ${c?.inboundConversations} out ${c?.outboundConversations} clients ${c?.clients} servers ${c?.servers} ports ${c?.topServedPorts.map((p) => `${p.port}:${p.clients}/${p.conversations}`).join(" ")}`,
    );
  }
  console.log(
    [...confusion]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([key, n]) => `${n}\t${key}`)
      .join("\n"),
  );
  console.log(lines.join("\n"));
  const names = new Set(office.hosts.map(({ address }) => address));
  const extra = [...answers].filter(([address]) => !names.has(address));
  console.log(
    "not ours:",
    extra.length,
    extra
      .slice(0, 20)
      .map(([a, x]) => `${a} ${x.type}`)
      .join(", "),
  );
}
