/** Ctrl-C, an order to stop, and a terminal that is closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A signal that is aborted by one of SIGNALS; a second one ends the process at once. */
export interface Interruption {
  readonly signal: AbortSignal;
  dispose(): void;
}

export function interruption(): Interruption {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    // Of a terminal that is closed, more than one such signal comes.
    if (controller.signal.aborted && signal !== "SIGHUP") process.exit(130);
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return {
    signal: controller.signal,
    dispose() {
      for (const signal of SIGNALS) process.off(signal, stop);
    },
  };
}
