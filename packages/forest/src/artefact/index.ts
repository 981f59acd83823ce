/** A model and all that belongs to it as one checked file. Not here: where files lie, and which one is active. */
export { FILE_FAULTS, ForestFileError, type FileFault } from "./file-error.ts";
export type { Json, ModelFile } from "./model-file.ts";
export { readModelFile } from "./read-model-file.ts";
export { writeModelFile } from "./write-model-file.ts";
