import { formatAddress, parseAddress } from "@flowlens/flow";
import { defineCommand } from "citty";
import { CommandLineError } from "../command-line-error.ts";
import { EXIT } from "../exit-code.ts";
import { exporterDetails, exporterTable, keptExporterTable, socketTable } from "../output/exporter-table.ts";
import { writeOut } from "../output/write.ts";
import { openSession } from "../session/session.ts";
import { DATA_ARGS, settingsFor } from "../settings.ts";

export const exportersCommand = defineCommand({
  meta: {
    name: "exporters",
    description: "List what sends flow records: state, protocols, rate, loss, clock",
  },
  args: {
    exporter: {
      type: "positional",
      description: "One exporter's address: everything known of it",
      valueHint: "ADDRESS",
      required: false,
    },
    json: { type: "boolean", description: "Print exporters and sockets as JSON" },
    ...DATA_ARGS,
  },
  async run({ args }) {
    const asked = args.exporter === undefined ? undefined : addressOf(args.exporter);
    const session = await openSession(settingsFor(args));
    try {
      const list = await session.exporters();
      const exporters = list.exporters.filter(({ address }) => asked === undefined || address === asked);
      if (args.json === true) {
        await writeOut(`${JSON.stringify({ ...list, exporters })}\n`);
        return EXIT.ok;
      }
      if (asked !== undefined) {
        const [exporter] = exporters;
        if (exporter === undefined) {
          throw new CommandLineError(`Nothing came from ${asked} so far, and nobody registered it.`);
        }
        await writeOut(exporterDetails(exporter, Date.now()));
        return EXIT.ok;
      }
      const isReceiving = list.sockets.length > 0;
      if (exporters.length === 0) await writeOut("No exporters yet.\n");
      else await writeOut((isReceiving ? exporterTable : keptExporterTable)(exporters, Date.now()));
      if (isReceiving) await writeOut(`\n${socketTable(list.sockets)}`);
      else await writeOut("\nNothing is received now; flowlens serve does that, and then counts.\n");
      const refused = list.refused_senders.map(({ address, packets }) => `${address} (${packets} packets)`);
      if (refused.length > 0) {
        await writeOut(
          `\nRefused, being outside the private ranges: ${refused.slice(0, 5).join(", ")}${refused.length > 5 ? ", …" : ""}.\n` +
            "To take them, add their addresses to collector.exporters.\n",
        );
      }
      return EXIT.ok;
    } finally {
      await session.close();
    }
  },
});

function addressOf(text: string): string {
  const bytes = parseAddress(text);
  if (bytes === undefined) throw new CommandLineError(`${JSON.stringify(text)} is no address.`);
  return formatAddress(bytes);
}
