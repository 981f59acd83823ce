import { createDomain, type Domain, type TemplateOwner, type TemplateProtocol } from "./domain.ts";
import { compilePlan } from "./plan.ts";
import { isSameDefinition, USED, type Template } from "./template.ts";
import { createWaitingSets, WAITING_LIMITS, type WaitingSets } from "./waiting-sets.ts";

/** Bounds that keep hostile exporters from growing memory: a few hundred MB when all are reached. Real ones stay far below. */
interface TemplateLimits {
  readonly domainsPerExporter: number;
  readonly domains: number;
  readonly templatesPerExporter: number;
  readonly templates: number;
  /** Fields of all templates together. */
  readonly fields: number;
  /** Definitions of one id by several exporters behind one address. */
  readonly alternates: number;
}

const TEMPLATE_LIMITS: TemplateLimits = {
  domainsPerExporter: 1_024,
  domains: 65_536,
  templatesPerExporter: 2_048,
  templates: 65_536,
  fields: 2_000_000,
  alternates: 4,
};

/** What a template record says, its fields cut out of the datagram. */
export interface Definition {
  readonly id: number;
  readonly isOptions: boolean;
  readonly scopeFields: number;
  readonly ids: Uint16Array;
  readonly lengths: Uint16Array;
  readonly enterprises: Float64Array;
}

export type Defined = "new" | "changed" | "same" | "refused";

export interface TemplateTable {
  /** The domain, made where it is new; undefined when there are too many. */
  domain(exporter: TemplateOwner, protocol: TemplateProtocol, id: number): Domain | undefined;
  define(domain: Domain, definition: Definition, port: number): Defined;
  /** Forgets one template; false where it was not known. */
  withdraw(domain: Domain, id: number): boolean;
  /**
   * Forgets templates of the domain that were neither sent nor used for `lifetimeMs`; returns how many. Measured from
   * call to call by the clock of the caller: exporters may have another one.
   */
  expire(domain: Domain, nowMs: number, lifetimeMs: number): number;
  readonly waiting: WaitingSets;
}

/** The key of a domain among those of its exporter. */
export function domainKey(protocol: TemplateProtocol, id: number): number {
  return protocol === "ipfix" ? 2 ** 32 + id : id;
}

export function createTemplateTable(limits: TemplateLimits = TEMPLATE_LIMITS): TemplateTable {
  let domains = 0;
  let templates = 0;
  let fields = 0;

  const forget = (domain: Domain, template: Template) => {
    templates--;
    fields -= template.ids.length;
    domain.exporter.templates--;
  };

  const remove = (domain: Domain, id: number): number => {
    let removed = 0;
    let each = domain.templates.get(id);
    for (; each !== undefined; each = each.alternate, removed++) forget(domain, each);
    domain.templates.delete(id);
    return removed;
  };

  /** Makes room for a template of this exporter at the cost of its own least recently sent one; false where it has none. */
  const hasRoom = (domain: Domain, newFields: number): boolean => {
    if (
      templates < limits.templates &&
      fields + newFields <= limits.fields &&
      domain.exporter.templates < limits.templatesPerExporter
    ) {
      return true;
    }
    const [oldest] = domain.templates.keys();
    if (oldest === undefined) return false;
    remove(domain, oldest);
    return templates < limits.templates && fields + newFields <= limits.fields;
  };

  return {
    waiting: createWaitingSets(WAITING_LIMITS),

    domain(exporter, protocol, id) {
      const key = domainKey(protocol, id);
      const known = exporter.domains.domains.get(key);
      if (known !== undefined) return known;
      if (exporter.domains.domains.size >= limits.domainsPerExporter || domains >= limits.domains)
        return undefined;
      const domain = createDomain(exporter, protocol, id);
      exporter.domains.domains.set(key, domain);
      domains++;
      return domain;
    },

    define(domain, definition, port) {
      const known = domain.templates.get(definition.id);
      if (known !== undefined && isSameDefinition(known, definition)) {
        known.unusedSinceMs = USED;
        domain.templates.delete(definition.id);
        domain.templates.set(definition.id, known);
        return "same";
      }
      if (!hasRoom(domain, definition.ids.length)) return "refused";
      const { ids, lengths, enterprises } = definition;
      const template: Template = {
        ...definition,
        port,
        plan: compilePlan(ids, lengths, enterprises),
        unusedSinceMs: USED,
        alternate: undefined,
      };
      templates++;
      fields += ids.length;
      domain.exporter.templates++;
      template.alternate = othersOf(
        domain.templates.get(definition.id),
        port,
        limits.alternates - 1,
        (gone) => forget(domain, gone),
      );
      domain.templates.delete(definition.id);
      domain.templates.set(definition.id, template);
      return known === undefined ? "new" : "changed";
    },

    withdraw: (domain, id) => remove(domain, id) > 0,

    expire(domain, nowMs, lifetimeMs) {
      let expired = 0;
      for (const [id, template] of domain.templates) {
        if (template.unusedSinceMs === USED) template.unusedSinceMs = nowMs;
        else if (nowMs - template.unusedSinceMs > lifetimeMs) expired += remove(domain, id);
      }
      return expired;
    },
  };
}

/**
 * The definitions of an id that stay beside a new one from `port`: those from other ports, since two exporters behind
 * one address may use the same id (RFC 7011 §8: ids are unique by transport session only). Where no port is known
 * the new one replaces the old.
 */
function othersOf(
  known: Template | undefined,
  port: number,
  most: number,
  forget: (gone: Template) => void,
): Template | undefined {
  const kept: Template[] = [];
  for (let each = known; each !== undefined; each = each.alternate) {
    if (port !== 0 && each.port !== 0 && each.port !== port && kept.length < most) kept.push(each);
    else forget(each);
  }
  for (const [i, each] of kept.entries()) each.alternate = kept[i + 1];
  return kept[0];
}

/** The definition that data from `port` are read by: the one from the same port, else the newest. */
export function templateFor(domain: Domain, id: number, port: number): Template | undefined {
  const newest = domain.templates.get(id);
  if (newest === undefined || newest.alternate === undefined || newest.port === port) return newest;
  for (let each = newest.alternate; each !== undefined; each = each.alternate as Template) {
    if (each.port === port) return each;
  }
  return newest;
}
