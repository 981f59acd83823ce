import { ForestError } from "../forest-error.ts";

/** Why a model file was refused. */
export const FILE_FAULTS = [
  /** No model file: it begins with something else. */
  "foreign",
  /** Of a format that this version does not know yet. */
  "newer",
  /** It ends before its time. */
  "truncated",
  /** Its SHA-256 does not match, or bytes follow behind it. */
  "altered",
  /** The SHA-256 matches, but what is inside cannot be: the writer was wrong, or it was forged. */
  "malformed",
] as const;

export type FileFault = (typeof FILE_FAULTS)[number];

/** A model file that was refused; its code is FOREST_FILE_INVALID. */
export class ForestFileError extends ForestError {
  readonly fault: FileFault;

  constructor(fault: FileFault, message: string) {
    super("FOREST_FILE_INVALID", message);
    this.fault = fault;
  }
}
