import type { SeededRandom } from "../seeded-random.ts";

/** The nine core asset types (spec: "Core asset types"). */
export const OFFICE_TYPES = [
  "server",
  "workstation",
  "database",
  "load_balancer",
  "network_device",
  "storage",
  "container",
  "cloud_service",
  "virtual_machine",
] as const;

export type OfficeType = (typeof OFFICE_TYPES)[number];

/** Where in the office a host stands: who talks to whom over which exporter hangs on it. */
export type Segment = "users" | "data_centre" | "management" | "branch" | "outside";

/** A host of the office, and what it truly is. */
export interface OfficeHost {
  readonly address: string;
  readonly type: OfficeType;
  /** What it is there for, in a word: "web", "postgres", "desk". */
  readonly role: string;
  readonly name: string;
  readonly segment: Segment;
}

export const OFFICE_RANGES = ["10.10.0.0/16", "10.20.0.0/16", "fd10:10::/32"] as const;

/** Beside the desks there are always so many hosts. */
const DESKS_LEAST = 20;
/** Share of the desks that stand in the branch office. */
const BRANCH_SHARE = 0.2;

interface Kind {
  readonly type: OfficeType;
  readonly role: string;
  readonly count: number;
  readonly segment: Segment;
  /** First address; the others follow. */
  readonly from: string;
}

/** What an office of this size has besides desks. */
const MACHINES: readonly Kind[] = [
  { type: "server", role: "directory", count: 2, segment: "data_centre", from: "10.10.16.10" },
  { type: "server", role: "web", count: 3, segment: "data_centre", from: "10.10.16.20" },
  { type: "server", role: "mail", count: 2, segment: "data_centre", from: "10.10.16.30" },
  { type: "server", role: "app", count: 4, segment: "data_centre", from: "10.10.16.40" },
  { type: "server", role: "monitoring", count: 1, segment: "data_centre", from: "10.10.16.50" },
  { type: "server", role: "backup", count: 1, segment: "data_centre", from: "10.10.16.51" },
  { type: "server", role: "log", count: 1, segment: "data_centre", from: "10.10.16.52" },
  { type: "database", role: "postgres", count: 2, segment: "data_centre", from: "10.10.17.10" },
  { type: "database", role: "mysql", count: 2, segment: "data_centre", from: "10.10.17.20" },
  { type: "database", role: "mssql", count: 1, segment: "data_centre", from: "10.10.17.30" },
  { type: "database", role: "redis", count: 1, segment: "data_centre", from: "10.10.17.40" },
  { type: "storage", role: "smb", count: 2, segment: "data_centre", from: "10.10.18.10" },
  { type: "storage", role: "nfs", count: 2, segment: "data_centre", from: "10.10.18.20" },
  { type: "storage", role: "iscsi", count: 1, segment: "data_centre", from: "10.10.18.30" },
  { type: "load_balancer", role: "balancer", count: 3, segment: "data_centre", from: "10.10.19.10" },
  { type: "container", role: "api", count: 10, segment: "data_centre", from: "10.10.20.10" },
  { type: "container", role: "worker", count: 6, segment: "data_centre", from: "10.10.20.40" },
  { type: "virtual_machine", role: "project", count: 12, segment: "data_centre", from: "10.10.21.10" },
  { type: "virtual_machine", role: "project6", count: 4, segment: "data_centre", from: "fd10:10:0:21::10" },
  { type: "network_device", role: "router", count: 4, segment: "management", from: "10.10.30.1" },
  { type: "network_device", role: "switch", count: 8, segment: "management", from: "10.10.30.20" },
  { type: "cloud_service", role: "suite", count: 4, segment: "outside", from: "203.0.113.10" },
  { type: "cloud_service", role: "video", count: 2, segment: "outside", from: "203.0.113.40" },
  { type: "cloud_service", role: "telemetry", count: 2, segment: "outside", from: "203.0.113.60" },
];

export const MACHINE_COUNT = MACHINES.reduce((sum, { count }) => sum + count, 0);

/** All hosts of an office with `hosts` of them; 100 at least. */
export function castOffice(hosts: number): readonly OfficeHost[] {
  const cast = MACHINES.flatMap(({ type, role, count, segment, from }) =>
    Array.from({ length: count }, (_, i) => ({
      address: nextAddress(from, i),
      type,
      role,
      name: `${role}-${i + 1}`,
      segment,
    })),
  );
  const desks = Math.max(DESKS_LEAST, hosts - cast.length);
  const branchDesks = Math.round(desks * BRANCH_SHARE);
  for (let i = 0; i < desks - branchDesks; i++) cast.push(desk(i, "users", "10.10.0.10"));
  for (let i = 0; i < branchDesks; i++) cast.push(desk(i, "branch", "10.20.0.10"));
  return cast;
}

function desk(i: number, segment: Segment, from: string): OfficeHost {
  const name = `${segment === "branch" ? "branch-desk" : "desk"}-${i + 1}`;
  return { address: nextAddress(from, i), type: "workstation", role: "desk", name, segment };
}

/** Desks that an office can have: the address space of its users. */
export const DESKS_MOST = 3_500;

/** The address `by` behind this one; the last octets of IPv4, the last group of IPv6. */
function nextAddress(from: string, by: number): string {
  if (from.includes(":")) {
    const at = from.lastIndexOf(":") + 1;
    return from.slice(0, at) + (Number.parseInt(from.slice(at), 16) + by).toString(16);
  }
  const [a, b, c, d] = from.split(".").map(Number);
  const last = d + by;
  return `${a}.${b}.${c + Math.floor(last / 250)}.${last % 250}`;
}

/** Web sites outside that people look at: no asset of ours, but many a peer. */
export function makeSites(count: number, random: SeededRandom): readonly string[] {
  return Array.from(
    { length: count },
    () =>
      `${random.pick([23, 34, 52, 104, 142, 151, 185, 199])}.${random.below(256)}.${random.below(256)}.${1 + random.below(254)}`,
  );
}
