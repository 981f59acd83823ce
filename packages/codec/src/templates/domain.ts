import { createSampling, type Sampling } from "./sampling.ts";
import type { Template } from "./template.ts";
import type { WaitingSet } from "./waiting-sets.ts";

export type TemplateProtocol = "netflow9" | "ipfix";

/** What templates know of an exporter. */
export interface TemplateOwner {
  /** Templates known now. */
  templates: number;
  readonly domains: ExporterDomains;
}

/** One observation domain (IPFIX) or source id (v9) of one exporter. */
export interface Domain {
  readonly exporter: TemplateOwner;
  readonly protocol: TemplateProtocol;
  readonly id: number;
  /** In the order in which they were defined or sent again. */
  readonly templates: Map<number, Template>;
  readonly sampling: Sampling;
  /** Sets that wait for a template, by its id. */
  readonly waiting: Map<number, WaitingSet[]>;
  /** When the exporter's uptime began (element 160), ms; as it says, or as its records let guess. */
  initMs: number;
  initIsGuess: boolean;
}

export function createDomain(exporter: TemplateOwner, protocol: TemplateProtocol, id: number): Domain {
  return {
    exporter,
    protocol,
    id,
    templates: new Map(),
    sampling: createSampling(),
    waiting: new Map(),
    initMs: -1,
    initIsGuess: true,
  };
}

/** What one exporter told by options, whichever domain it told it in, and its domains. */
export interface ExporterDomains {
  readonly domains: Map<number, Domain>;
  readonly sampling: Sampling;
  /** Names of interfaces by SNMP index (elements 82, 83). */
  readonly interfaces: Map<number, InterfaceName>;
  /** What RFC 5610 options say of elements, by `enterprise:id`. */
  readonly elements: Map<string, { readonly name: string; readonly type: number }>;
  waitingBytes: number;
  waitingSets: number;
}

export interface InterfaceName {
  readonly index: number;
  readonly name: string;
  readonly description: string;
}

export function createExporterDomains(): ExporterDomains {
  return {
    domains: new Map(),
    sampling: createSampling(),
    interfaces: new Map(),
    elements: new Map(),
    waitingBytes: 0,
    waitingSets: 0,
  };
}
