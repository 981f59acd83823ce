import { Type, type Static } from "typebox";

const MEBIBYTE = 1024 ** 2;
const GIBIBYTE = 1024 ** 3;

export const SPOOL_DEFAULTS = {
  segmentBytes: 16 * MEBIBYTE,
  sealAfterMs: 1000,
  syncEveryMs: 200,
  maxBytes: 20 * GIBIBYTE,
  keepFreeBytes: 256 * MEBIBYTE,
} as const;

/** Settings of the spool, each with its default. Where it lies is the caller's business. */
export const SPOOL_CONFIG = Type.Object(
  {
    segmentBytes: Type.Integer({
      minimum: 4096,
      maximum: 256 * MEBIBYTE,
      default: SPOOL_DEFAULTS.segmentBytes,
      description: "A segment of the spool is sealed, and can be loaded, when it has grown to this.",
    }),
    sealAfterMs: Type.Integer({
      minimum: 10,
      maximum: 60_000,
      default: SPOOL_DEFAULTS.sealAfterMs,
      description: "A segment with records in it is sealed after this long, however small it is.",
    }),
    syncEveryMs: Type.Integer({
      minimum: 1,
      maximum: 60_000,
      default: SPOOL_DEFAULTS.syncEveryMs,
      description:
        "What was received is forced to disk (fsync) at least this often: a power loss costs no more. A kill of the process costs nothing.",
    }),
    maxBytes: Type.Integer({
      minimum: 1024 ** 2,
      default: SPOOL_DEFAULTS.maxBytes,
      description:
        "The spool takes at most this much disk, and at most half of what was free at the start. Beyond it, records are refused and counted until the store has caught up.",
    }),
    keepFreeBytes: Type.Integer({
      minimum: 0,
      default: SPOOL_DEFAULTS.keepFreeBytes,
      description: "The spool leaves this much of its disk free for others on it.",
    }),
  },
  { additionalProperties: false },
);

export type SpoolConfig = Readonly<Static<typeof SPOOL_CONFIG>>;
