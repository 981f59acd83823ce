/** Which format a file has, told from its first bytes and never from its name. Not here: opening files, gzip itself. */
export type { FileFormat, LogFormat, Recognition } from "./recognised-format.ts";
