import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse } from "csv-parse/sync";
import {
  answerByPortTable,
  labelledHosts,
  LABEL_KINDS,
  parsePortTable,
  type EvaluationRow,
  type LabelConflict,
  type LabelKind,
  type LabelledHost,
  type LabelRow,
  type MethodRows,
  type PortTableRule,
} from "@flowlens/evaluation";
import { NO_COUNTS, type HostCounts } from "@flowlens/features";
import { DEFAULT_INTERNAL_RANGES, parseAddressRange } from "@flowlens/flow";
import { classify } from "@flowlens/heuristics";
import { CollectionError, expandPaths, readFlowFile } from "#collection";
import { createEngines, type EnginesConfig } from "#engines";
import { createFlowStore, type FlowStore, type FlowStoreConfig } from "#flow-store";
import { silentLogger } from "#telemetry";

export interface EvaluateOptions {
  readonly paths: readonly string[];
  readonly labelsPath: string;
  readonly portTable: string;
  readonly engines: EnginesConfig;
  readonly flowStore: FlowStoreConfig;
  readonly signal?: AbortSignal | undefined;
  readonly onNetwork?: ((network: string, done: number, of: number) => void) | undefined;
}

export interface EvaluatedCaptures {
  readonly rows: MethodRows;
  readonly networks: number;
  readonly files: number;
  readonly flowRecords: number;
  /** Files under the paths that no label speaks of; they are not read. */
  readonly filesWithoutLabels: readonly string[];
  readonly conflicts: readonly LabelConflict[];
  /** Files that broke off, with the reason: measured on what they held. */
  readonly incomplete: readonly { readonly file: string; readonly reason: string }[];
}

const ALL_TIME = { fromMs: 0, toMs: 0xffff_ffff * 1000 };
const BUSY_SHARE = 0.01;
const STRAY_SHARE = 0.01;
const INTERNAL_RANGES = DEFAULT_INTERNAL_RANGES.flatMap((text) => parseAddressRange(text) ?? []);

/**
 * What the heuristics and the port table say of labelled hosts. Each network of the labels is read into a database
 * of its own, over the whole span of its files, and nothing is left behind.
 *
 * @throws CollectionError for files; Error naming the line for labels that cannot be read
 */
export async function evaluateCaptures(options: EvaluateOptions): Promise<EvaluatedCaptures> {
  const labels = await readLabels(options.labelsPath);
  const files = (await expandPaths(options.paths)).map(({ path }) => resolve(path));
  const labelsFolder = dirname(resolve(options.labelsPath));
  const fileOf = (label: { readonly file: string }): string => resolve(labelsFolder, label.file);
  const given = new Set(files);
  const used = labels.filter((label) => given.has(fileOf(label)));
  if (used.length === 0) {
    throw new CollectionError(
      "NO_FILES",
      `None of the files given is named in ${options.labelsPath}, whose file column counts from its own folder.`,
    );
  }
  const { hosts, conflicts } = labelledHosts(used);
  const portTable = parsePortTable(options.portTable);
  const networks = [...new Set(hosts.map((host) => host.network))];
  const directory = await mkdtemp(join(tmpdir(), "flowlens-evaluate-"));
  const engines = createEngines({ ...options.engines, dataDirectory: directory }, { logger: silentLogger });
  const heuristics: EvaluationRow[] = [];
  const portTableRows: EvaluationRow[] = [];
  const incomplete: { file: string; reason: string }[] = [];
  let flowRecords = 0;
  try {
    await engines.start();
    for (const [index, network] of networks.entries()) {
      options.signal?.throwIfAborted();
      options.onNetwork?.(network, index, networks.length);
      const ofNetwork = hosts.filter((host) => host.network === network);
      const paths = [...new Set(used.filter((label) => label.network === network).map(fileOf))];
      const store = createFlowStore(
        { ...options.flowStore, database: `flowlens_evaluate_${process.pid}_${index}` },
        { connection: () => withoutDatabase(engines.addresses().clickhouse), logger: silentLogger },
      );
      await store.start();
      try {
        const counted = await countHosts(store, { paths, hosts: ofNetwork, signal: options.signal });
        flowRecords += counted.records;
        incomplete.push(...counted.incomplete);
        for (const host of ofNetwork) {
          const seen = counted.byAddress.get(host.ip) ?? { counts: NO_COUNTS, internal: true };
          heuristics.push(heuristicRow(host, seen));
          portTableRows.push(portTableRow(host, seen.counts, portTable));
        }
      } finally {
        await store.dropDatabase();
      }
    }
    options.onNetwork?.("", networks.length, networks.length);
  } finally {
    await engines.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
  const labelled = new Set(labels.map(fileOf));
  return {
    // Until a model is shipped the hybrid engine has its heuristics alone, so the blend is what they say.
    rows: { blend: heuristics, heuristics, model: null, port_table: portTableRows },
    networks: networks.length,
    files: new Set(used.map(fileOf)).size,
    flowRecords,
    filesWithoutLabels: files.filter((file) => !labelled.has(file)),
    conflicts,
    incomplete,
  };
}

interface SeenHost {
  readonly counts: HostCounts;
  readonly internal: boolean;
}

interface CountedNetwork {
  readonly byAddress: ReadonlyMap<string, SeenHost>;
  readonly records: number;
  readonly incomplete: readonly { readonly file: string; readonly reason: string }[];
}

interface LabelledNetwork {
  readonly paths: readonly string[];
  readonly hosts: readonly LabelledHost[];
  readonly signal: AbortSignal | undefined;
}

async function countHosts(
  store: FlowStore,
  { paths, hosts, signal }: LabelledNetwork,
): Promise<CountedNetwork> {
  const networkId = 1;
  const inside = new Set<string>();
  const incomplete: { file: string; reason: string }[] = [];
  let records = 0;
  for (const [index, path] of paths.entries()) {
    const importId = index + 1;
    const receivedAtMs = Date.now();
    const read = await readFlowFile(path, {
      signal,
      onBatch: (batch, number) =>
        store.insertFlows(batch, { networkId, importId, token: `${index}:${number}`, receivedAtMs }),
    });
    records += read.records;
    if (!read.end.complete) incomplete.push({ file: path, reason: read.end.reason });
    const whose = await store.queries.importHosts({
      importId,
      internalRanges: INTERNAL_RANGES,
      minShare: BUSY_SHARE,
    });
    if (whose.internalShare < STRAY_SHARE) for (const address of whose.busiest) inside.add(address);
  }
  await store.fold({ nowMs: Date.now(), ...(signal ? { signal } : {}) });
  const byAddress = new Map<string, SeenHost>();
  const question = {
    networkId,
    ...ALL_TIME,
    timeZone: "UTC",
    internalRanges: INTERNAL_RANGES,
    hosts: hosts.map((host) => host.ip),
  };
  for await (const some of store.queries.hostCounts(signal ? { ...question, signal } : question)) {
    for (const { address, isInternal, counts } of some) {
      byAddress.set(address, { counts, internal: isInternal || inside.has(address) });
    }
  }
  return { byAddress, records, incomplete };
}

function rowOf(host: LabelledHost, conversations: number) {
  return {
    file: host.files[0],
    network: host.network,
    ip: host.ip,
    labelRole: host.role,
    kind: host.kind,
    labelFlows: host.flows,
    conversations,
  };
}

function heuristicRow(host: LabelledHost, { counts, internal }: SeenHost): EvaluationRow {
  const answer = classify(counts, { internal });
  return {
    ...rowOf(host, conversationsOf(counts)),
    answerCore: answer.type,
    answerRole: answer.role,
    confidence: answer.confidence,
    roleConfidence: answer.roleConfidence,
  };
}

function portTableRow(
  host: LabelledHost,
  counts: HostCounts,
  rules: readonly PortTableRule[],
): EvaluationRow {
  const answer = answerByPortTable(rules, counts);
  return {
    ...rowOf(host, conversationsOf(counts)),
    answerCore: answer.core,
    answerRole: answer.role,
    confidence: null,
  };
}

function conversationsOf(counts: HostCounts): number {
  return counts.inboundConversations + counts.outboundConversations;
}

/** Evaluation names its databases itself, also on a server whose URL names one. */
function withoutDatabase<Address extends { readonly database?: string }>(
  address: Address,
): Omit<Address, "database"> {
  const { database: _, ...rest } = address;
  return rest;
}

const LABEL_COLUMNS = ["file", "network", "ip", "role", "kind", "flows"] as const;

async function readLabels(path: string): Promise<LabelRow[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new CollectionError(
      "FILE_NOT_READABLE",
      `${path}: the labels cannot be read (${(cause as Error).message}).`,
      { cause },
    );
  });
  const lines: { record: Record<string, string>; info: { lines: number } }[] = parse(text, {
    columns: true,
    bom: true,
    skip_empty_lines: true,
    info: true,
  });
  return lines.map(({ record, info }) => labelOf(record, `${path}, line ${info.lines}`));
}

function labelOf(record: Record<string, string>, where: string): LabelRow {
  for (const column of LABEL_COLUMNS) {
    if (record[column] === undefined)
      throw new CollectionError("FILE_BROKEN", `${where}: there is no column ${column}.`);
  }
  const { file, network, ip, role, kind } = record;
  if (!(LABEL_KINDS as readonly string[]).includes(kind)) {
    throw new CollectionError(
      "FILE_BROKEN",
      `${where}: the kind ${JSON.stringify(kind)} is none of ${LABEL_KINDS.join(", ")}.`,
    );
  }
  const flows = Number(record.flows);
  return { file, network, ip, role, kind: kind as LabelKind, flows: Number.isFinite(flows) ? flows : 0 };
}
