/**
 * CSV of flows with a header: which column is what (columns), and the one or two flow rows a line means.
 * Not here: Zeek's logs, cloud flow logs.
 */
export { createCsvFormat } from "./csv-format.ts";
