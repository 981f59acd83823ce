/** The thread that receives: its work is in receiver.ts. */
import { parentPort, workerData } from "node:worker_threads";
import type { ReceiverSetup, ToReceiver } from "../messages.ts";
import { createReceiver } from "./receiver.ts";

const main = parentPort;
if (main === null) throw new Error("receiver-thread.ts runs in a thread of the collector only");

const receiver = createReceiver(workerData as ReceiverSetup, (message) => main.postMessage(message, []));

main.on("message", (message: ToReceiver) => {
  if (message.type === "decoder") receiver.useDecoder(message.port);
  else void receiver.close();
});

await receiver.start();
