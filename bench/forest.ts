/**
 * How fast and how well `packages/forest` learns, with scikit-learn and XGBoost beside it in the same run where Python
 * has them (Debian: python3-sklearn, python3-xgboost): `npm run bench:forest -- [--rows N] [--trees N] [--seeds N] [--json]`.
 * Each training runs in a process of its own, ours and the peer's in turn. For people on stderr; with --json one object
 * on stdout. Seconds are medians over the seeds, accuracies means.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CLASSES, FEATURES, makeClasses, type MadeClasses } from "./forest/made-classes.ts";
import { measurePageView } from "./forest/page-view.ts";
import { machineFacts } from "./harness.ts";

const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "40000" },
    trees: { type: "string", default: "100" },
    seeds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
  },
});
const rows = Number(options.rows);
const seeds = Number(options.seeds);
const TEST_ROWS = 10_000;
const LEARNERS = ["random_forest", "gradient_boosting"] as const;

/** Where Debian's packages are; another Python by FLOWLENS_PYTHON. */
const PYTHON = process.env["FLOWLENS_PYTHON"] ?? "/usr/bin/python3";

interface Run {
  readonly name?: string;
  readonly train_s: number;
  readonly train_cpu_s: number;
  readonly train_path_s?: number;
  readonly accuracy: number;
  readonly rss_mb?: number;
  readonly predict_s?: number;
  readonly predict_path_s?: number;
}

function run(command: string, script: string, args: readonly string[]): Run | undefined {
  const path = fileURLToPath(new URL(`./forest/${script}`, import.meta.url));
  const child = spawnSync(command, [path, ...args], { encoding: "utf8", maxBuffer: 1 << 24 });
  if (child.status === 0) return JSON.parse(child.stdout) as Run;
  if (command === PYTHON) return undefined;
  throw new Error(`bench/forest/${script} ended with code ${child.status}: ${child.stderr}`);
}

function write(directory: string, part: string, { values, labels }: MadeClasses): void {
  writeFileSync(join(directory, `${part}.values`), new Uint8Array(values.buffer));
  writeFileSync(join(directory, `${part}.labels`), new Uint8Array(labels.buffer));
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const present = <Value>(value: Value | undefined): value is Value => value !== undefined;
const mean = (numbers: readonly number[]): number =>
  round(numbers.reduce((a, b) => a + b, 0) / numbers.length, 4);
const median = (numbers: readonly number[]): number =>
  round(numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)], 3);

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function measure(directory: string, learner: (typeof LEARNERS)[number], seed: number) {
  write(directory, "train", makeClasses(rows, seed, 0));
  write(directory, "test", makeClasses(TEST_ROWS, seed, 1));
  const own = (workers: number): Run | undefined => {
    const predict = learner === "random_forest" && seed === 1 ? ["predict"] : [];
    return run(process.execPath, "train-ours.ts", [
      directory,
      learner,
      `${seed}`,
      options.trees,
      `${workers}`,
      ...predict,
    ]);
  };
  const ours = own(0);
  const peer = run(PYTHON, "train-peer.py", [directory, learner, `${seed}`, options.trees]);
  const two = own(2);
  if (ours === undefined || two === undefined) throw new Error("Our own training left nothing.");
  const line = (what: string, of: Run): void =>
    say(
      `  seed ${seed}  ${what.padEnd(44)} ${of.train_s.toFixed(2).padStart(7)} s  ${of.train_cpu_s.toFixed(2).padStart(7)} s CPU  accuracy ${of.accuracy.toFixed(4)}`,
    );
  line("ours, one thread", ours);
  line("ours, two workers", two);
  if (peer) line(peer.name ?? "", peer);
  return { ours, two, peer };
}

function summarise(runs: readonly ReturnType<typeof measure>[]) {
  const ours = runs.map((one) => one.ours);
  const two = runs.map((one) => one.two);
  const peers = runs.map((one) => one.peer).filter(present);
  const hasPeer = peers.length === runs.length;
  const trained = median(ours.map((one) => one.train_s));
  return {
    train_s: trained,
    train_cpu_s: median(ours.map((one) => one.train_cpu_s)),
    accuracy: mean(ours.map((one) => one.accuracy)),
    rss_mb: Math.max(...ours.map((one) => one.rss_mb ?? 0)),
    two_workers_train_s: median(two.map((one) => one.train_s)),
    two_workers_times_faster: median(runs.map((one) => one.ours.train_s / one.two.train_s)),
    // On a machine with other work: by the CPU time of the longest chain of threads.
    two_workers_times_faster_by_cpu: median(
      runs.map((one) => one.ours.train_cpu_s / (one.two.train_path_s ?? Number.NaN)),
    ),
    two_workers_rss_mb: Math.max(...two.map((one) => one.rss_mb ?? 0)),
    peer: hasPeer ? (peers[0].name ?? null) : null,
    peer_train_s: hasPeer ? median(peers.map((one) => one.train_s)) : null,
    peer_train_cpu_s: hasPeer ? median(peers.map((one) => one.train_cpu_s)) : null,
    peer_accuracy: hasPeer ? mean(peers.map((one) => one.accuracy)) : null,
  };
}

const directory = mkdtempSync(join(tmpdir(), "flowlens-bench-forest-"));
try {
  const figures: Record<string, ReturnType<typeof summarise>> = {};
  let predicted: ReturnType<typeof measure> | undefined;
  for (const learner of LEARNERS) {
    say(
      `${learner}, ${options.trees} ${learner === "random_forest" ? "trees" : "rounds"}, ${rows} rows × ${FEATURES}`,
    );
    const runs = Array.from({ length: seeds }, (_, i) => measure(directory, learner, i + 1));
    predicted ??= runs[0];
    figures[learner] = summarise(runs);
    if (figures[learner].peer === null) say(`  ${PYTHON} has no such learner; nothing to compare with`);
  }
  const perSecond = (seconds = Number.NaN): number => Math.round(1_000_000 / seconds);
  const pageView = measurePageView(Number(options.trees));
  const result = {
    command: ["npm run bench:forest --", ...process.argv.slice(2)].join(" "),
    machine: machineFacts(),
    rows,
    features: FEATURES,
    classes: CLASSES,
    trees: Number(options.trees),
    seeds,
    ...figures,
    predict_rows: 1_000_000,
    predict_rows_per_second: perSecond(predicted?.ours.predict_s),
    predict_two_workers_rows_per_second: perSecond(predicted?.two.predict_s),
    predict_two_workers_rows_per_second_by_cpu: perSecond(predicted?.two.predict_path_s),
    page_view: pageView,
  };
  say(
    `a model of ${pageView.rows} rows, ${pageView.nodes} nodes: explained for all classes in ${pageView.explain_all_classes_cpu_ms} ms CPU, for one in ${pageView.explain_one_class_cpu_ms} ms (boosting ${pageView.boosting_explain_all_classes_cpu_ms} ms); its file has ${pageView.model_file_bytes} bytes`,
  );
  say(
    `predicting with the random forest: ${result.predict_rows_per_second} rows/s, two workers ${result.predict_two_workers_rows_per_second}`,
  );
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
