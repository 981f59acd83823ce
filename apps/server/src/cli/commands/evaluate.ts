import { readFile } from "node:fs/promises";
import {
  DEFAULT_PORT_TABLE,
  evaluate,
  hostLine,
  METHODS,
  SCORED_KINDS,
  type EvaluationReport,
} from "@flowlens/evaluation";
import { evaluateCaptures, type EvaluatedCaptures } from "#app";
import { machineFacts } from "#telemetry";
import { defineCommand } from "citty";
import { CommandLineError } from "../command-line-error.ts";
import { EXIT } from "../exit-code.ts";
import { interruption } from "../interruption.ts";
import { createProgress } from "../output/progress.ts";
import { formatTable } from "../output/table.ts";
import { writeOut } from "../output/write.ts";
import { DATA_ARGS, settingsFor } from "../settings.ts";

/** Of the bootstrap behind the calibration bands; fixed, so that the same input gives the same report. */
const SEED = 20_240_601;

export const evaluateCommand = defineCommand({
  meta: {
    name: "evaluate",
    description: "Measure the answers on labelled traffic: right, wrong, undecided; beside a port table",
  },
  args: {
    path: {
      type: "positional",
      description: "Files or directories of labelled captures",
      valueHint: "PATH…",
      required: false,
    },
    labels: {
      type: "string",
      description: "CSV with the columns file, network, ip, role, kind, flows; files count from its folder",
      valueHint: "FILE",
    },
    "port-table": {
      type: "string",
      description: "Another port table to compare with (CSV)",
      valueHint: "FILE",
    },
    config: DATA_ARGS.config,
    hosts: { type: "boolean", description: "Every host's answer too" },
    json: { type: "boolean", description: "One JSON object to stdout" },
  },
  async run({ args, rawArgs }) {
    if (args._.length === 0 || args.labels === undefined) {
      throw new CommandLineError(
        "evaluate needs captures and their labels: flowlens evaluate PATH… --labels FILE",
      );
    }
    const stop = interruption();
    const progress = createProgress();
    try {
      const startedMs = performance.now();
      const { engines, flowStore } = settingsFor({ config: args.config }).values;
      const evaluated = await evaluateCaptures({
        paths: args._,
        labelsPath: args.labels,
        portTable:
          args["port-table"] === undefined ? DEFAULT_PORT_TABLE : await readFile(args["port-table"], "utf8"),
        engines,
        flowStore,
        signal: stop.signal,
        onNetwork: (network, done, of) => progress.show(`evaluating ${done} of ${of} networks  ${network}`),
      });
      progress.clear();
      const report = evaluate(evaluated.rows, { seed: SEED });
      const seconds = (performance.now() - startedMs) / 1000;
      printForPeople(report, evaluated, seconds);
      if (args.json === true) {
        const hosts = args.hosts === true ? { hosts: (evaluated.rows.blend ?? []).map(hostLine) } : {};
        const { rows: _, ...about } = evaluated;
        const command = ["flowlens", "evaluate", ...rawArgs].join(" ");
        await writeOut(
          `${JSON.stringify({ command, machine: machineFacts(), seconds, ...about, ...report, ...hosts })}\n`,
        );
      } else if (args.hosts === true) await printHosts(evaluated);
      return EXIT.ok;
    } finally {
      progress.clear();
      stop.dispose();
    }
  },
});

const percent = (share: number | null): string => (share === null ? "–" : `${(share * 100).toFixed(1)} %`);

function printForPeople(report: EvaluationReport, evaluated: EvaluatedCaptures, seconds: number): void {
  const lines: {
    kind: string;
    method: string;
    seen: string;
    figures: EvaluationReport["by_kind"]["doc"]["core"]["blend"];
  }[] = [];
  for (const [seen, byKind] of [
    ["all", report.by_kind],
    [`≥ ${report.seen_min_flows} flows`, report.by_kind_seen],
  ] as const) {
    for (const kind of SCORED_KINDS) {
      for (const method of METHODS) lines.push({ kind, method, seen, figures: byKind[kind].core[method] });
    }
  }
  const table = formatTable(
    [
      { title: "labels", cell: (line) => line.kind },
      { title: "hosts", cell: (line) => line.seen },
      { title: "method", cell: (line) => line.method },
      { title: "n", align: "right", cell: (line) => String(line.figures?.hosts ?? 0) },
      { title: "decided", align: "right", cell: (line) => percent(line.figures?.decided ?? null) },
      {
        title: "right of decided",
        align: "right",
        cell: (line) => percent(line.figures?.right_of_decided ?? null),
      },
      { title: "wrong of all", align: "right", cell: (line) => percent(line.figures?.wrong_of_all ?? null) },
      {
        title: "unknown right",
        align: "right",
        cell: (line) => percent(line.figures?.unknown_right ?? null),
      },
      { title: "ECE", align: "right", cell: (line) => line.figures?.ece?.toFixed(2) ?? "–" },
    ],
    lines.filter((line) => line.figures !== null && line.figures.hosts > 0 && line.method !== "blend"),
  );
  process.stderr.write(`${table}\n`);
  for (const kind of SCORED_KINDS) process.stderr.write(perTypeTable(report, kind));
  for (const { file, reason } of evaluated.incomplete)
    process.stderr.write(`${file}: ${reason}; measured on what it holds.\n`);
  for (const { network, ip, kept, dropped } of evaluated.conflicts) {
    process.stderr.write(`${ip} in ${network} is labelled ${kept} and ${dropped}: taken as ${kept}.\n`);
  }
  if (evaluated.filesWithoutLabels.length > 0)
    process.stderr.write(`${evaluated.filesWithoutLabels.length} files without labels were not read.\n`);
  process.stderr.write(
    `${evaluated.networks} networks, ${evaluated.files} files, ${evaluated.flowRecords} flow records in ${seconds.toFixed(1)} s. No model is shipped yet: the blend is the heuristics.\n`,
  );
}

function perTypeTable(report: EvaluationReport, kind: (typeof SCORED_KINDS)[number]): string {
  const types = report.per_type[kind].core.heuristics ?? {};
  const rows = Object.entries(types).filter(([, figures]) => figures.n > 0 || figures.answered > 0);
  if (rows.length === 0) return "";
  const table = formatTable(
    [
      { title: `${kind}: type`, cell: ([type]) => type },
      { title: "hosts", align: "right", cell: ([, figures]) => String(figures.n) },
      { title: "answered", align: "right", cell: ([, figures]) => String(figures.answered) },
      { title: "right", align: "right", cell: ([, figures]) => String(figures.right) },
    ],
    rows,
  );
  return `${table}\n`;
}

async function printHosts(evaluated: EvaluatedCaptures): Promise<void> {
  const lines = (evaluated.rows.blend ?? []).map(hostLine);
  await writeOut(
    formatTable(
      [
        { title: "network", cell: (line) => line.network },
        { title: "host", cell: (line) => line.ip },
        { title: "labels", cell: (line) => line.kind },
        { title: "truth", cell: (line) => `${line.truth_core} / ${line.truth_role}` },
        { title: "answer", cell: (line) => `${line.answer_core} / ${line.answer_role}` },
        { title: "confidence", align: "right", cell: (line) => line.confidence?.toFixed(2) ?? "" },
        { title: "conversations", align: "right", cell: (line) => String(line.conversations) },
      ],
      lines,
    ),
  );
}
