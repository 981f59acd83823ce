import { formatCount, formatInteger, formatShare, type ServedPort } from "@flowlens/features";
import type { HostFacts, ServedGroup } from "./host-facts.ts";
import { nameService, type ServiceGroup } from "./services.ts";
import { logRamp, ramp, type Sighting, type Signal } from "./signal.ts";

/** Signals that several profiles weigh, each with its own weight. */

/** Several hours must have been seen before "around the clock" means anything. */
const CLOCK_MIN_HOURS = 6;
/**
 * A few conversations of one or two clients may be a person having a look and a scanner that found the port open: every
 * host is scanned sometimes, and that must not make anybody look like something else.
 */
const ESTABLISHED_CLIENTS = 3;
const ESTABLISHED_CONVERSATIONS = 10;

/** Whether somebody works with a served port, beyond having looked whether it is open. */
export function isEstablished({
  clients,
  conversations,
}: Pick<ServedPort, "clients" | "conversations">): boolean {
  return clients >= ESTABLISHED_CLIENTS || conversations >= ESTABLISHED_CONVERSATIONS;
}

export function servedWords(port: ServedPort): Record<string, string> {
  return { service: nameService(port.protocol, port.port), clients: formatCount(port.clients, "client") };
}

/** How well a served group is established: full from three clients on, or where one keeps coming back. */
export function servedStrength(group: ServedGroup): number {
  return isEstablished(group.lead) ? 1 : 0.5;
}

/** "serves PostgreSQL (5432/tcp) to 12 clients", by the first of `groups` it serves. */
export function serves(name: string, weight: number, groups: readonly ServiceGroup[]): Signal {
  return {
    name,
    weight,
    sentence: "serves {service} to {clients}",
    look: (facts) => {
      for (const key of groups) {
        const group = facts.served.get(key);
        if (group !== undefined) return { strength: servedStrength(group), words: servedWords(group.lead) };
      }
      return undefined;
    },
  };
}

/** Share of what it serves that lies in `groups`, full at `fullAt`. `what` reads "of what it serves is …". */
export function servesMostly(
  name: string,
  weight: number,
  options: { groups: readonly ServiceGroup[]; what: string; from?: number; fullAt?: number },
): Signal {
  return {
    name,
    weight,
    sentence: `{share} of the conversations it accepts are ${options.what}`,
    look: (facts) => {
      const share = servedShare(facts, options.groups);
      return {
        strength: ramp(share, options.from ?? 0, options.fullAt ?? 0.5),
        words: { share: formatShare(share) },
      };
    },
  };
}

export function servedShare(facts: HostFacts, groups: readonly ServiceGroup[]): number {
  return groups.reduce((sum, group) => sum + (facts.served.get(group)?.share ?? 0), 0);
}

/** Accepts at least as much as it opens; nothing at a tenth. */
export function acceptsMore(weight: number): Signal {
  return {
    name: "accepts_more_than_it_opens",
    weight,
    sentence: "accepted {accepted} and opened {opened}",
    look: (facts) => ({ strength: ramp(facts.acceptedShare, 0.1, 0.5), words: directionWords(facts) }),
  };
}

/** Opens far less than it accepts: full below one in four, nothing from one in one. */
export function opensLittle(weight: number): Signal {
  return {
    name: "opens_little",
    weight,
    sentence: "accepted {accepted} and opened only {opened}",
    look: (facts) => ({ strength: ramp(facts.acceptedShare, 0.5, 0.8), words: directionWords(facts) }),
  };
}

export function mostlyClient(name: string, weight: number): Signal {
  return {
    name,
    weight,
    sentence: "opened {opened} and accepted only {accepted}",
    look: (facts) =>
      facts.conversations === 0
        ? undefined
        : { strength: ramp(facts.acceptedShare, 0.2, 0.05), words: directionWords(facts) },
  };
}

/** Takes part on both sides: full between 30 and 70 % accepted, nothing outside 10 to 90 %. */
export function bothRoles(weight: number): Signal {
  return {
    name: "client_and_server",
    weight,
    sentence: "is server and client in turn: accepted {accepted}, opened {opened}",
    look: (facts) => ({
      strength: Math.min(ramp(facts.acceptedShare, 0.1, 0.3), ramp(facts.acceptedShare, 0.9, 0.7)),
      words: directionWords(facts),
    }),
  };
}

function directionWords(facts: HostFacts): Record<string, string> {
  return {
    accepted: formatCount(facts.accepted, "conversation"),
    opened: formatInteger(facts.opened),
  };
}

/** Distinct clients: nothing at `from`, full at `fullAt`, in between by factors. */
export function hasClients(weight: number, from: number, fullAt: number): Signal {
  return {
    name: "has_clients",
    weight,
    sentence: "has {clients}",
    look: (facts) => ({
      strength: logRamp(facts.clients, from, fullAt),
      words: { clients: formatCount(facts.clients, "client") },
    }),
  };
}

/** Full up to `fullAt` clients, nothing from `none`. */
export function fewClients(weight: number, fullAt: number, none: number): Signal {
  return {
    name: "few_clients",
    weight,
    sentence: "has {clients}",
    look: (facts) => ({
      strength: ramp(facts.clients, none, fullAt),
      words: { clients: formatCount(facts.clients, "client") },
    }),
  };
}

/** Names or addresses for a handful inside: a server of its own and the gateway of a small network look the same. */
export function maybeOnlyAGateway(weight: number): Signal {
  return {
    name: "maybe_only_a_gateway",
    weight,
    sentence: "answers little but {service} and has only {clients}, as the gateway of a small network does",
    look: (facts) => {
      const group = facts.served.get("dns") ?? facts.served.get("dhcp");
      if (!facts.internal || group === undefined || facts.served.has("directory")) return undefined;
      return {
        strength: Math.min(
          ramp(facts.clients, 6, 3),
          ramp(servedShare(facts, ["dns", "dhcp", "upnp", "background"]), 0.5, 0.8),
        ),
        words: servedWords({ ...group.lead, clients: facts.clients }),
      };
    },
  };
}

export function aroundTheClock(weight: number): Signal {
  return {
    name: "around_the_clock",
    weight,
    sentence: "is active in {hours}",
    look: (facts) => {
      if (facts.counts.spanHours < CLOCK_MIN_HOURS) return undefined;
      const share = facts.counts.activeHoursOfDay / Math.min(24, facts.counts.spanHours);
      return {
        strength: ramp(share, 0.6, 0.9),
        words: { hours: `${facts.counts.activeHoursOfDay} hours of the day` },
      };
    },
  };
}

/** Nothing of these is served: a sign for what never serves them. */
export function servesNone(
  name: string,
  weight: number,
  options: { groups: readonly ServiceGroup[]; what: string },
): Signal {
  return {
    name,
    weight,
    sentence: `serves ${options.what}`,
    look: (facts) => (options.groups.some((group) => facts.served.has(group)) ? undefined : { strength: 1 }),
  };
}

/** Without any of `groups` served, the profile's other signals mean nothing: takes the whole score. */
export function lacks(groups: readonly ServiceGroup[], what: string): Signal {
  return {
    name: "serves_none_of_it",
    weight: 1,
    sentence: `serves no ${what}`,
    look: (facts) => (groups.some((group) => facts.served.has(group)) ? undefined : { strength: 1 }),
  };
}

/** Lies outside the network: seen only from the conversations our own hosts have with it. */
export function outside(weight: number): Signal {
  return {
    name: "lies_outside",
    weight,
    sentence: "lies outside the network, so that only its side towards our hosts is seen",
    look: (facts) => (facts.internal ? undefined : { strength: 1 }),
  };
}

/** Speaks a routing or first-hop redundancy protocol, or CAPWAP. VRRP alone is weaker: servers and balancers in pairs speak it too. */
function lookForRouting(facts: HostFacts): Sighting | undefined {
  const spoken = facts.signalling.filter((sent) => sent.kind === "routing" || sent.kind === "wireless");
  if (spoken.length === 0) return undefined;
  const labels = [...new Set(spoken.map((sent) => sent.label))];
  const peers = Math.max(...spoken.map((sent) => sent.peers));
  return {
    strength: labels.length === 1 && labels[0] === "VRRP" ? 0.8 : 1,
    words: {
      protocols: labels.join(", "),
      peers: formatCount(peers, "neighbour or group", "neighbours or groups"),
    },
  };
}

export function speaksRouting(weight: number): Signal {
  return {
    name: "speaks_routing",
    weight,
    sentence: "speaks {protocols} with {peers}",
    look: lookForRouting,
  };
}

/** DNS together with DHCP or UPnP and no directory: what the gateway of a home or a small office answers. */
export function answersLikeGateway(weight: number): Signal {
  return {
    name: "answers_like_a_gateway",
    weight,
    sentence: "answers {services}, as the gateway of a small network does",
    look: (facts) => {
      const seen = (["dns", "dhcp", "upnp"] as const).flatMap((key) => facts.served.get(key) ?? []);
      if (seen.length < 2 || facts.served.has("directory")) return undefined;
      return {
        strength: 1,
        words: {
          services: seen.map((group) => nameService(group.lead.protocol, group.lead.port)).join(" and "),
        },
      };
    },
  };
}

/** As many conversations and bytes go on as come in, to few servers: what relays traffic. */
export function lookForRelay(facts: HostFacts): number {
  const { counts } = facts;
  if (counts.inboundConversations === 0 || counts.outboundConversations === 0) return 0;
  const each = counts.outboundConversations / counts.inboundConversations;
  const bytes = counts.bytesIn + counts.bytesOut;
  const imbalance = bytes === 0 ? 1 : Math.abs(counts.bytesIn - counts.bytesOut) / bytes;
  const perServer = counts.servers === 0 ? 0 : facts.clients / counts.servers;
  return Math.min(
    logRamp(each, 0.1, 0.4),
    logRamp(each, 6, 2),
    ramp(imbalance, 0.35, 0.15),
    logRamp(perServer, 1, 3),
  );
}
