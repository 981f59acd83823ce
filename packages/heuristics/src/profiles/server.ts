import { formatCount, formatInteger, formatShare } from "@flowlens/features";
import {
  acceptsMore,
  answersLikeGateway,
  aroundTheClock,
  lacks,
  maybeOnlyAGateway,
  hasClients,
  lookForRelay,
  mostlyClient,
  outside,
  serves,
  servesMostly,
  servesNone,
  servedShare,
  servedStrength,
  servedWords,
  speaksRouting,
} from "../recurring-signals.ts";
import { logRamp, ramp, type Profile, type Signal } from "../signal.ts";
import type { ServiceGroup } from "../services.ts";

/** Groups that somebody set up to be used by others; SSH alone is on every Unix host and says less. */
const STANDING: readonly ServiceGroup[] = [
  "directory",
  "mail",
  "web",
  "standing",
  "dns",
  "dhcp",
  "voip",
  "telemetry",
];
/** A telephone answers its exchange and the few that call it; an exchange or a broker answers many. */
const EXCHANGE_CLIENTS_MIN = 5;
const IN_BOTH_ENDS: readonly ServiceGroup[] = ["voip", "telemetry"];
const SSH_ALONE_STRENGTH = 0.6;

const servesCommonService: Signal = {
  name: "serves_common_service",
  weight: 0.3,
  sentence: "serves {service} to {clients}",
  look: (facts) => {
    const groups = STANDING.flatMap((key) => {
      const group = facts.served.get(key);
      return group === undefined || (IN_BOTH_ENDS.includes(key) && group.clients < EXCHANGE_CLIENTS_MIN)
        ? []
        : group;
    });
    const best = groups.sort((a, b) => b.clients - a.clients)[0];
    if (best !== undefined) return { strength: servedStrength(best), words: servedWords(best.lead) };
    const ssh = facts.served.get("ssh");
    if (ssh === undefined) return undefined;
    return { strength: SSH_ALONE_STRENGTH * servedStrength(ssh), words: servedWords(ssh.lead) };
  },
};

const wellKnownPorts: Signal = {
  name: "well_known_ports",
  weight: 0.1,
  sentence: "of {ports} served, {count} below 1024",
  look: (facts) => {
    const { servedPorts, servedWellKnownPorts } = facts.counts;
    if (servedPorts === 0) return undefined;
    return {
      strength: Math.min(1, (2 * servedWellKnownPorts) / servedPorts),
      words: { ports: formatCount(servedPorts, "port"), count: formatInteger(servedWellKnownPorts) },
    };
  },
};

const oneClientOnly: Signal = {
  name: "one_client_only",
  weight: 0.4,
  sentence: "has one client only, which a device with a web page has too",
  look: (facts) => (facts.internal && facts.clients <= 1 ? { strength: 1 } : undefined),
};

const announcesItself: Signal = {
  name: "announces_itself",
  weight: 0.4,
  sentence: "answers discovery (UPnP) and has only {clients}, as devices of a home or an office do",
  look: (facts) =>
    facts.served.has("upnp") && facts.clients <= 5
      ? { strength: 1, words: { clients: formatCount(facts.clients, "client") } }
      : undefined,
};

const outsideAndPopular: Signal = {
  name: "outside_and_popular",
  weight: 0.4,
  sentence: "lies outside the network and {clients} of ours use it, as they use a cloud service",
  look: (facts) =>
    facts.internal
      ? undefined
      : {
          strength: logRamp(facts.clients, 10, 200),
          words: { clients: formatCount(facts.clients, "host") },
        },
};

/** A domain controller hands out policies over SMB: that is no file server. */
const mostlyFiles: Signal = {
  ...servesMostly("mostly_files", 0.6, {
    groups: ["file", "smb"],
    what: "for files",
    from: 0.3,
    fullAt: 0.7,
  }),
  look: (facts) => {
    if (facts.served.has("directory")) return undefined;
    const share = servedShare(facts, ["file", "smb"]);
    return { strength: ramp(share, 0.3, 0.7), words: { share: formatShare(share) } };
  },
};

const onlyManaged: Signal = {
  name: "only_managed",
  weight: 0.4,
  sentence: "has only {clients}, and {share} of what they open is management, which every box has",
  look: (facts) => {
    const share = servedShare(facts, ["ssh", "management"]);
    return {
      strength: Math.min(ramp(share, 0.6, 0.9), ramp(facts.clients, 10, 4)),
      words: { clients: formatCount(facts.clients, "client"), share: formatShare(share) },
    };
  },
};

const relays: Signal = {
  name: "relays",
  weight: 0.5,
  sentence: "passes on what it accepts, in like number and bytes, to {servers}",
  look: (facts) => ({
    strength: lookForRelay(facts),
    words: { servers: formatCount(facts.counts.servers, "server") },
  }),
};

export const SERVER: Profile = {
  name: "server",
  type: "server",
  role: "server",
  looksLike: "a server",
  signalsFor: [
    servesCommonService,
    hasClients(0.25, 1, 20),
    acceptsMore(0.25),
    aroundTheClock(0.1),
    wellKnownPorts,
  ],
  signalsAgainst: [
    oneClientOnly,
    announcesItself,
    maybeOnlyAGateway(0.5),
    outsideAndPopular,
    relays,
    outside(0.15),
    mostlyClient("mostly_client", 0.5),
    speaksRouting(0.7),
    answersLikeGateway(0.5),
    servesMostly("mostly_database", 0.6, {
      groups: ["database"],
      what: "for a database",
      from: 0.3,
      fullAt: 0.7,
    }),
    mostlyFiles,
    onlyManaged,
    servesMostly("mostly_device_ports", 0.7, {
      groups: ["printing", "camera", "industrial", "building"],
      what: "for a printer, a camera or a controller",
      fullAt: 0.3,
    }),
    serves("cluster_node", 0.5, ["orchestration"]),
  ],
};

export const DIRECTORY_SERVICE: Profile = {
  name: "directory_service",
  type: "server",
  role: "directory_service",
  looksLike: "a directory server",
  signalsFor: [
    {
      name: "serves_directory",
      weight: 0.55,
      sentence: "serves {service} to {clients}",
      look: (facts) => {
        const directory = facts.served.get("directory");
        if (directory === undefined) return undefined;
        const both =
          directory.ports.some((port) => port.port === 88) &&
          directory.ports.some((port) => port.port !== 88);
        return { strength: servedStrength(directory) * (both ? 1 : 0.7), words: servedWords(directory.lead) };
      },
    },
    serves("serves_directory_companion", 0.15, ["directory_companion", "smb", "desktop"]),
    serves("serves_dns", 0.1, ["dns"]),
    hasClients(0.1, 1, 5),
    acceptsMore(0.1),
  ],
  signalsAgainst: [lacks(["directory"], "directory"), outside(0.3)],
};

export const DNS_SERVER: Profile = {
  name: "dns_server",
  type: "server",
  role: "dns_server",
  looksLike: "a DNS server",
  signalsFor: [
    serves("serves_dns", 0.35, ["dns"]),
    servesMostly("mostly_dns", 0.25, { groups: ["dns"], what: "for DNS" }),
    hasClients(0.15, 1, 10),
    acceptsMore(0.1),
    servesNone("no_directory", 0.15, {
      groups: ["directory", "upnp", "dhcp"],
      what: "neither a directory nor what a gateway does",
    }),
  ],
  signalsAgainst: [
    lacks(["dns"], "DNS"),
    maybeOnlyAGateway(0.5),
    answersLikeGateway(0.6),
    speaksRouting(0.7),
  ],
};

export const DHCP_SERVER: Profile = {
  name: "dhcp_server",
  type: "server",
  role: "dhcp_server",
  looksLike: "a DHCP server",
  signalsFor: [
    serves("serves_dhcp", 0.35, ["dhcp"]),
    servesMostly("mostly_dhcp", 0.25, { groups: ["dhcp"], what: "for DHCP" }),
    hasClients(0.15, 1, 10),
    acceptsMore(0.1),
    servesNone("no_directory", 0.15, {
      groups: ["directory", "upnp", "dns"],
      what: "neither a directory nor what a gateway does",
    }),
  ],
  signalsAgainst: [
    lacks(["dhcp"], "DHCP"),
    maybeOnlyAGateway(0.5),
    answersLikeGateway(0.6),
    speaksRouting(0.7),
  ],
};
