import { formatCount } from "@flowlens/features";
import { aroundTheClock, servesMostly } from "../recurring-signals.ts";
import { logRamp, ramp, type Profile } from "../signal.ts";

/** Used by fewer of our hosts than this, an outside server may be anybody's. */
const POPULAR_FROM = 20;

export const CLOUD_SERVICE: Profile = {
  name: "cloud_service",
  type: "cloud_service",
  role: "cloud_service",
  looksLike: "a cloud service",
  signalsFor: [
    {
      name: "lies_outside",
      weight: 0.25,
      sentence: "lies outside the network",
      look: (facts) => (facts.internal ? undefined : { strength: 1 }),
    },
    {
      name: "used_by_many_of_ours",
      weight: 0.35,
      sentence: "is used by {clients}",
      look: (facts) => ({
        strength: logRamp(facts.clients, 10, 200),
        words: { clients: formatCount(facts.clients, "host", "hosts") },
      }),
    },
    servesMostly("mostly_web", 0.2, {
      groups: ["web", "mail", "voip", "telemetry"],
      what: "for the web, mail, voice or telemetry",
    }),
    {
      name: "opens_nothing_to_us",
      weight: 0.1,
      sentence: "opened {opened} to us and accepted the rest",
      look: (facts) => ({
        strength: ramp(facts.acceptedShare, 0.9, 0.99),
        words: { opened: formatCount(facts.counts.outboundConversations, "conversation") },
      }),
    },
    aroundTheClock(0.1),
  ],
  signalsAgainst: [
    {
      name: "lies_inside",
      weight: 1,
      sentence: "lies inside the network",
      look: (facts) => (facts.internal ? { strength: 1 } : undefined),
    },
    {
      name: "used_by_few",
      weight: 0.6,
      sentence: "is used by {clients} of ours only",
      look: (facts) =>
        facts.clients < POPULAR_FROM
          ? { strength: 1, words: { clients: formatCount(facts.clients, "host", "hosts") } }
          : undefined,
    },
  ],
};
