import { createServer } from "#app";
import { createLogger } from "#telemetry";
import { defineCommand } from "citty";
import { EXIT } from "../exit-code.ts";
import { interruption } from "../interruption.ts";
import { printError } from "../output/errors.ts";
import { welcomeText } from "../output/welcome.ts";
import { writeOut } from "../output/write.ts";
import { DATA_ARGS, settingsFor } from "../settings.ts";
import { VERSION } from "../version.ts";

const udpPort = (protocols: string, usual: number) =>
  ({
    type: "string",
    description: `UDP port for ${protocols} (default ${usual}; 0 takes a free one, "off" none)`,
    valueHint: "PORT",
  }) as const;

export const serveCommand = defineCommand({
  meta: {
    name: "serve",
    description: "Receive flow records, name the hosts, serve the web page and the HTTP API",
  },
  args: {
    host: {
      type: "string",
      description: "Address that HTTP listens on (default 127.0.0.1; any other lets the network in)",
      valueHint: "ADDRESS",
    },
    port: {
      type: "string",
      description: "Port that HTTP listens on (default 8000; 0 takes a free one)",
      valueHint: "PORT",
    },
    "netflow-port": udpPort("NetFlow v5, v9 and IPFIX", 2055),
    "ipfix-port": udpPort("IPFIX", 4739),
    "sflow-port": udpPort("sFlow", 6343),
    ...DATA_ARGS,
  },
  async run({ args }) {
    const settings = settingsFor(args, {
      "api.host": args.host,
      "api.port": args.port,
      "collector.netflowPort": args["netflow-port"],
      "collector.ipfixPort": args["ipfix-port"],
      "collector.sflowPort": args["sflow-port"],
    });
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
      const started = await server.start();
      await writeOut(welcomeText({ version: VERSION, dataDirectory: settings.dataDirectory, ...started }));
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
