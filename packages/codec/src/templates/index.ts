/**
 * What NetFlow v9 and IPFIX share: templates by domain, data sets read by them, what options records teach.
 * Not here: headers and sets on the wire (netflow9/, ipfix/), names of elements (elements/).
 */
export { createExporterDomains, type InterfaceName, type TemplateOwner } from "./domain.ts";
export { NOT_CARRIED } from "./registers.ts";
export { restoreDomain, snapshotOf } from "./snapshot.ts";
export { createSetDecoder, type DatagramHeader, type SetDecoder } from "./set-decoder.ts";
export { NETFLOW9_SCOPE } from "./template.ts";
export { createFieldList } from "./template-fields.ts";
export { createTemplateTable, type TemplateTable } from "./template-table.ts";
export type { TemplateSnapshot } from "./template-snapshot.ts";
