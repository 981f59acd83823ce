import { stat } from "node:fs/promises";
import type { AssetListItem, ImportReport } from "@flowlens/contract";
import { formatBytes, formatInteger } from "@flowlens/features";
import { CollectionError, expandPaths } from "#collection";
import { defineCommand } from "citty";
import { CommandLineError } from "../command-line-error.ts";
import { EXIT } from "../exit-code.ts";
import { interruption } from "../interruption.ts";
import { printError } from "../output/errors.ts";
import { hostTable } from "../output/host-table.ts";
import { createProgress } from "../output/progress.ts";
import { writeOut } from "../output/write.ts";
import { openSession, type ImportRequest, type Session } from "../session/session.ts";
import { DATA_ARGS, settingsFor } from "../settings.ts";

const HOSTS_SHOWN = 100;

export const importCommand = defineCommand({
  meta: {
    name: "import",
    description:
      "Take captures and flow logs into a network and list its hosts; the same file again changes nothing",
  },
  args: {
    path: {
      type: "positional",
      description: "Files or directories; gzip or not, the format is told by content",
      valueHint: "PATH…",
      required: false,
    },
    network: {
      type: "string",
      description: "Address space the traffic belongs to; made when there is none",
      default: "default",
      valueHint: "NAME",
    },
    as: {
      type: "enum",
      options: ["traffic", "export"],
      description: "What a capture's packets are; told by looking where not given",
    },
    strict: {
      type: "boolean",
      description: "Refuse a file that breaks off, instead of taking it to its last whole record",
    },
    json: { type: "boolean", description: "Print what was imported and every host as JSON" },
    ...DATA_ARGS,
  },
  async run({ args }) {
    if (args._.length === 0) throw new CommandLineError("import needs a file: flowlens import FILE…");
    const settings = settingsFor(args);
    const files = await expandPaths(args._);
    if (files.length === 0)
      throw new CollectionError("NO_FILES", `${args._.join(", ")}: there is no file in it.`);
    const stop = interruption();
    const progress = createProgress();
    const session = await openSession(settings);
    try {
      const imported = await importAll(session, files, {
        network: args.network,
        strict: args.strict === true,
        content: args.as,
        signal: stop.signal,
        show: progress.show,
        say: (sentence) => {
          progress.clear();
          printError(sentence);
        },
      });
      const hosts: AssetListItem[] = [];
      if (imported.some(({ outcome }) => outcome !== "refused")) {
        await session.describe(args.network, {
          signal: stop.signal,
          onProgress: ({ step, records }) => progress.show(`${step}  ${formatInteger(records)} rows`),
        });
        for await (const host of session.assets({
          network: args.network,
          sort: "conversations",
          order: "desc",
          limit: 1_000,
        })) {
          hosts.push(host);
        }
      }
      progress.clear();
      if (args.json === true) await writeOut(`${JSON.stringify({ imports: imported, hosts })}\n`);
      else await printForPeople(imported, hosts, args.network);
      return exitCodeOf(imported, files);
    } finally {
      progress.clear();
      stop.dispose();
      await session.close();
    }
  },
});

interface Importing extends Pick<ImportRequest, "network" | "strict" | "content" | "signal"> {
  readonly show: (text: string) => void;
  readonly say: (sentence: string) => void;
}

async function importAll(
  session: Session,
  files: readonly { path: string; named: boolean }[],
  importing: Importing,
): Promise<ImportReport[]> {
  const reports: ImportReport[] = [];
  for (const [index, { path, named }] of files.entries()) {
    const { size } = await stat(path).catch(() => ({ size: 0 }));
    const report = await session.importFile(path, {
      ...importing,
      onProgress: ({ step, fileBytes, records }) => {
        const share = size === 0 ? "" : `${Math.min(100, Math.floor((fileBytes / size) * 100))} %`;
        importing.show(
          `${step} ${index + 1} of ${files.length}  ${path}  ${share}  ${formatInteger(records)} records`,
        );
      },
    });
    reports.push(report);
    if (report.error)
      importing.say(isSkipped(report, named) ? `skipped: ${report.error.message}` : report.error.message);
    if (report.incomplete) {
      importing.say(
        `${path}: incomplete: ${report.incomplete.reason}; imported up to byte ${report.incomplete.offset}.`,
      );
    }
  }
  return reports;
}

/** A file that was only found in a directory and is no flow file is no failure. */
function isSkipped(report: ImportReport, named: boolean): boolean {
  return !named && report.error?.code === "FILE_FORMAT_UNKNOWN";
}

function exitCodeOf(reports: readonly ImportReport[], files: readonly { named: boolean }[]): number {
  const refused = reports.some(
    (report, i) => report.outcome === "refused" && !isSkipped(report, files[i].named),
  );
  if (refused) return EXIT.refused;
  return reports.some((report) => report.incomplete !== null) ? EXIT.incomplete : EXIT.ok;
}

async function printForPeople(
  reports: readonly ImportReport[],
  hosts: readonly AssetListItem[],
  network: string,
): Promise<void> {
  for (const report of reports) {
    if (report.outcome === "refused") continue;
    const already = report.outcome === "already_imported" ? ", imported before: nothing changed" : "";
    await writeOut(
      `${report.file}: ${report.format}, ${formatBytes(report.bytes ?? 0)}, ${formatInteger(report.records ?? 0)} flow records${already}\n`,
    );
  }
  if (reports.every((report) => report.outcome === "refused")) return;
  await writeOut(`\n${hostTable(hosts.slice(0, HOSTS_SHOWN))}`);
  const more = hosts.length - HOSTS_SHOWN;
  const typed = hosts.filter((host) => host.asset_type !== "unknown").length;
  await writeOut(
    `\n${formatInteger(hosts.length)} hosts in network ${network}, ${formatInteger(typed)} with a type.` +
      (more > 0 ? ` ${formatInteger(more)} more: flowlens assets --network ${network}\n` : "\n"),
  );
}
