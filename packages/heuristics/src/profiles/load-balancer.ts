import { formatBytes, formatCount, formatInteger, formatShare, type UsedPort } from "@flowlens/features";
import type { HostFacts } from "../host-facts.ts";
import { hasClients, mostlyClient, outside, serves } from "../recurring-signals.ts";
import { knownService, nameService } from "../services.ts";
import { logRamp, ramp, type Profile, type Signal } from "../signal.ts";

/** What its own needs (names, time, management) make it open says nothing of backends. */
function backendPort(facts: HostFacts): UsedPort | undefined {
  return facts.counts.topUsedPorts.find((used) => {
    const group = knownService(used.protocol, used.port)?.group;
    return (
      used.port !== 0 &&
      group !== "dns" &&
      group !== "background" &&
      group !== "directory" &&
      group !== "database"
    );
  });
}

const backends: Signal = {
  name: "opens_to_backends",
  weight: 0.25,
  sentence: "opens {share} of its own conversations to {service} on {servers}",
  look: (facts) => {
    const port = backendPort(facts);
    if (port === undefined || facts.counts.outboundConversations === 0) return undefined;
    const share = Math.min(1, port.conversations / facts.counts.outboundConversations);
    return {
      strength: Math.min(ramp(share, 0.3, 0.6), logRamp(port.servers, 1, 2), logRamp(port.servers, 200, 50)),
      words: {
        share: formatShare(share),
        service: nameService(port.protocol, port.port),
        servers: formatCount(port.servers, "server"),
      },
    };
  },
};

const oneOnForEachIn: Signal = {
  name: "one_on_for_each_in",
  weight: 0.25,
  sentence: "opened {opened} conversations for {accepted} accepted",
  look: (facts) => {
    const { inboundConversations, outboundConversations } = facts.counts;
    if (inboundConversations === 0) return undefined;
    const each = outboundConversations / inboundConversations;
    return {
      strength: Math.min(logRamp(each, 0.1, 0.5), logRamp(each, 6, 2)),
      words: { opened: formatInteger(outboundConversations), accepted: formatInteger(inboundConversations) },
    };
  },
};

const bytesInAsOut: Signal = {
  name: "bytes_in_as_out",
  weight: 0.2,
  sentence: "received {received} and sent {sent}",
  look: (facts) => {
    const { bytesIn, bytesOut } = facts.counts;
    if (bytesIn + bytesOut === 0) return undefined;
    return {
      strength: ramp(Math.abs(bytesIn - bytesOut) / (bytesIn + bytesOut), 0.35, 0.1),
      words: { received: formatBytes(bytesIn), sent: formatBytes(bytesOut) },
    };
  },
};

const manyToFew: Signal = {
  name: "many_to_few",
  weight: 0.1,
  sentence: "has {clients} and uses {servers}",
  look: (facts) => {
    const { clients } = facts;
    const { servers } = facts.counts;
    if (servers === 0) return undefined;
    return {
      strength: logRamp(clients / servers, 1, 5),
      words: { clients: formatCount(clients, "client"), servers: formatCount(servers, "server") },
    };
  },
};

const opensToMore: Signal = {
  name: "opens_to_more_than_use_it",
  weight: 0.8,
  sentence: "uses {servers} and has {clients}",
  look: (facts) => {
    const { clients } = facts;
    const { servers } = facts.counts;
    if (servers === 0) return undefined;
    return {
      strength: logRamp(servers / Math.max(1, clients), 0.5, 1),
      words: { clients: formatCount(clients, "client"), servers: formatCount(servers, "server") },
    };
  },
};

const passesLittleOn: Signal = {
  name: "passes_little_on",
  weight: 0.6,
  sentence: "opened only {opened} for what it accepted, so that it answers most itself",
  look: (facts) => ({
    strength: ramp(facts.acceptedShare, 0.85, 0.95),
    words: { opened: formatCount(facts.counts.outboundConversations, "conversation") },
  }),
};

export const LOAD_BALANCER: Profile = {
  name: "load_balancer",
  type: "load_balancer",
  role: "load_balancer",
  looksLike: "a load balancer",
  signalsFor: [hasClients(0.2, 5, 50), oneOnForEachIn, bytesInAsOut, backends, manyToFew],
  signalsAgainst: [
    opensToMore,
    passesLittleOn,
    mostlyClient("mostly_client", 0.8),
    serves("serves_directory", 0.8, ["directory"]),
    serves("cluster_node", 0.6, ["orchestration"]),
    outside(0.8),
  ],
};
