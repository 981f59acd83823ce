import { Worker, type TransferListItem } from "node:worker_threads";

/** A thread of the collector, as the main thread sees it. */
export interface Thread<To, From> {
  post(message: To, transfer?: readonly TransferListItem[]): void;
  onMessage(listener: (message: From) => void): void;
  /** Called once, when it is gone; `error` when it died of one. */
  onExit(listener: (error: Error | undefined) => void): void;
  /** Ends it at once. Can be repeated. */
  terminate(): Promise<void>;
}

/** Starts the module of that URL in a thread of its own. */
export type SpawnThread = <To, From>(module: URL, name: string, setup: unknown) => Thread<To, From>;

export const spawnThread: SpawnThread = <To, From>(module: URL, name: string, setup: unknown) => {
  const worker = new Worker(module, { name, workerData: setup, execArgv: [] });
  let failure: Error | undefined;
  worker.on("error", (error) => {
    failure = error;
  });
  const thread: Thread<To, From> = {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    onMessage: (listener) => void worker.on("message", listener),
    onExit: (listener) => void worker.once("exit", () => listener(failure)),
    terminate: async () => void (await worker.terminate()),
  };
  return thread;
};
