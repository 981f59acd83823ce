/**
 * Zeek's conn.log, as tab-separated text and as JSON lines: what a line says (conn-record, history), and the one or
 * two flow rows it means (conn-to-flow). Not here: Zeek's other logs.
 */
export { connColumnsOf, createTsvHeader, readHeaderLine } from "./tsv-header.ts";
export { createZeekTsvFormat } from "./tsv-format.ts";
