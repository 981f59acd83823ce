import type { HostCounts, ServedPort, SignallingKind, SignallingSent, UsedPort } from "@flowlens/features";
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

export interface SignallingFact extends SignallingSent {
  readonly label: string;
  readonly kind: SignallingKind["kind"];
}

/** A host's counts with what signals ask of them again and again. All from accepted conversations; `signalling` of steady peers only. */
export interface HostFacts {
  readonly counts: HostCounts;
  readonly internal: boolean;
  readonly conversations: number;
  /** Share of its conversations that it accepted, 0–1; 0 where it has none. */
  readonly acceptedShare: number;
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
const UNASKED: ReadonlySet<ServiceGroup | undefined> = new Set<ServiceGroup>(["background", "desktop", "smb", "upnp"]);

export function hostFacts(counts: HostCounts, internal: boolean): HostFacts {
  const conversations = counts.inboundConversations + counts.outboundConversations;
  let mostClients = 0;
  for (const port of counts.topServedPorts) {
    if (!UNASKED.has(knownService(port.protocol, port.port)?.group)) mostClients = Math.max(mostClients, port.clients);
  }
  return {
    counts,
    internal,
    conversations,
    acceptedShare: conversations === 0 ? 0 : counts.inboundConversations / conversations,
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
      share: counts.outboundConversations === 0 ? 0 : Math.min(1, conversations / counts.outboundConversations),
    });
  }
  return groups;
}

function steadySignalling(counts: HostCounts): SignallingFact[] {
  const facts: SignallingFact[] = [];
  for (const sent of counts.signalling) {
    if (sent.steadyPeers === 0) continue;
    const known = SIGNALLING.find((one) => one.protocol === sent.protocol && one.port === sent.port);
    if (known !== undefined) facts.push({ ...sent, label: known.label, kind: known.kind });
  }
  return facts;
}
