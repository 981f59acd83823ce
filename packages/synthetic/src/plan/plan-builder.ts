import { ADDRESS_BYTES, formatAddress, parseAddressInto, writeIpv4 } from "@flowlens/flow";
import type { MadeExporter, MadeHost, MadeType } from "../network/made-network.ts";
import type { Activity, EndpointId, NetworkPlan, Reaction } from "./network-plan.ts";

/** A host to be placed. */
export interface PlannedHost {
  readonly zone: number;
  readonly address: string;
  readonly type: MadeType;
  readonly role: string;
  readonly name: string;
  readonly isInternal?: boolean;
  readonly isWindows?: boolean;
}

/** Gathers a plan piece by piece: all hosts first, then what is no host, then who does what. */
export interface PlanBuilder {
  host(host: PlannedHost): EndpointId;
  /** Endpoints that are no hosts of the network: outside peers, multicast groups. */
  peer(address: string, zone: number): EndpointId;
  /** `count` IPv4 peers from `first` (as a number) on; the id of the first, the others follow. */
  peers(first: number, count: number, zone: number): EndpointId;
  activity(activity: Activity): void;
  reaction(of: EndpointId, reaction: Reaction): void;
  hosts(): readonly MadeHost[];
  build(rest: {
    readonly seed: number;
    readonly exporters: readonly MadeExporter[];
    readonly outsideZone: number;
    readonly dayStartMs: number;
    readonly exportersBetween: (fromZone: number, toZone: number) => readonly number[];
    /** Zone of multicast groups and broadcast: they stay where the sender is. */
    readonly localZone: number;
  }): NetworkPlan;
}

const FIRST_ENDPOINTS = 1_024;

export function createPlanBuilder(): PlanBuilder {
  const hosts: MadeHost[] = [];
  const activities: Activity[] = [];
  const reactions = new Map<EndpointId, Reaction>();
  let addresses = new Uint8Array(FIRST_ENDPOINTS * ADDRESS_BYTES);
  let zones = new Uint8Array(FIRST_ENDPOINTS);
  let windowsPorts = new Uint8Array(FIRST_ENDPOINTS);
  let count = 0;
  const taken = new Set<string>();

  function grow(): void {
    const [oldAddresses, oldZones, oldPorts] = [addresses, zones, windowsPorts];
    addresses = new Uint8Array(oldAddresses.length * 2);
    zones = new Uint8Array(oldZones.length * 2);
    windowsPorts = new Uint8Array(oldPorts.length * 2);
    addresses.set(oldAddresses);
    zones.set(oldZones);
    windowsPorts.set(oldPorts);
  }

  function endpoint(zone: number): EndpointId {
    if (count === zones.length) grow();
    zones[count] = zone;
    return count++;
  }

  function named(address: string, zone: number): EndpointId {
    const id = endpoint(zone);
    if (!parseAddressInto(address, addresses, id * ADDRESS_BYTES)) {
      throw new RangeError(`A made-up network was given ${JSON.stringify(address)}, which is no address.`);
    }
    if (taken.has(address)) throw new RangeError(`A made-up network was given ${address} twice.`);
    taken.add(address);
    return id;
  }

  return {
    host({ zone, address, type, role, name, isInternal = true, isWindows = false }) {
      if (count !== hosts.length) throw new RangeError("A made-up network's hosts come before its peers.");
      const id = named(address, zone);
      windowsPorts[id] = isWindows ? 1 : 0;
      const text = formatAddress(addresses, id * ADDRESS_BYTES);
      hosts.push({ address: text, type, role, name, isInternal });
      return id;
    },
    peer: named,
    peers(first, many, zone) {
      const firstId = count;
      for (let i = 0; i < many; i++) writeIpv4(addresses, endpoint(zone) * ADDRESS_BYTES, first + i);
      return firstId;
    },
    activity: (activity) => void activities.push(activity),
    reaction: (of, reaction) => void reactions.set(of, reaction),
    hosts: () => hosts,
    build: ({ seed, exporters, outsideZone, dayStartMs, exportersBetween, localZone }) => ({
      seed,
      hosts,
      addresses: addresses.slice(0, count * ADDRESS_BYTES),
      zones: zones.slice(0, count),
      outsideZone,
      windowsPorts: windowsPorts.slice(0, count),
      activities,
      reactions,
      exporters,
      dayStartMs,
      pathOf: (client, server) =>
        exportersBetween(zones[client], zones[server] === localZone ? zones[client] : zones[server]),
    }),
  };
}
