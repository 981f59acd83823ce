import type { Logger } from "#telemetry";
import type { SegmentFile } from "./segment-file.ts";

/** Segments after their last write, until they are on disk under their final name. */
export interface Sealing {
  /** How many are under way. */
  readonly size: number;
  /** How many were finished. */
  readonly sealed: number;
  has(id: string): boolean;
  segments(): readonly SegmentFile[];
  add(segment: SegmentFile): void;
  /** Resolves when those that are under way now have ended, well or not. */
  finish(): Promise<void>;
  /** From here on what fails is not tried again. */
  hurry(): void;
}

const ATTEMPTS = 5;
const PAUSE_MS = 500;

export function createSealing(logger: Logger): Sealing {
  const underWay = new Map<string, { readonly segment: SegmentFile; readonly done: Promise<void> }>();
  let sealed = 0;
  let isHurried = false;

  async function seal(segment: SegmentFile): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await segment.seal();
        sealed++;
        return;
      } catch (error) {
        if (attempt === ATTEMPTS || isHurried) {
          const fields = { err: error, segment: segment.id };
          logger.error(
            fields,
            "a segment of the spool could not be sealed; it is loaded after the next start",
          );
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  return {
    get size() {
      return underWay.size;
    },
    get sealed() {
      return sealed;
    },
    has: (id) => underWay.has(id),
    segments: () => [...underWay.values()].map(({ segment }) => segment),
    add(segment) {
      const done = seal(segment).finally(() => underWay.delete(segment.id));
      underWay.set(segment.id, { segment, done });
    },
    async finish() {
      await Promise.all([...underWay.values()].map(({ done }) => done));
    },
    hurry() {
      isHurried = true;
    },
  };
}
