/** 0x89 is no text, then "FLM", and line ends that a transfer as text would change (as in PNG). */
export const MAGIC = Uint8Array.of(0x89, 0x46, 0x4c, 0x4d, 0x0d, 0x0a, 0x1a, 0x0a);

/** Grows when an older reader could not understand the file any more. */
export const FORMAT_VERSION = 1;

/** Magic, version (u16), length of the file (u32). */
export const HEADER_BYTES = 14;
export const HASH_BYTES = 32;

/** Numbers of the parts; they stand in this order, each at most once. */
export const PARTS = { schema: 1, model: 2, calibrator: 3, conformal: 4, novelty: 5, facts: 6 } as const;
export type PartName = keyof typeof PARTS;
