import { ADDRESS_BYTES, formatAddress, parseAddress } from "@flowlens/flow";
import { restoreDomain, snapshotOf, type TemplateSnapshot, type TemplateTable } from "../templates/index.ts";
import type { ExporterTable } from "./exporter-table.ts";

/** Templates and sampling of all exporters, to be given to `restoreTemplates` after a restart. */
export function saveTemplates(exporters: ExporterTable): TemplateSnapshot {
  const domains = [...exporters.all()].flatMap((exporter) =>
    [...exporter.domains.domains.values()].flatMap((domain) => {
      const snapshot = snapshotOf(formatAddress(exporter.address), domain);
      return snapshot === undefined ? [] : [snapshot];
    }),
  );
  return { version: 1, domains };
}

/** Gives templates back. Returns how many could not be: the snapshot is of another version, damaged, or too large. */
export function restoreTemplates(
  snapshot: TemplateSnapshot,
  exporters: ExporterTable,
  table: TemplateTable,
): number {
  if (snapshot.version !== 1 || !Array.isArray(snapshot.domains)) return 1;
  let leftOut = 0;
  for (const each of snapshot.domains) {
    const address = typeof each?.exporter === "string" ? parseAddress(each.exporter) : undefined;
    const exporter = address?.length === ADDRESS_BYTES ? exporters.find(address, 0) : undefined;
    leftOut += exporter === undefined ? 1 : restoreDomain(table, exporter, each);
  }
  return leftOut;
}

/** Forgets templates that nobody used, and sets that waited in vain; returns how many of each. */
export function expireTemplates(
  exporters: ExporterTable,
  table: TemplateTable,
  { nowMs, lifetimeMs }: { readonly nowMs: number; readonly lifetimeMs: number },
): { readonly templates: number; readonly waiting: number } {
  let templates = 0;
  let waiting = 0;
  for (const exporter of exporters.all()) {
    for (const domain of exporter.domains.domains.values()) {
      templates += table.expire(domain, nowMs, lifetimeMs);
      waiting += table.waiting.expire(domain, nowMs);
    }
  }
  return { templates, waiting };
}
