/** One line on stderr that is written over; on anything but a terminal nothing is shown, so that logs stay clean. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

const LEAST_PAUSE_MS = 80;

export function createProgress(): Progress {
  const stream = process.stderr;
  if (!stream.isTTY) return { show: () => undefined, clear: () => undefined };
  let shownAt = -Infinity;
  let isShown = false;
  return {
    show(text) {
      if (performance.now() - shownAt < LEAST_PAUSE_MS) return;
      shownAt = performance.now();
      isShown = true;
      stream.write(`\r\u001b[2K${text.slice(0, (stream.columns ?? 80) - 1)}`);
    },
    clear() {
      if (isShown) stream.write("\r\u001b[2K");
      isShown = false;
      shownAt = -Infinity;
    },
  };
}
