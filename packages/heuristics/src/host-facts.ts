import type { HostCounts, ServedPort, SignallingKind, UsedPort } from "@flowlens/features";
import { SIGNALLING } from "@flowlens/features";
import { knownService, type ServiceGroup } from "./services.ts";

/** What a host serves of one group of services. */
export interface ServedGroup {
  /** The port with most clients. */
  readonly lead: ServedPort;
  /** Distinct clients of `lead`: at least so many the group has. */
  readonly clients: number;
  readonly ports: readonly ServedPort[];
  /** Share of the conversations on all listed served ports, 0–1. */
  readonly share: number;
}

/** What a host uses, as a client, of one group of services. */
export interface UsedGroup {
  /** The port with most conversations. */
  readonly lead: UsedPort;
  /** Most distinct servers on one port of the group. */
  readonly servers: number;
  readonly conversations: number;
  /** Share of the conversations it opened, 0–1. */
  readonly share: number;
}

export interface SignallingFact {
  readonly port: number;
  /** Steady peers it sends to, or clients it answers on that port, whichever are more. */
  readonly peers: number;
  readonly label: string;
  readonly kind: SignallingKind["kind"];
}

/** A host's counts with what signals ask of them again and again. All from accepted conversations, except `signalling` towards steady peers. */
export interface HostFacts {
  readonly counts: HostCounts;
  readonly internal: boolean;
  readonly conversations: number;
  /**
   * Share of its conversations that it accepted, 0–1; 0 where it has none. Without what hosts answer by
   * themselves (NetBIOS, mDNS, …): answering a neighbour's name query makes nobody a server.
   */
  readonly acceptedShare: number;
  /** Conversations it accepted and opened, less those. */
  readonly accepted: number;
  readonly opened: number;
  /**
   * Distinct clients, less those who only asked for such answers or pinged: all of them at most, and no more
   * than the clients of the other served ports add up to.
   */
  readonly clients: number;
  /** Served ports, less those. */
  readonly servedPorts: readonly ServedPort[];
  readonly bytesPerConversation: number;
  /** Business hours, 0–1; undefined where it has no conversation. */
  readonly businessShare: number | undefined;
  /** Deviation / mean of the hourly counts; undefined under 12 hours, which show no daily rhythm. */
  readonly hourlyVariation: number | undefined;
  readonly served: ReadonlyMap<ServiceGroup, ServedGroup>;
  readonly used: ReadonlyMap<ServiceGroup, UsedGroup>;
  /** Most distinct clients on one served port other than those desktops answer on by themselves. */
  readonly mostClients: number;
  readonly signalling: readonly SignallingFact[];
}

const RHYTHM_MIN_HOURS = 12;
/** Groups that a desktop serves without anybody having set it up. */
const UNASKED: ReadonlySet<ServiceGroup | undefined> = new Set<ServiceGroup>([
  "background",
  "desktop",
  "smb",
  "upnp",
]);
const CHATTER: ReadonlySet<ServiceGroup | undefined> = new Set<ServiceGroup>(["background", "upnp"]);

export function hostFacts(counts: HostCounts, internal: boolean): HostFacts {
  const conversations = counts.inboundConversations + counts.outboundConversations;
  let mostClients = 0;
  let chatter = 0;
  const servedPorts: ServedPort[] = [];
  for (const port of counts.topServedPorts) {
    const group = knownService(port.protocol, port.port)?.group;
    if (!UNASKED.has(group)) mostClients = Math.max(mostClients, port.clients);
    if (CHATTER.has(group)) chatter += port.conversations;
    else servedPorts.push(port);
  }
  const accepted = Math.max(0, counts.inboundConversations - chatter);
  const asked = counts.topUsedPorts.reduce(
    (sum, used) =>
      CHATTER.has(knownService(used.protocol, used.port)?.group) ? sum + used.conversations : sum,
    0,
  );
  const opened = Math.max(0, counts.outboundConversations - asked);
  return {
    counts,
    internal,
    conversations,
    acceptedShare: accepted + opened === 0 ? 0 : accepted / (accepted + opened),
    accepted,
    opened,
    clients: Math.min(
      counts.clients,
      servedPorts.reduce((sum, port) => sum + port.clients, 0),
    ),
    servedPorts,
    bytesPerConversation: conversations === 0 ? 0 : (counts.bytesIn + counts.bytesOut) / conversations,
    businessShare: conversations === 0 ? undefined : counts.businessHourConversations / conversations,
    hourlyVariation: hourlyVariation(counts, conversations),
    served: servedGroups(counts),
    used: usedGroups(counts),
    mostClients,
    signalling: steadySignalling(counts),
  };
}

function hourlyVariation(counts: HostCounts, conversations: number): number | undefined {
  if (counts.spanHours < RHYTHM_MIN_HOURS || conversations === 0) return undefined;
  const spread = counts.spanHours * counts.hourlyConversationsSquareSum - conversations * conversations;
  return Math.sqrt(Math.max(0, spread)) / conversations;
}

function servedGroups(counts: HostCounts): Map<ServiceGroup, ServedGroup> {
  const total = counts.topServedPorts.reduce((sum, port) => sum + port.conversations, 0);
  const byGroup = new Map<ServiceGroup, ServedPort[]>();
  for (const port of counts.topServedPorts) {
    const service = knownService(port.protocol, port.port);
    if (service === undefined) continue;
    const ports = byGroup.get(service.group);
    if (ports === undefined) byGroup.set(service.group, [port]);
    else ports.push(port);
  }
  const groups = new Map<ServiceGroup, ServedGroup>();
  for (const [group, ports] of byGroup) {
    const lead = ports.reduce((best, port) => (port.clients > best.clients ? port : best));
    const conversations = ports.reduce((sum, port) => sum + port.conversations, 0);
    groups.set(group, { lead, clients: lead.clients, ports, share: total === 0 ? 0 : conversations / total });
  }
  return groups;
}

function usedGroups(counts: HostCounts): Map<ServiceGroup, UsedGroup> {
  const groups = new Map<ServiceGroup, UsedGroup>();
  for (const port of counts.topUsedPorts) {
    const service = knownService(port.protocol, port.port);
    if (service === undefined) continue;
    const before = groups.get(service.group);
    const conversations = (before?.conversations ?? 0) + port.conversations;
    groups.set(service.group, {
      lead: before === undefined || port.conversations > before.lead.conversations ? port : before.lead,
      servers: Math.max(before?.servers ?? 0, port.servers),
      conversations,
      share:
        counts.outboundConversations === 0 ? 0 : Math.min(1, conversations / counts.outboundConversations),
    });
  }
  return groups;
}

function steadySignalling(counts: HostCounts): SignallingFact[] {
  const facts: SignallingFact[] = [];
  for (const { protocol, port, label, kind } of SIGNALLING) {
    const sent =
      counts.signalling.find((one) => one.protocol === protocol && one.port === port)?.steadyPeers ?? 0;
    // A router answers its neighbours on these ports; a collector answers nobody on export ports, it only receives.
    const answered =
      kind === "routing" || kind === "wireless"
        ? (counts.topServedPorts.find((one) => one.protocol === protocol && one.port === port)?.clients ?? 0)
        : 0;
    if (sent > 0 || answered > 0) facts.push({ port, peers: Math.max(sent, answered), label, kind });
  }
  return facts;
}
