import { formatCount } from "@flowlens/features";
import {
  mostlyClient,
  lacks,
  outside,
  serves,
  servesMostly,
  servesNone,
  servedStrength,
  servedWords,
  speaksRouting,
} from "../recurring-signals.ts";
import { logRamp, ramp, type Profile, type Signal } from "../signal.ts";

/** Flow records come from devices (and a few hypervisors); syslog and traps come from everything that is managed. */
const reports: Signal = {
  name: "reports_to_collectors",
  weight: 0.15,
  sentence: "sends {what} to {collectors}",
  look: (facts) => {
    const sent = facts.signalling.filter((one) => one.kind === "export" || one.kind === "log");
    if (sent.length === 0) return undefined;
    const flows = sent.some((one) => one.kind === "export" && one.port !== 162);
    return {
      strength: flows ? 1 : 0.4,
      words: {
        what: [...new Set(sent.map((one) => one.label))].join(", "),
        collectors: formatCount(Math.max(...sent.map((one) => one.peers)), "collector"),
      },
    };
  },
};

const fewUserServices = (weight: number): Signal =>
  servesNone("no_user_service", weight, {
    groups: ["database", "file", "smb", "mail", "directory", "printing", "camera"],
    what: "nothing that users or applications need",
  });

const talksToFew: Signal = {
  name: "opens_to_few",
  weight: 0.1,
  sentence: "opens to {servers}",
  look: (facts) => ({
    strength: logRamp(facts.counts.servers, 100, 20),
    words: { servers: formatCount(facts.counts.servers, "server") },
  }),
};

export const ROUTER: Profile = {
  name: "router",
  type: "network_device",
  role: "network_device",
  looksLike: "a router or a switch",
  signalsFor: [
    speaksRouting(0.5),
    serves("is_managed", 0.15, ["management", "ssh"]),
    reports,
    fewUserServices(0.1),
    talksToFew,
  ],
  signalsAgainst: [
    {
      name: "no_sign_of_the_network",
      weight: 0.5,
      sentence: "neither speaks a routing protocol nor reports to a collector",
      look: (facts) => (facts.signalling.length > 0 ? undefined : { strength: 1 }),
    },
    serves("cluster_node", 0.8, ["orchestration"]),
    {
      name: "serves_the_web_to_many",
      weight: 0.5,
      sentence: "serves {service} to {clients}",
      look: (facts) => {
        const web = facts.served.get("web");
        return web === undefined
          ? undefined
          : { strength: logRamp(web.clients, 5, 30), words: servedWords(web.lead) };
      },
    },
    serves("serves_a_database", 0.5, ["database"]),
    outside(0.3),
  ],
};

/** A forwarder asks few; a resolver asks the whole world. */
const forwardsDns: Signal = {
  name: "forwards_dns",
  weight: 0.1,
  sentence: "asks {servers} for names and answers others",
  look: (facts) => {
    const used = facts.used.get("dns");
    if (used === undefined || !facts.served.has("dns")) return undefined;
    return { strength: ramp(used.servers, 12, 4), words: { servers: formatCount(used.servers, "server") } };
  },
};

const answers = (name: string, weight: number, group: "dns" | "dhcp" | "upnp"): Signal => ({
  name,
  weight,
  sentence: "answers {service} for {clients}",
  look: (facts) => {
    const served = facts.served.get(group);
    if (served === undefined) return undefined;
    // A lease lasts for hours or days: one exchange is as much as most look-backs show.
    return { strength: group === "dhcp" ? 1 : servedStrength(served), words: servedWords(served.lead) };
  },
});

export const GATEWAY: Profile = {
  name: "gateway",
  type: "network_device",
  role: "network_device",
  looksLike: "the gateway of a small network",
  signalsFor: [
    answers("answers_dns", 0.25, "dns"),
    answers("hands_out_addresses", 0.3, "dhcp"),
    answers("answers_discovery", 0.25, "upnp"),
    forwardsDns,
    fewUserServices(0.1),
  ],
  signalsAgainst: [
    { ...lacks(["dns"], "DNS"), weight: 0.7 },
    {
      name: "no_more_than_dns",
      weight: 0.3,
      sentence: "answers DNS alone, as a DNS server does",
      look: (facts) =>
        facts.served.has("dns") && !facts.served.has("dhcp") && !facts.served.has("upnp")
          ? { strength: 1 }
          : undefined,
    },
    serves("serves_directory", 0.9, ["directory"]),
    serves("serves_mail", 0.5, ["mail"]),
    serves("serves_a_database", 0.5, ["database"]),
    servesMostly("mostly_web", 0.5, { groups: ["web"], what: "for the web", from: 0.4, fullAt: 0.8 }),
    mostlyClient("mostly_client", 0.3),
    outside(0.9),
  ],
};
