import { formatBytes, formatCount, formatShare } from "@flowlens/features";
import {
  aroundTheClock,
  fewClients,
  lacks,
  opensLittle,
  outside,
  serves,
  servesMostly,
  servesNone,
} from "../recurring-signals.ts";
import { nameService } from "../services.ts";
import { ramp, type Profile, type Signal } from "../signal.ts";

/**
 * Devices that none of the nine core types names. They stand here so that they win against the core types:
 * the host is then `unknown`, with its role named.
 */

export const PRINTER: Profile = {
  name: "printer",
  type: null,
  role: "printer",
  looksLike: "a printer",
  signalsFor: [
    serves("serves_printing", 0.5, ["printing"]),
    servesMostly("mostly_printing", 0.2, {
      groups: ["printing", "management", "web", "upnp", "background"],
      what: "for printing and management",
    }),
    opensLittle(0.15),
    servesNone("no_server_service", 0.15, {
      groups: ["ssh", "database", "directory", "mail", "dns"],
      what: "neither SSH nor what servers serve",
    }),
  ],
  signalsAgainst: [
    lacks(["printing"], "printing"),
    serves("serves_ssh", 0.5, ["ssh"]),
    serves("cluster_node", 0.9, ["orchestration"]),
    serves("serves_directory", 0.9, ["directory"]),
    serves("serves_a_database", 0.6, ["database"]),
    outside(0.5),
  ],
};

export const IP_CAMERA: Profile = {
  name: "ip_camera",
  type: null,
  role: "ip_camera",
  looksLike: "a camera",
  signalsFor: [
    serves("serves_video", 0.5, ["camera"]),
    {
      name: "sends_more_than_it_receives",
      weight: 0.2,
      sentence: "sent {sent} and received {received}",
      look: (facts) => {
        const { bytesIn, bytesOut } = facts.counts;
        if (bytesIn + bytesOut === 0) return undefined;
        return {
          strength: ramp(bytesOut / (bytesIn + bytesOut), 0.6, 0.9),
          words: { sent: formatBytes(bytesOut), received: formatBytes(bytesIn) },
        };
      },
    },
    fewClients(0.1, 5, 20),
    servesNone("no_server_service", 0.1, {
      groups: ["database", "directory", "mail", "dns", "smb"],
      what: "nothing that servers serve",
    }),
    aroundTheClock(0.1),
  ],
  signalsAgainst: [lacks(["camera"], "video"), serves("serves_directory", 0.9, ["directory"]), outside(0.7)],
};

const callsAnExchange: Signal = {
  name: "calls_an_exchange",
  weight: 0.5,
  sentence: "uses {service} on {servers}",
  look: (facts) => {
    const used = facts.used.get("voip");
    if (used === undefined) return undefined;
    return {
      strength: ramp(used.servers, 8, 3) * ramp(used.share, 0, 0.2),
      words: {
        service: nameService(used.lead.protocol, used.lead.port),
        servers: formatCount(used.servers, "server"),
      },
    };
  },
};

export const VOIP_PHONE: Profile = {
  name: "voip_phone",
  type: null,
  role: "voip_phone",
  looksLike: "a telephone",
  signalsFor: [
    callsAnExchange,
    {
      name: "opens_to_few",
      weight: 0.25,
      sentence: "opens to {servers}",
      look: (facts) => ({
        strength: ramp(facts.counts.servers, 30, 10),
        words: { servers: formatCount(facts.counts.servers, "server") },
      }),
    },
    servesNone("no_server_service", 0.25, {
      groups: ["database", "directory", "mail", "dns", "smb", "file"],
      what: "nothing that servers serve",
    }),
  ],
  signalsAgainst: [
    {
      name: "calls_nobody",
      weight: 1,
      sentence: "uses no exchange and serves no calls",
      look: (facts) => (facts.used.has("voip") ? undefined : { strength: 1 }),
    },
    {
      name: "is_an_exchange",
      weight: 0.8,
      sentence: "serves {service} to {clients}, as an exchange does",
      look: (facts) => {
        const served = facts.served.get("voip");
        if (served === undefined) return undefined;
        return {
          strength: ramp(served.clients, 2, 6),
          words: {
            service: nameService(served.lead.protocol, served.lead.port),
            clients: formatCount(served.clients, "client"),
          },
        };
      },
    },
    outside(0.7),
  ],
};

const serveIndustrial: Signal = {
  name: "serves_control",
  weight: 0.55,
  sentence: "serves {service} to {clients}",
  look: (facts) => {
    const group = facts.served.get("industrial");
    if (group === undefined) return undefined;
    return {
      strength: 1,
      words: {
        service: nameService(group.lead.protocol, group.lead.port),
        clients: formatCount(group.clients, "client"),
      },
    };
  },
};

export const INDUSTRIAL_CONTROLLER: Profile = {
  name: "industrial_controller",
  type: null,
  role: "industrial_controller",
  looksLike: "an industrial controller",
  signalsFor: [
    serveIndustrial,
    servesMostly("mostly_control", 0.2, { groups: ["industrial"], what: "for control" }),
    opensLittle(0.15),
    fewClients(0.1, 10, 40),
  ],
  signalsAgainst: [
    lacks(["industrial"], "control protocol"),
    serves("serves_a_database", 0.5, ["database"]),
    serves("serves_directory", 0.7, ["directory"]),
    outside(0.5),
  ],
};

/** BACnet and Fox: devices of buildings, neither plant controllers nor servers. */
export const BUILDING_DEVICE: Profile = {
  name: "building_device",
  type: null,
  role: "iot_device",
  looksLike: "a device of building automation",
  signalsFor: [
    serves("serves_building_control", 0.6, ["building"]),
    servesMostly("mostly_building_control", 0.25, { groups: ["building"], what: "for building control" }),
    servesNone("no_server_service", 0.15, {
      groups: ["database", "directory", "mail", "dns"],
      what: "nothing that servers serve",
    }),
  ],
  signalsAgainst: [lacks(["building"], "building protocol"), outside(0.5)],
};

export const IOT_DEVICE: Profile = {
  name: "iot_device",
  type: null,
  role: "iot_device",
  looksLike: "a device of the Internet of things",
  signalsFor: [
    {
      name: "opens_to_few",
      weight: 0.25,
      sentence: "opens to {servers} only",
      look: (facts) =>
        facts.counts.servers === 0
          ? undefined
          : {
              strength: ramp(facts.counts.servers, 20, 8),
              words: { servers: formatCount(facts.counts.servers, "server") },
            },
    },
    {
      name: "reports_home",
      weight: 0.25,
      sentence: "uses {service} on {servers}",
      look: (facts) => {
        const used = facts.used.get("telemetry");
        if (used === undefined) return undefined;
        return {
          strength: ramp(used.servers, 10, 3),
          words: {
            service: nameService(used.lead.protocol, used.lead.port),
            servers: formatCount(used.servers, "server"),
          },
        };
      },
    },
    {
      name: "steady",
      weight: 0.15,
      sentence: "talks evenly through every hour it was seen",
      look: (facts) =>
        facts.hourlyVariation === undefined ? undefined : { strength: ramp(facts.hourlyVariation, 0.8, 0.4) },
    },
    {
      name: "answers_discovery",
      weight: 0.15,
      sentence: "answers discovery (UPnP) for {clients}",
      look: (facts) => {
        const served = facts.served.get("upnp");
        return served === undefined
          ? undefined
          : { strength: 1, words: { clients: formatCount(served.clients, "client") } };
      },
    },
    {
      name: "belongs_to_no_directory",
      weight: 0.1,
      sentence: "uses neither a directory nor file shares",
      look: (facts) => (facts.used.has("directory") || facts.used.has("smb") ? undefined : { strength: 1 }),
    },
    servesNone("no_server_service", 0.1, {
      groups: ["database", "directory", "mail", "dns", "dhcp", "smb", "file", "orchestration"],
      what: "nothing that servers serve",
    }),
  ],
  signalsAgainst: [
    {
      name: "no_sign_of_a_device",
      weight: 0.6,
      sentence: "neither reports to a broker nor answers discovery",
      look: (facts) =>
        facts.used.has("telemetry") || facts.served.has("upnp") ? undefined : { strength: 1 },
    },
    {
      name: "opens_nothing",
      weight: 0.6,
      sentence: "opens next to nothing ({share} of its conversations)",
      look: (facts) => ({
        strength: ramp(1 - facts.acceptedShare, 0.1, 0),
        words: { share: formatShare(1 - facts.acceptedShare) },
      }),
    },
    {
      name: "opens_to_many",
      weight: 0.7,
      sentence: "opens to {servers}, more than a device needs",
      look: (facts) => ({
        strength: ramp(facts.counts.servers, 25, 60),
        words: { servers: formatCount(facts.counts.servers, "server") },
      }),
    },
    serves("serves_ssh", 0.3, ["ssh"]),
    outside(0.9),
  ],
};
