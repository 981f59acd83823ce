/** Which format a file has, told from its first bytes and never from its name. Not here: opening files, unpacking gzip. */
export { isGzip } from "./magic.ts";
export { recogniseFormat } from "./recognise-format.ts";
export type { FileFormat, Recognition } from "./recognised-format.ts";
