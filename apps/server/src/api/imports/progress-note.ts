const INTERVAL_MS = 300;

/** Notes progress that comes faster than it can be written down: the newest counts, at most one write is under way. */
export interface ProgressNote<Progress> {
  note(progress: Progress): void;
  /** Resolves when nothing is being written. */
  settled(): Promise<void>;
}

/** `isUrgent`: written down without waiting, like a new step. `write` does not reject. */
export function createProgressNote<Progress>(
  write: (progress: Progress) => Promise<void>,
  isUrgent: (progress: Progress, written: Progress | undefined) => boolean,
): ProgressNote<Progress> {
  let written: Progress | undefined;
  let writtenAtMs = -Infinity;
  let writing: Promise<void> | undefined;

  function writeDown(progress: Progress): void {
    written = progress;
    writtenAtMs = performance.now();
    writing = write(progress).finally(() => {
      writing = undefined;
    });
  }

  return {
    note(progress) {
      if (writing !== undefined) return;
      if (performance.now() - writtenAtMs >= INTERVAL_MS || isUrgent(progress, written)) writeDown(progress);
    },
    settled: async () => writing,
  };
}
