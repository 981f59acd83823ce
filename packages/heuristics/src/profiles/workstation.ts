import { formatCount, formatShare } from "@flowlens/features";
import type { HostFacts } from "../host-facts.ts";
import { mostlyClient, outside, serves, servesMostly, speaksRouting } from "../recurring-signals.ts";
import { nameService } from "../services.ts";
import { logRamp, ramp, type Profile, type Signal } from "../signal.ts";

/** Others look into a desktop now and then (administration, sharing, peers, probes); it stays a client. */
const BACKGROUND_SHARE = 0.1;
/** NTP and STUN. */
const POOLED_PORTS: ReadonlySet<number> = new Set([123, 3478]);
/** Fewer show no rhythm, only that the host is seldom there. */
const RHYTHM_CONVERSATIONS_AN_HOUR = 3;

const servesNothing: Signal = {
  name: "serves_nothing",
  weight: 0.25,
  sentence: "serves {what}",
  look: (facts) => {
    if (facts.accepted === 0) return { strength: 1, words: { what: "nothing" } };
    if (facts.acceptedShare > BACKGROUND_SHARE) return undefined;
    return {
      strength: 0.7,
      words: { what: `next to nothing (${formatShare(facts.acceptedShare)} of its conversations)` },
    };
  },
};

/**
 * Distinct servers grow about with the square root of the days seen (people return to what they know). Time
 * servers come from rotating pools and relays from a provider's range: their number says nothing of a person.
 */
const opensToMany: Signal = {
  name: "opens_to_many",
  weight: 0.3,
  sentence: "opens to {servers} in {span}",
  look: (facts) => {
    const { servers, spanHours, topUsedPorts } = facts.counts;
    const pooled = topUsedPorts.reduce(
      (sum, used) => (POOLED_PORTS.has(used.port) ? sum + used.servers : sum),
      0,
    );
    const growth = Math.sqrt(Math.max(1, spanHours / 24));
    const chosen = Math.max(0, servers - pooled);
    return {
      strength: logRamp(chosen, 10 * growth, 60 * growth),
      words: { servers: formatCount(chosen, "server"), span: formatCount(spanHours, "hour") },
    };
  },
};

const browses: Signal = {
  name: "browses",
  weight: 0.15,
  sentence: "uses the web on {servers}",
  look: (facts) => {
    const web = facts.used.get("web");
    if (web === undefined) return undefined;
    return { strength: logRamp(web.servers, 8, 40), words: { servers: formatCount(web.servers, "server") } };
  },
};

const domainMember: Signal = {
  name: "uses_a_directory",
  weight: 0.1,
  sentence: "signs in at a directory ({service})",
  look: (facts) => {
    const directory = facts.used.get("directory");
    if (directory === undefined) return undefined;
    return { strength: 1, words: { service: nameService(directory.lead.protocol, directory.lead.port) } };
  },
};

/** People start and stop; machines do not. Needs half a day of traffic. */
const dailyRhythm: Signal = {
  name: "daily_rhythm",
  weight: 0.1,
  sentence: "keeps a person's hours: {hours} of the day, {share} of its conversations in business hours",
  look: (facts) => {
    if (facts.hourlyVariation === undefined || facts.businessShare === undefined) return undefined;
    if (facts.conversations < RHYTHM_CONVERSATIONS_AN_HOUR * facts.counts.spanHours) return undefined;
    const quiet = ramp(facts.counts.activeHoursOfDay / Math.min(24, facts.counts.spanHours), 1, 0.6);
    return {
      strength: Math.max(quiet, ramp(facts.businessShare, 0.5, 0.7)),
      words: {
        hours: formatCount(facts.counts.activeHoursOfDay, "hour"),
        share: formatShare(facts.businessShare),
      },
    };
  },
};

const servesOthers: Signal = {
  name: "serves_others",
  weight: 0.6,
  sentence: "is used by {clients} and accepts {share} of its conversations",
  look: (facts) => ({
    strength: Math.min(logRamp(facts.mostClients, 2, 5), ramp(facts.acceptedShare, 0.1, 0.3)),
    words: { clients: formatCount(facts.mostClients, "client"), share: formatShare(facts.acceptedShare) },
  }),
};

const fewServers: Signal = {
  name: "opens_to_few",
  weight: 0.5,
  sentence: "opens to {servers} only, as devices do",
  look: (facts) => ({
    strength: ramp(facts.counts.servers, 10, 5),
    words: { servers: formatCount(facts.counts.servers, "server") },
  }),
};

/** Monitoring, backup, patching and scanning reach every host inside; a person's many servers lie mostly outside. */
const reachesEverybodyInside: Signal = {
  name: "reaches_everybody_inside",
  weight: 0.6,
  sentence: "opens to {servers} inside the network, as monitoring, backup or scanning does",
  look: (facts) => {
    const { servers, internalServers } = facts.counts;
    if (servers === 0) return undefined;
    return {
      strength: Math.min(logRamp(internalServers, 25, 60), ramp(internalServers / servers, 0.4, 0.7)),
      words: { servers: formatCount(internalServers, "host") },
    };
  },
};

const steady: Signal = {
  name: "steady",
  weight: 0.3,
  sentence: "talks evenly through every hour it was seen, as machines do",
  look: (facts) => {
    if (facts.hourlyVariation === undefined) return undefined;
    return { strength: ramp(facts.hourlyVariation, 0.6, 0.3) };
  },
};

export const WORKSTATION: Profile = {
  name: "workstation",
  type: "workstation",
  role: "workstation",
  looksLike: "a workstation",
  signalsFor: [
    servesNothing,
    opensToMany,
    mostlyClient("mostly_client", 0.1),
    browses,
    domainMember,
    dailyRhythm,
  ],
  signalsAgainst: [
    servesOthers,
    reachesEverybodyInside,
    fewServers,
    steady,
    speaksRouting(0.9),
    serves("serves_directory", 0.7, ["directory"]),
    serves("cluster_node", 0.7, ["orchestration"]),
    servesMostly("mostly_device_ports", 0.6, {
      groups: ["printing", "camera", "industrial", "building"],
      what: "for a printer, a camera or a controller",
      fullAt: 0.3,
    }),
    outside(0.9),
  ],
};

const pollsControllers: Signal = {
  name: "polls_controllers",
  weight: 0.5,
  sentence: "opens {share} of its conversations to {service} on {servers}",
  look: (facts: HostFacts) => {
    const used = facts.used.get("industrial");
    if (used === undefined) return undefined;
    return {
      strength: ramp(used.share, 0, 0.3),
      words: {
        share: formatShare(used.share),
        service: nameService(used.lead.protocol, used.lead.port),
        servers: formatCount(used.servers, "controller"),
      },
    };
  },
};

/** Polls controllers and serves nobody: an operator or engineering station. A SCADA server or a historian has clients of its own. */
export const OPERATOR_STATION: Profile = {
  name: "operator_station",
  type: "workstation",
  role: "workstation",
  looksLike: "an operator station",
  signalsFor: [pollsControllers, { ...servesNothing, weight: 0.3 }, mostlyClient("mostly_client", 0.2)],
  signalsAgainst: [
    {
      name: "polls_no_controller",
      weight: 1,
      sentence: "polls no controller",
      look: (facts) => (facts.used.has("industrial") ? undefined : { strength: 1 }),
    },
    { ...servesOthers, weight: 0.8 },
    serves("is_a_controller", 0.8, ["industrial"]),
    outside(0.9),
  ],
};
