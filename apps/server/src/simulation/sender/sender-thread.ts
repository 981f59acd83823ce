/** The thread that sends: its work is in sender.ts. */
import { parentPort, workerData } from "node:worker_threads";
import type { SenderSetup, ToSender } from "../messages.ts";
import { createSender } from "./sender.ts";

const main = parentPort;
if (main === null) throw new Error("sender-thread.ts runs in a thread of the simulation only");

const sender = createSender(workerData as SenderSetup, (message) => main.postMessage(message, []));

main.on("message", (order: ToSender) => {
  sender.take(order).catch((error: unknown) => {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    main.postMessage({ type: "broke", message }, []);
  });
});
