import { formatBytes, formatInteger } from "@flowlens/features";
import type { AssetListItem } from "@flowlens/contract";
import { formatTable } from "./table.ts";

const PORTS_SHOWN = 5;

/** Hosts as a table for people: what each is, how sure, why we think so, and how much it does. */
export function hostTable(hosts: readonly AssetListItem[]): string {
  return formatTable(
    [
      { title: "ADDRESS", cell: (host) => host.address },
      { title: "TYPE", cell: (host) => typeOf(host) },
      { title: "CONF", align: "right", cell: (host) => host.confidence.toFixed(2) },
      { title: "METHOD", cell: (host) => host.classification_method },
      { title: "SERVES", cell: (host) => servedPorts(host) },
      { title: "PEERS", align: "right", cell: (host) => formatInteger(host.clients + host.servers) },
      { title: "CONVERSATIONS", align: "right", cell: (host) => formatInteger(host.conversations) },
      { title: "BYTES", align: "right", cell: (host) => formatBytes(host.bytes_in + host.bytes_out) },
    ],
    hosts,
  );
}

/** The type in force, with the finer word where there is one: "server (directory_service)". */
function typeOf(host: AssetListItem): string {
  const role = host.role?.name;
  return role === undefined || role === host.asset_type ? host.asset_type : `${host.asset_type} (${role})`;
}

function servedPorts(host: AssetListItem): string {
  const names = host.served_ports.slice(0, PORTS_SHOWN).map((port) => port.name);
  const more = host.served_ports.length - names.length;
  if (names.length === 0) return "–";
  return more > 0 ? `${names.join(" ")} +${more}` : names.join(" ");
}
