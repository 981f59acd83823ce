/** A signal that is aborted by Ctrl-C or an order to stop; a second Ctrl-C ends the process at once. */
export interface Interruption {
  readonly signal: AbortSignal;
  dispose(): void;
}

export function interruption(): Interruption {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return {
    signal: controller.signal,
    dispose() {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    },
  };
}
