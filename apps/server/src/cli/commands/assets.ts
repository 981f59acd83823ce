import { ASSET_SORT_KEYS, type AssetListItem } from "@flowlens/contract";
import { readAssetListQuery } from "#api";
import { formatInteger } from "@flowlens/features";
import { defineCommand } from "citty";
import { CommandLineError } from "../command-line-error.ts";
import { EXIT } from "../exit-code.ts";
import { explanation } from "../output/explanation.ts";
import { hostTable } from "../output/host-table.ts";
import { writeOut } from "../output/write.ts";
import { openSession } from "../session/session.ts";
import { DATA_ARGS, settingsFor } from "../settings.ts";

export const assetsCommand = defineCommand({
  meta: {
    name: "assets",
    description: "List the hosts known so far: type, confidence, method, what they serve",
  },
  args: {
    host: {
      type: "positional",
      description: "One host's address: why it is taken for what it is",
      valueHint: "ADDRESS",
      required: false,
    },
    network: { type: "string", description: "Only this network", valueHint: "NAME" },
    type: { type: "string", description: "Only this asset type", valueHint: "TYPE" },
    address: { type: "string", description: "Only this address or range", valueHint: "10.0.0.0/8" },
    port: { type: "string", description: "Only hosts that serve this port", valueHint: "443/tcp" },
    search: {
      type: "string",
      description: "Only where this occurs in address, name or notes",
      valueHint: "TEXT",
    },
    sort: { type: "enum", options: [...ASSET_SORT_KEYS], description: "What to sort by", default: "address" },
    desc: { type: "boolean", description: "Sort downwards" },
    limit: { type: "string", description: "At most so many hosts", valueHint: "N" },
    json: { type: "boolean", description: "Print every host as JSON" },
    ...DATA_ARGS,
  },
  async run({ args }) {
    const limit = args.limit === undefined ? Infinity : Number(args.limit);
    if (!(limit >= 1))
      throw new CommandLineError(`--limit takes a number from 1, not ${JSON.stringify(args.limit)}.`);
    const query = readAssetListQuery({
      network: args.network,
      type: args.type,
      served_port: args.port,
      address: args.host ?? args.address,
      search: args.search,
      sort: args.sort,
      order: args.desc === true ? "desc" : "asc",
      limit: String(Math.min(1_000, limit)),
    });
    const session = await openSession(settingsFor(args));
    try {
      const hosts: AssetListItem[] = [];
      for await (const host of session.assets(query)) {
        hosts.push(host);
        if (hosts.length >= limit) break;
      }
      if (args.host !== undefined) {
        const details = [];
        for (const { id } of hosts) details.push(await session.asset(id));
        if (args.json === true) await writeOut(`${JSON.stringify({ assets: details })}\n`);
        else if (details.length === 0)
          throw new CommandLineError(
            `No host ${args.host} is known${args.network ? ` in network ${args.network}` : ""}.`,
          );
        else for (const detail of details) await writeOut(explanation(detail));
        return EXIT.ok;
      }
      if (args.json === true) await writeOut(`${JSON.stringify({ assets: hosts })}\n`);
      else if (hosts.length === 0) await writeOut("No hosts yet: flowlens import FILE takes traffic in.\n");
      else await writeOut(`${hostTable(hosts)}\n${formatInteger(hosts.length)} hosts.\n`);
      return EXIT.ok;
    } finally {
      await session.close();
    }
  },
});
