/**
 * What NetFlow v9 and IPFIX share: templates, data sets by template, sampling from options.
 * Not here: the header of a datagram (netflow9/, ipfix/), the registry of elements (elements/).
 */
export type { DomainSnapshot, TemplateSnapshot, TemplateSnapshotEntry } from "./template-snapshot.ts";
