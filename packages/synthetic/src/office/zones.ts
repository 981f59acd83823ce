import type { MadeExporter } from "../network/made-network.ts";

/** Parts of the office network, each a subnet; their numbers are interface and VLAN numbers too. */
export const ZONE = {
  outside: 0,
  staffOne: 1,
  staffTwo: 2,
  staffThree: 3,
  branch: 4,
  dataCentre: 5,
  dmz: 6,
  cluster: 7,
  management: 8,
  /** Multicast groups and broadcast. */
  local: 9,
} as const;

/** What the third octet of 10.20.x.0/24 is in each zone. */
export const SUBNET: Readonly<Record<number, number>> = {
  [ZONE.staffOne]: 31,
  [ZONE.staffTwo]: 32,
  [ZONE.staffThree]: 33,
  [ZONE.branch]: 64,
  [ZONE.dataCentre]: 10,
  [ZONE.dmz]: 12,
  [ZONE.cluster]: 14,
  [ZONE.management]: 1,
};

const EXPORTER = { core: 0, edge: 1, dataCentre: 2, floor: 3, branch: 4 } as const;

/** What watches the office: five devices, four protocols, clocks that are not quite right. */
export const OFFICE_EXPORTERS: readonly MadeExporter[] = [
  {
    name: "core-1",
    protocol: "netflow9",
    address: "10.20.1.1",
    observationDomain: 1,
    samplingRate: 1,
    clockAheadMs: 0,
  },
  {
    name: "edge-1",
    protocol: "netflow5",
    address: "10.20.1.3",
    observationDomain: 0,
    samplingRate: 1,
    clockAheadMs: -180,
  },
  {
    name: "dc-1",
    protocol: "ipfix",
    address: "10.20.1.5",
    observationDomain: 100,
    samplingRate: 1,
    clockAheadMs: 240,
  },
  {
    name: "access-3",
    protocol: "sflow5",
    address: "10.20.1.11",
    observationDomain: 0,
    samplingRate: 64,
    clockAheadMs: 0,
  },
  {
    name: "branch-1",
    protocol: "netflow5",
    address: "10.20.1.7",
    observationDomain: 1,
    samplingRate: 1,
    clockAheadMs: 410,
  },
];

const SERVED_ZONES: ReadonlySet<number> = new Set([ZONE.dataCentre, ZONE.dmz, ZONE.cluster]);
const STAFF_ZONES: ReadonlySet<number> = new Set([ZONE.staffOne, ZONE.staffTwo, ZONE.staffThree]);

/**
 * The exporters on the way from one zone to the other. The third floor's switch samples whatever passes it; the branch
 * reaches everything through its router and the data centre; who leaves the office passes the edge.
 */
function exportersBetween(fromZone: number, toZone: number): readonly number[] {
  const path: number[] = [];
  const either = (zone: number) => fromZone === zone || toZone === zone;
  const eitherOf = (zones: ReadonlySet<number>) => zones.has(fromZone) || zones.has(toZone);
  if (either(ZONE.branch)) path.push(EXPORTER.branch);
  if (either(ZONE.outside)) path.push(EXPORTER.edge);
  else {
    if (eitherOf(STAFF_ZONES) || (fromZone === ZONE.management && toZone === ZONE.management)) {
      path.push(EXPORTER.core);
    }
    if (eitherOf(SERVED_ZONES)) path.push(EXPORTER.dataCentre);
  }
  // Last: what it takes samples of is seen whole by another.
  if (either(ZONE.staffThree)) path.push(EXPORTER.floor);
  return path;
}

/** The path of each pair of zones, worked out once. */
export function pathTable(): (fromZone: number, toZone: number) => readonly number[] {
  const size = ZONE.local + 1;
  const table = Array.from({ length: size * size }, (_, i) =>
    exportersBetween(Math.floor(i / size), i % size),
  );
  return (fromZone, toZone) => table[fromZone * size + toZone];
}
