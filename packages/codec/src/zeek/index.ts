/**
 * Zeek's conn.log, as tab-separated text and as JSON lines: what a line says (read-conn, history), and the one or
 * two flow rows it means (conn-to-flow). Not here: Zeek's other logs.
 */
export { createZeekJsonFormat } from "./json-format.ts";
export { createZeekTsvFormat } from "./tsv-format.ts";
