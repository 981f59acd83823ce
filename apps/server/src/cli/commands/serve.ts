import { createServer } from "#app";
import { createLogger } from "#telemetry";
import { defineCommand } from "citty";
import { EXIT } from "../exit-code.ts";
import { interruption } from "../interruption.ts";
import { printError } from "../output/errors.ts";
import { DATA_ARGS, settingsFor } from "../settings.ts";
import { VERSION } from "../version.ts";

export const serveCommand = defineCommand({
  meta: {
    name: "serve",
    description: "Keep the engines up and serve the HTTP API; other commands then speak to it",
  },
  args: {
    host: {
      type: "string",
      description: "Address to listen on (default 127.0.0.1; any other lets the network in)",
      valueHint: "ADDRESS",
    },
    port: {
      type: "string",
      description: "Port to listen on (default 8000; 0 takes a free one)",
      valueHint: "PORT",
    },
    ...DATA_ARGS,
  },
  async run({ args }) {
    const settings = settingsFor(args, { "api.host": args.host, "api.port": args.port });
    const logger = createLogger({
      level: settings.values.log.level,
      format: process.stderr.isTTY ? "text" : "json",
      destination: "stderr",
    });
    const stop = interruption();
    let fatal: Error | undefined;
    const ended = Promise.withResolvers<void>();
    stop.signal.addEventListener("abort", () => ended.resolve(), { once: true });
    const server = createServer(settings, {
      logger,
      version: VERSION,
      onFatal: (error) => {
        fatal = error;
        ended.resolve();
      },
    });
    try {
      const { url } = await server.start();
      process.stdout.write(
        `FlowLens ${VERSION} is up.\n  API     ${url}/api/v1\n  docs    ${url}/api/docs\n  data    ${settings.dataDirectory}\nCtrl-C ends it.\n`,
      );
      await ended.promise;
    } finally {
      await server.stop();
      stop.dispose();
    }
    if (fatal === undefined) return EXIT.ok;
    printError(`${fatal.message} FlowLens stopped.`);
    return EXIT.refused;
  },
});
