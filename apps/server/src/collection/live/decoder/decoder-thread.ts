/** The thread that decodes: its work is in live-decoder.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { createSpoolWriter } from "#spool";
import type { DecoderSetup, FromDecoder, ToDecoder } from "../messages.ts";
import { postedLogger } from "../posted-logger.ts";
import { createLiveDecoder } from "./live-decoder.ts";
import { createTemplateFile } from "./template-file.ts";

const main = parentPort;
if (main === null) throw new Error("decoder-thread.ts runs in a thread of the collector only");

const post = (message: FromDecoder): void => main.postMessage(message, []);
const setup = workerData as DecoderSetup;
const logger = postedLogger(post);
const writer = createSpoolWriter({ ...setup.spool, directory: setup.spoolDirectory, logger });
const decoder = createLiveDecoder(setup, {
  post,
  writer,
  templates: createTemplateFile(setup.templatesFile, logger),
  logger,
});

main.on("message", (message: ToDecoder) => {
  switch (message.type) {
    case "receiver":
      decoder.useReceiver(message.index, message.port);
      break;
    case "exporters":
      decoder.configure(message.exporters);
      break;
    case "report":
      decoder.report(message.id);
      break;
    case "finish":
      void decoder.finish().then(() => post({ type: "finished" }));
      break;
    default:
      message satisfies never;
  }
});

post({ type: "ready" });
