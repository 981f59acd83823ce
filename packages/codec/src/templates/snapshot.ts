import type { Domain, TemplateOwner } from "./domain.ts";
import type { Sampling } from "./sampling.ts";
import type { Template } from "./template.ts";
import { createFieldList } from "./template-fields.ts";
import type { DomainSnapshot, TemplateSnapshotEntry } from "./template-snapshot.ts";
import type { TemplateTable } from "./template-table.ts";

/** Everything worth keeping of one domain, as plain JSON; undefined where there is nothing. */
export function snapshotOf(exporter: string, domain: Domain): DomainSnapshot | undefined {
  // By id: the order in which they are sent again must not make another file.
  const newestById = [...domain.templates.values()].toSorted((a, b) => a.id - b.id);
  const templates = newestById.flatMap((newest) => {
    // The newest last: it is defined last when they are given back.
    const entries: TemplateSnapshotEntry[] = [];
    for (let each: Template | undefined = newest; each !== undefined; each = each.alternate) {
      entries.unshift(entryOf(each));
    }
    return entries;
  });
  const { rate, samplers, interfaces } = domain.sampling;
  if (templates.length === 0 && rate === 0 && samplers.size === 0 && interfaces.size === 0) return undefined;
  return {
    exporter,
    protocol: domain.protocol,
    domain: domain.id,
    templates,
    sampling: { ...(rate > 0 ? { rate } : {}), samplers: [...samplers], interfaces: [...interfaces] },
  };
}

function entryOf(template: Template): TemplateSnapshotEntry {
  const { id, port, isOptions, scopeFields } = template;
  const fields = Array.from(
    template.ids,
    (field, i) => [field, template.lengths[i], template.enterprises[i]] as const,
  );
  return { id, port, isOptions, scopeFields, fields };
}

/**
 * Gives a domain back to an exporter. The snapshot comes from a file: what does not hold together is left out.
 * Returns how many templates and rates were.
 */
export function restoreDomain(table: TemplateTable, owner: TemplateOwner, snapshot: DomainSnapshot): number {
  const { protocol, domain: id } = snapshot;
  const isSound = (protocol === "netflow9" || protocol === "ipfix") && isBetween(id, 0, 0xffffffff);
  const domain = isSound ? table.domain(owner, protocol, id) : undefined;
  if (domain === undefined) return listOf(snapshot.templates).length;
  let leftOut = 0;
  for (const entry of listOf(snapshot.templates)) if (!restoreTemplate(table, domain, entry)) leftOut++;
  leftOut += restoreSampling(domain.sampling, snapshot.sampling);
  // What one domain was told counts for the others of the exporter too, as when it was told.
  restoreSampling(owner.domains.sampling, snapshot.sampling);
  return leftOut;
}

const fields = createFieldList();

function restoreTemplate(table: TemplateTable, domain: Domain, entry: TemplateSnapshotEntry): boolean {
  const { id, port, isOptions, scopeFields } = entry ?? ({} as Partial<TemplateSnapshotEntry>);
  if (!isBetween(id, 256, 0xffff) || !isBetween(port, 0, 0xffff) || typeof isOptions !== "boolean")
    return false;
  fields.reset();
  for (const field of listOf(entry.fields)) {
    const [element, lengthBytes, enterprise] = listOf(field);
    if (
      !isBetween(element, 0, 0xffff) ||
      !isBetween(lengthBytes, 1, 0xffff) ||
      !isBetween(enterprise, -1, 0xffffffff)
    ) {
      return false;
    }
    fields.add(element, lengthBytes, enterprise);
  }
  if (!fields.isWhole || fields.length === 0 || !isBetween(scopeFields, 0, fields.length)) return false;
  return table.define(domain, fields.definition(id, { isOptions, scopeFields }), port) !== "refused";
}

function restoreSampling(into: Sampling, from: DomainSnapshot["sampling"] | undefined): number {
  let leftOut = 0;
  const isRate = (rate: unknown): rate is number => isBetween(rate, 1, 0xffffffff);
  if (from?.rate !== undefined) {
    if (isRate(from.rate)) into.rate = from.rate;
    else leftOut++;
  }
  for (const [to, pairs] of [
    [into.samplers, from?.samplers],
    [into.interfaces, from?.interfaces],
  ] as const) {
    for (const pair of listOf(pairs)) {
      const [key, rate] = listOf(pair);
      if (isBetween(key, 0, 0xffffffff) && isRate(rate)) to.set(key, rate);
      else leftOut++;
    }
  }
  return leftOut;
}

/** What should be a list, of a file that anybody may have written into. */
function listOf<Item>(list: readonly Item[] | undefined): readonly Item[] {
  return Array.isArray(list) ? (list as readonly Item[]) : [];
}

function isBetween(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
