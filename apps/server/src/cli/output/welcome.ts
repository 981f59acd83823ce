import { networkInterfaces } from "node:os";

export interface Welcome {
  readonly version: string;
  readonly url: string;
  readonly dataDirectory: string;
  readonly listening: readonly {
    readonly address: string;
    readonly port: number;
    readonly protocols: readonly string[];
  }[];
  /** Nothing has ever been received: say what to point here. */
  readonly isNew: boolean;
  /** Of the admin, when it was made just now: it is shown this once. */
  readonly adminToken?: string | undefined;
}

const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
  netflow5: "NetFlow v5",
  netflow9: "NetFlow v9",
  ipfix: "IPFIX",
  sflow5: "sFlow v5",
};
const ALL_ADDRESSES = new Set(["0.0.0.0", "::"]);

/** What `serve` says when it is up: where it listens, and at the first start what to point there. */
export function welcomeText(welcome: Welcome, here = addressOfThisMachine()): string {
  const { version, url, dataDirectory, listening, isNew, adminToken } = welcome;
  const lines = [
    `FlowLens ${version} is up.`,
    "",
    `  web       ${url}/`,
    `  API       ${url}/api/v1, described at ${url}/api/docs`,
  ];
  const sockets = [...Map.groupBy(listening, ({ port }) => port).values()];
  if (sockets.length === 0) lines.push("  receives  nothing: the collector is switched off");
  sockets.forEach((some, i) => {
    const [{ port, protocols }] = some;
    const names = protocols.map((one) => PROTOCOL_NAMES[one] ?? one).join(", ");
    lines.push(
      `${i === 0 ? "  receives" : "          "}  ${port}/udp  ${names}${placeOf(some.map(({ address }) => address))}`,
    );
  });
  lines.push(`  data      ${dataDirectory}`);
  if (isNew && listening.length > 0) lines.push("", ...pointers(listening, here));
  if (adminToken !== undefined) {
    lines.push(
      "",
      "Admin token, shown this once, for only its hash is kept. What changes something over HTTP needs it as",
      "Authorization: Bearer …",
      `  ${adminToken}`,
    );
  }
  return `${[...lines, "", "Ctrl-C ends it."].join("\n")}\n`;
}

function placeOf(addresses: readonly string[]): string {
  return addresses.some((address) => ALL_ADDRESSES.has(address)) ? "" : `  on ${addresses.join(", ")}`;
}

/** Lines to copy, for whoever has a router or a Linux machine at hand. */
function pointers(listening: Welcome["listening"], here: string): string[] {
  const portOf = (protocol: string): number | undefined =>
    listening.find(({ protocols }) => protocols.includes(protocol))?.port;
  const netflow = portOf("netflow9") ?? listening[0].port;
  const sflow = portOf("sflow5") ?? listening[0].port;
  return [
    `Point your routers, switches and firewalls to ${here}, for example:`,
    `  Cisco IOS   flow exporter FLOWLENS / destination ${here} / transport udp ${netflow}`,
    `  Linux       softflowd -i eth0 -v 9 -n ${here}:${netflow}`,
    `  sFlow       sflow destination ${here} ${sflow}`,
    "More of them, step by step: docs/guide/first-steps.md. What arrives: flowlens exporters.",
  ];
}

/** The first address by which others can reach this machine, as far as it knows itself. */
function addressOfThisMachine(): string {
  const all = Object.values(networkInterfaces()).flatMap((some) => some ?? []);
  const reachable = all.filter(({ internal }) => !internal);
  return (reachable.find(({ family }) => family === "IPv4") ?? reachable[0])?.address ?? "127.0.0.1";
}
