import type { Import, ImportReport } from "@flowlens/contract";
import { CollectionError, type ImportOutcome } from "#collection";
import type { FileImport } from "#metadata-store";
import { toMoment } from "../assets/asset-json.ts";

/** What a report is about: the file as its user calls it, and the name of the network it goes into. */
export interface ImportedFile {
  readonly file: string;
  readonly network: string;
}

/** The report of a file that is there now. */
export function toImportReport(outcome: ImportOutcome, { file, network }: ImportedFile): ImportReport {
  const { import: taken } = outcome;
  return {
    file,
    network,
    outcome: outcome.outcome === "imported" && taken.state === "incomplete" ? "incomplete" : outcome.outcome,
    import_id: taken.id,
    format: taken.format,
    records: taken.records,
    bytes: taken.bytes,
    incomplete: toBreak(taken),
  };
}

/** The report of a file that was refused; undefined when the error says nothing about the file: a store failed, or somebody stopped it. */
export function toRefusalReport(error: unknown, { file, network }: ImportedFile): ImportReport | undefined {
  if (!(error instanceof CollectionError) || !error.code.startsWith("FILE_")) return undefined;
  return {
    file,
    network,
    outcome: "refused",
    import_id: null,
    format: null,
    records: null,
    bytes: null,
    incomplete: null,
    error: { code: error.code, message: error.message },
  };
}

/** A row of the register of imports. `network` is the name of its network. */
export function toImport(row: FileImport, network: string): Import {
  return {
    id: row.id,
    network,
    file: row.path,
    state: row.state,
    format: row.format,
    sha256: row.sha256,
    records: row.records,
    bytes: row.bytes,
    incomplete: toBreak(row),
    first_record_at: toMoment(row.firstRecordAt),
    last_record_at: toMoment(row.lastRecordAt),
    counters: { ...row.counters },
    started_at: row.startedAt.toISOString(),
    finished_at: toMoment(row.finishedAt),
  };
}

function toBreak({ state, breakOffset, breakReason }: FileImport): ImportReport["incomplete"] {
  if (state !== "incomplete" || breakOffset === null) return null;
  return { offset: breakOffset, reason: breakReason ?? "" };
}
