/**
 * CSV of flows with a header: which column is what (columns), and the one or two flow rows a line means; and nfdump's,
 * which says more and ends in a summary. Not here: Zeek's logs, VPC flow logs.
 */
export { createCsvFormat } from "./csv-format.ts";
export { createNfdumpFormat, looksLikeNfdump } from "./nfdump-format.ts";
