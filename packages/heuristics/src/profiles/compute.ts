import {
  EPHEMERAL_PORT_MIN,
  formatBytes,
  formatCount,
  formatInteger,
  formatShare,
  WELL_KNOWN_PORT_MAX,
  type ServedPort,
} from "@flowlens/features";
import type { HostFacts } from "../host-facts.ts";
import { bothRoles, isEstablished, outside, serves, servesMostly } from "../recurring-signals.ts";
import { knownService } from "../services.ts";
import { logRamp, ramp, type Profile, type Signal } from "../signal.ts";

/** Containers and virtual machines: servers that are clients too. Flows alone tell them apart only by their plumbing. */

function externalPeerShare(facts: HostFacts): number | undefined {
  const { clients, servers, internalClients, internalServers } = facts.counts;
  const peers = clients + servers;
  return peers === 0 ? undefined : 1 - (internalClients + internalServers) / peers;
}

const eastWest: Signal = {
  name: "east_west",
  weight: 0.2,
  sentence: "{share} of its peers lie inside the network",
  look: (facts) => {
    const external = externalPeerShare(facts);
    if (external === undefined || facts.clients < 2 || facts.counts.servers < 2) return undefined;
    return { strength: ramp(external, 0.3, 0.1), words: { share: formatShare(1 - external) } };
  },
};

const unprivilegedService: Signal = {
  name: "unprivileged_service",
  weight: 0.2,
  sentence: "of {ports} served, {count} between 1024 and 32767, where no known server listens",
  look: (facts) => {
    const ports = facts.servedPorts.length;
    if (ports === 0) return undefined;
    const between = facts.servedPorts.filter(isUnprivileged).length;
    return {
      strength: ramp(between / ports, 0.3, 0.7),
      words: { ports: formatCount(ports, "port"), count: formatInteger(between) },
    };
  },
};

/** Where applications listen when nobody gave them the port of a known service: 3000, 8000, 8080, 9090, … */
function isUnprivileged({ protocol, port }: ServedPort): boolean {
  const group = knownService(protocol, port)?.group;
  return port > WELL_KNOWN_PORT_MAX && port < EPHEMERAL_PORT_MIN && (group === undefined || group === "web");
}

const chatty: Signal = {
  name: "many_conversations_a_peer",
  weight: 0.15,
  sentence: "has {each} conversations a peer",
  look: (facts) => {
    const peers = facts.clients + facts.counts.servers;
    if (peers === 0) return undefined;
    const each = facts.conversations / peers;
    return { strength: logRamp(each, 3, 30), words: { each: formatInteger(each) } };
  },
};

const smallConversations: Signal = {
  name: "small_conversations",
  weight: 0.1,
  sentence: "moves {bytes} a conversation",
  look: (facts) =>
    facts.conversations === 0
      ? undefined
      : {
          strength: logRamp(facts.bytesPerConversation, 200_000, 20_000),
          words: { bytes: formatBytes(facts.bytesPerConversation) },
        },
};

const usesOrchestration: Signal = {
  name: "uses_orchestration",
  weight: 0.1,
  sentence: "uses an orchestrator's API on {servers}",
  look: (facts) => {
    const used = facts.used.get("orchestration");
    return used === undefined
      ? undefined
      : { strength: 1, words: { servers: formatCount(used.servers, "server") } };
  },
};

const fewPeers: Signal = {
  name: "few_peers_each_way",
  weight: 0.15,
  sentence: "has {clients} and uses {servers}",
  look: (facts) => {
    const { clients } = facts;
    const { servers } = facts.counts;
    if (clients === 0 || servers === 0) return undefined;
    const lopsided = Math.max(clients / servers, servers / clients);
    return {
      strength: Math.min(
        logRamp(Math.min(clients, servers), 1, 3),
        logRamp(Math.max(clients, servers), 200, 50),
        logRamp(lopsided, 8, 3),
      ),
      words: { clients: formatCount(clients, "client"), servers: formatCount(servers, "server") },
    };
  },
};

const mixedServices: Signal = {
  name: "mixed_services",
  weight: 0.15,
  sentence: "serves {low} below 1024 and {high} above",
  look: (facts) => {
    const used = facts.servedPorts.filter(isEstablished);
    const low = used.filter(({ port }) => port <= WELL_KNOWN_PORT_MAX).length;
    const high = used.length - low;
    if (low === 0 || high === 0) return undefined;
    return { strength: 1, words: { low: formatCount(low, "port"), high: formatInteger(high) } };
  },
};

const oneRoleOnly: Signal = {
  name: "one_role_only",
  weight: 0.6,
  sentence: "{share} of its conversations are accepted ones: it has one role only",
  look: (facts) => ({
    strength: Math.max(ramp(facts.acceptedShare, 0.1, 0.02), ramp(facts.acceptedShare, 0.9, 0.98)),
    words: { share: formatShare(facts.acceptedShare) },
  }),
};

export const CONTAINER: Profile = {
  name: "container",
  type: "container",
  role: "container",
  looksLike: "a container",
  signalsFor: [unprivilegedService, bothRoles(0.25), eastWest, chatty, smallConversations, usesOrchestration],
  signalsAgainst: [
    oneRoleOnly,
    serves("serves_ssh", 0.5, ["ssh"]),
    serves("serves_desktop_ports", 0.6, ["smb", "desktop"]),
    serves("serves_directory", 0.8, ["directory"]),
    serves("cluster_node", 0.6, ["orchestration"]),
    servesMostly("mostly_database", 0.5, {
      groups: ["database"],
      what: "for a database",
      from: 0.3,
      fullAt: 0.7,
    }),
    servesMostly("mostly_device_ports", 0.7, {
      groups: ["printing", "camera", "industrial", "building", "voip"],
      what: "for a printer, a camera, a phone or a controller",
      fullAt: 0.3,
    }),
    {
      name: "talks_to_the_outside",
      weight: 0.5,
      sentence: "{share} of its peers lie outside the network",
      look: (facts) => {
        const external = externalPeerShare(facts);
        return external === undefined
          ? undefined
          : { strength: ramp(external, 0.2, 0.5), words: { share: formatShare(external) } };
      },
    },
    outside(0.9),
  ],
};

export const VIRTUAL_MACHINE: Profile = {
  name: "virtual_machine",
  type: "virtual_machine",
  role: "virtual_machine",
  looksLike: "a virtual machine",
  signalsFor: [
    serves("is_administered_remotely", 0.25, ["ssh", "desktop"]),
    bothRoles(0.25),
    mixedServices,
    fewPeers,
    serves("serves_orchestration", 0.2, ["orchestration"]),
  ],
  signalsAgainst: [
    oneRoleOnly,
    serves("serves_directory", 0.8, ["directory"]),
    servesMostly("mostly_device_ports", 0.7, {
      groups: ["camera", "industrial", "building"],
      what: "for a camera or a controller",
      fullAt: 0.3,
    }),
    outside(0.9),
  ],
};
