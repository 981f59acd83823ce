/** What is kept of templates and sampling across a restart: plain JSON. */
export interface TemplateSnapshot {
  readonly version: 1;
  readonly domains: readonly DomainSnapshot[];
}

/** One observation domain (IPFIX) or source id (v9) of one exporter. */
export interface DomainSnapshot {
  readonly exporter: string;
  readonly protocol: "netflow9" | "ipfix";
  readonly domain: number;
  readonly templates: readonly TemplateSnapshotEntry[];
  /** Sampling rate of everything in the domain, and by sampler or selector id and input interface. */
  readonly sampling: {
    readonly rate?: number;
    readonly samplers: readonly (readonly [id: number, rate: number])[];
    readonly interfaces: readonly (readonly [index: number, rate: number])[];
  };
}

export interface TemplateSnapshotEntry {
  readonly id: number;
  /** UDP source port it came from. */
  readonly port: number;
  /** Fields that are scope, in the order of the record; 0 for a template of data records, which is no options template. */
  readonly scopeFields: number;
  readonly isOptions: boolean;
  /** Enterprise number 0 is IANA's. */
  readonly fields: readonly (readonly [id: number, lengthBytes: number, enterprise: number])[];
}
