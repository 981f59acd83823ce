import { IP_PROTOCOL } from "@flowlens/flow";
import type { OfficeHost } from "./cast.ts";
import type { HoursName } from "./hours.ts";

/** What some hosts do again and again: open conversations to some others on one service. */
export interface Habit {
  /** Numbers of hosts in the address book. */
  readonly clients: readonly number[];
  readonly servers: readonly number[];
  /** Servers that a client keeps to, of all that there are; all when not given. */
  readonly keepsTo?: number;
  readonly protocol: number;
  readonly port: number;
  /** Conversations that one client opens in a usual hour. */
  readonly perHour: number;
  readonly hours: HoursName;
  /** Medians; half as much to twice as much is common. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly durationMs: number;
  /** Share of attempts that meet a closed port, or nobody. */
  readonly refused?: number;
  readonly unanswered?: number;
  /** A scan takes a random port below this instead of `port`. */
  readonly anyPortBelow?: number;
}

/** Hosts of the office by role, and outside sites, as numbers of the address book. */
export interface Roles {
  readonly of: (...roles: readonly string[]) => readonly number[];
  readonly all: readonly number[];
  readonly sites: readonly number[];
  readonly strangers: readonly number[];
}

const { tcp, udp, icmp, icmpv6 } = IP_PROTOCOL;

/** A kilobyte, a second, a minute. */
const KB = 1_000;
const S = 1_000;
const MIN = 60_000;

/** Everything that goes on in the office. */
export function officeHabits(roles: Roles): readonly Habit[] {
  return [
    ...deskHabits(roles),
    ...serviceHabits(roles),
    ...platformHabits(roles),
    ...careHabits(roles),
    ...noiseHabits(roles),
  ].filter(({ clients, servers }) => clients.length > 0 && servers.length > 0);
}

function deskHabits({ of, sites }: Roles): readonly Habit[] {
  const desk = { clients: of("desk"), hours: "desk" } as const;
  const directory = of("directory");
  return [
    { ...desk, servers: directory, protocol: udp, port: 53, perHour: 40, bytesUp: 70, bytesDown: 180, durationMs: 20 },
    { ...desk, servers: directory, protocol: tcp, port: 88, perHour: 2, bytesUp: 2 * KB, bytesDown: 2 * KB, durationMs: 40 },
    { ...desk, servers: directory, protocol: tcp, port: 389, perHour: 2, bytesUp: 3 * KB, bytesDown: 9 * KB, durationMs: 2 * S },
    { ...desk, servers: directory, protocol: tcp, port: 445, perHour: 0.5, bytesUp: 4 * KB, bytesDown: 20 * KB, durationMs: 5 * S },
    { ...desk, servers: directory, protocol: udp, port: 123, perHour: 1, bytesUp: 76, bytesDown: 76, durationMs: 10 },
    { ...desk, servers: directory, protocol: udp, port: 67, perHour: 0.2, bytesUp: 330, bytesDown: 330, durationMs: 30 },
    { ...desk, servers: sites, keepsTo: 60, protocol: tcp, port: 443, perHour: 26, bytesUp: 6 * KB, bytesDown: 60 * KB, durationMs: 12 * S },
    { ...desk, servers: sites, keepsTo: 30, protocol: udp, port: 443, perHour: 8, bytesUp: 8 * KB, bytesDown: 120 * KB, durationMs: 15 * S },
    { ...desk, servers: sites, keepsTo: 8, protocol: tcp, port: 80, perHour: 1, bytesUp: 1 * KB, bytesDown: 15 * KB, durationMs: 3 * S },
    { ...desk, servers: of("suite"), protocol: tcp, port: 443, perHour: 14, bytesUp: 20 * KB, bytesDown: 80 * KB, durationMs: 40 * S },
    { ...desk, servers: of("video"), protocol: udp, port: 3478, perHour: 0.5, bytesUp: 12_000 * KB, bytesDown: 18_000 * KB, durationMs: 20 * MIN },
    { ...desk, servers: of("video"), protocol: tcp, port: 443, perHour: 2, bytesUp: 9 * KB, bytesDown: 40 * KB, durationMs: 30 * S },
    { ...desk, servers: of("telemetry"), protocol: tcp, port: 443, perHour: 4, bytesUp: 5 * KB, bytesDown: 3 * KB, durationMs: 4 * S },
    { ...desk, servers: of("mail"), protocol: tcp, port: 993, perHour: 3, bytesUp: 4 * KB, bytesDown: 40 * KB, durationMs: 30 * S },
    { ...desk, servers: of("mail"), protocol: tcp, port: 587, perHour: 0.8, bytesUp: 90 * KB, bytesDown: 2 * KB, durationMs: 3 * S },
    { ...desk, servers: of("smb"), protocol: tcp, port: 445, perHour: 3, bytesUp: 200 * KB, bytesDown: 900 * KB, durationMs: 50 * S },
    { ...desk, servers: of("web"), protocol: tcp, port: 443, perHour: 4, bytesUp: 5 * KB, bytesDown: 50 * KB, durationMs: 10 * S },
    { ...desk, servers: of("balancer"), protocol: tcp, port: 443, perHour: 9, bytesUp: 5 * KB, bytesDown: 45 * KB, durationMs: 8 * S },
    { ...desk, clients: of("desk").slice(0, 12), servers: of("project"), keepsTo: 3, protocol: tcp, port: 22, perHour: 1.2, bytesUp: 30 * KB, bytesDown: 120 * KB, durationMs: 9 * MIN },
    { ...desk, clients: of("desk").slice(0, 24), servers: of("project"), keepsTo: 4, protocol: tcp, port: 8443, perHour: 3, bytesUp: 9 * KB, bytesDown: 90 * KB, durationMs: 20 * S },
  ];
}

function serviceHabits({ of, sites, strangers }: Roles): readonly Habit[] {
  const service = { hours: "service" } as const;
  const night = { hours: "night" } as const;
  return [
    { ...service, clients: strangers, servers: of("web"), protocol: tcp, port: 443, perHour: 0.6, bytesUp: 3 * KB, bytesDown: 60 * KB, durationMs: 9 * S },
    { ...service, clients: strangers, servers: of("web"), protocol: tcp, port: 80, perHour: 0.1, bytesUp: 1 * KB, bytesDown: 1 * KB, durationMs: 1 * S },
    { ...service, clients: strangers.slice(0, 40), servers: of("mail"), protocol: tcp, port: 25, perHour: 1.5, bytesUp: 60 * KB, bytesDown: 1 * KB, durationMs: 3 * S },
    { ...service, clients: of("mail"), servers: sites.slice(0, 40), protocol: tcp, port: 25, perHour: 12, bytesUp: 50 * KB, bytesDown: 1 * KB, durationMs: 4 * S },
    { ...service, clients: of("directory"), servers: sites.slice(0, 6), protocol: udp, port: 53, perHour: 200, bytesUp: 80, bytesDown: 200, durationMs: 30 },
    { ...service, clients: of("web", "app"), servers: of("postgres", "mysql"), keepsTo: 2, protocol: tcp, port: 5432, perHour: 90, bytesUp: 3 * KB, bytesDown: 30 * KB, durationMs: 5 * S },
    { ...service, clients: of("web", "app"), servers: of("redis"), protocol: tcp, port: 6379, perHour: 60, bytesUp: 1 * KB, bytesDown: 4 * KB, durationMs: 2 * S },
    { ...service, clients: of("app"), servers: of("mssql"), protocol: tcp, port: 1433, perHour: 80, bytesUp: 3 * KB, bytesDown: 40 * KB, durationMs: 6 * S },
    { ...service, clients: of("web"), servers: of("nfs"), protocol: tcp, port: 2049, perHour: 10, bytesUp: 200 * KB, bytesDown: 2_000 * KB, durationMs: 3 * MIN },
    { ...service, clients: of("project"), servers: of("nfs"), protocol: tcp, port: 2049, perHour: 2, bytesUp: 400 * KB, bytesDown: 1_000 * KB, durationMs: 4 * MIN },
    { ...service, clients: of("project"), servers: of("nfs"), protocol: tcp, port: 111, perHour: 1, bytesUp: 200, bytesDown: 200, durationMs: 20 },
    { ...service, clients: of("postgres", "mysql", "mssql"), servers: of("iscsi"), protocol: tcp, port: 3260, perHour: 6, bytesUp: 9_000 * KB, bytesDown: 9_000 * KB, durationMs: 8 * MIN },
    { ...service, clients: of("project"), servers: of("iscsi"), protocol: tcp, port: 3260, perHour: 0.6, bytesUp: 900 * KB, bytesDown: 900 * KB, durationMs: 5 * MIN },
    { ...night, clients: of("backup"), servers: of("smb", "nfs"), protocol: tcp, port: 445, perHour: 12, bytesUp: 40_000 * KB, bytesDown: 2_000 * KB, durationMs: 12 * MIN },
    { ...night, clients: of("directory", "web", "mail", "app"), servers: of("backup"), protocol: tcp, port: 443, perHour: 6, bytesUp: 30_000 * KB, bytesDown: 400 * KB, durationMs: 10 * MIN },
  ];
}

function platformHabits({ of, sites }: Roles): readonly Habit[] {
  const service = { hours: "service" } as const;
  const project = { hours: "project" } as const;
  return [
    // A balancer passes on what it takes: as much to its pool as came from desks and strangers.
    { ...service, clients: of("balancer"), servers: of("api"), protocol: tcp, port: 8000, perHour: 260, bytesUp: 5 * KB, bytesDown: 45 * KB, durationMs: 8 * S },
    { ...service, clients: of("balancer"), servers: of("app"), protocol: tcp, port: 8080, perHour: 60, bytesUp: 5 * KB, bytesDown: 45 * KB, durationMs: 8 * S },
    { ...service, clients: of("api"), servers: of("worker"), protocol: tcp, port: 3000, perHour: 50, bytesUp: 2 * KB, bytesDown: 6 * KB, durationMs: 2 * S },
    { ...service, clients: of("worker"), servers: of("api"), protocol: tcp, port: 8000, perHour: 40, bytesUp: 2 * KB, bytesDown: 5 * KB, durationMs: 2 * S },
    { ...service, clients: of("api"), servers: of("api"), keepsTo: 3, protocol: tcp, port: 8000, perHour: 20, bytesUp: 1 * KB, bytesDown: 4 * KB, durationMs: 1 * S },
    { ...service, clients: of("worker"), servers: of("worker"), keepsTo: 3, protocol: tcp, port: 3000, perHour: 15, bytesUp: 1 * KB, bytesDown: 4 * KB, durationMs: 1 * S },
    { ...service, clients: of("api", "worker"), servers: of("postgres", "redis"), protocol: tcp, port: 5432, perHour: 14, bytesUp: 2 * KB, bytesDown: 9 * KB, durationMs: 2 * S },
    { ...service, clients: of("api", "worker"), servers: of("directory"), protocol: udp, port: 53, perHour: 20, bytesUp: 70, bytesDown: 160, durationMs: 10 },
    // Projects use each other, a database and the web, and are used by those who work on them.
    { ...project, clients: of("project"), servers: of("project"), keepsTo: 4, protocol: tcp, port: 8443, perHour: 9, bytesUp: 9 * KB, bytesDown: 60 * KB, durationMs: 9 * S },
    { ...project, clients: of("project6"), servers: of("project6"), keepsTo: 3, protocol: tcp, port: 8443, perHour: 14, bytesUp: 9 * KB, bytesDown: 60 * KB, durationMs: 9 * S },
    { ...project, clients: of("project6"), servers: of("project6"), keepsTo: 3, protocol: tcp, port: 22, perHour: 2, bytesUp: 30 * KB, bytesDown: 90 * KB, durationMs: 2 * MIN },
    { ...project, clients: of("project"), servers: of("project"), keepsTo: 3, protocol: tcp, port: 22, perHour: 2, bytesUp: 30 * KB, bytesDown: 90 * KB, durationMs: 2 * MIN },
    { ...project, clients: of("project"), servers: of("mysql"), protocol: tcp, port: 3306, perHour: 6, bytesUp: 2 * KB, bytesDown: 20 * KB, durationMs: 4 * S },
    { ...project, clients: of("project"), servers: sites.slice(0, 30), keepsTo: 4, protocol: tcp, port: 443, perHour: 4, bytesUp: 4 * KB, bytesDown: 90 * KB, durationMs: 9 * S },
    { ...project, clients: of("project"), servers: of("directory"), protocol: udp, port: 53, perHour: 15, bytesUp: 70, bytesDown: 160, durationMs: 10 },
  ];
}

/** Monitoring, logging, time, routing. */
function careHabits({ of, all }: Roles): readonly Habit[] {
  const steady = { hours: "steady" } as const;
  const devices = of("router", "switch");
  const machines = all.filter((host) => !of("desk").includes(host) && !of("suite", "video", "telemetry", "project6").includes(host));
  return [
    { ...steady, clients: of("monitoring"), servers: devices, protocol: udp, port: 161, perHour: 12 * devices.length, bytesUp: 400, bytesDown: 1_500, durationMs: 300 },
    { ...steady, clients: of("monitoring"), servers: machines, protocol: icmp, port: 0, perHour: 12 * machines.length, bytesUp: 84, bytesDown: 84, durationMs: 2 },
    { ...steady, clients: of("monitoring"), servers: of("project6"), protocol: icmpv6, port: 0, perHour: 12, bytesUp: 104, bytesDown: 104, durationMs: 2 },
    { ...steady, clients: devices, servers: of("log"), protocol: udp, port: 514, perHour: 20, bytesUp: 220, bytesDown: 0, durationMs: 5, unanswered: 1 },
    { ...steady, clients: of("directory", "web", "mail", "app"), servers: of("log"), protocol: tcp, port: 6514, perHour: 4, bytesUp: 60 * KB, bytesDown: 2 * KB, durationMs: 5 * MIN },
    { ...steady, clients: machines, servers: of("router"), keepsTo: 2, protocol: udp, port: 123, perHour: 3, bytesUp: 76, bytesDown: 76, durationMs: 10 },
    { ...steady, clients: of("router"), servers: of("router"), protocol: tcp, port: 179, perHour: 4, bytesUp: 2 * KB, bytesDown: 2 * KB, durationMs: 12 * MIN },
    { ...steady, clients: of("monitoring"), servers: devices, protocol: tcp, port: 22, perHour: 8, bytesUp: 6 * KB, bytesDown: 40 * KB, durationMs: 20 * S },
    { ...steady, clients: of("desk").slice(0, 3), servers: devices, protocol: tcp, port: 22, perHour: 1, bytesUp: 9 * KB, bytesDown: 40 * KB, durationMs: 3 * MIN },
    { ...steady, clients: of("app"), servers: of("monitoring"), protocol: tcp, port: 443, perHour: 6, bytesUp: 9 * KB, bytesDown: 2 * KB, durationMs: 3 * S },
    { ...steady, clients: of("desk").slice(0, 10), servers: of("monitoring"), protocol: tcp, port: 443, perHour: 3, bytesUp: 4 * KB, bytesDown: 90 * KB, durationMs: 20 * S },
    { ...steady, clients: of("directory"), servers: of("directory"), protocol: tcp, port: 389, perHour: 12, bytesUp: 20 * KB, bytesDown: 60 * KB, durationMs: 20 * S },
  ];
}

/** What is always there and nobody asked for: scans from within and without, wrong addresses. */
function noiseHabits({ of, all, strangers }: Roles): readonly Habit[] {
  const inside = all.filter((host) => !of("suite", "video", "telemetry", "project6").includes(host));
  return [
    // The nightly vulnerability scan: some hundred ports of every host; most are closed, some filtered, a few answer.
    { hours: "scan", clients: of("monitoring"), servers: inside, protocol: tcp, port: 0, anyPortBelow: 10_000, perHour: 60 * inside.length, bytesUp: 60, bytesDown: 40, durationMs: 3, refused: 0.7, unanswered: 0.3 },
    { hours: "steady", clients: strangers.slice(0, 30), servers: inside, protocol: tcp, port: 0, anyPortBelow: 65_000, perHour: 8, bytesUp: 60, bytesDown: 40, durationMs: 3, refused: 0.2, unanswered: 0.8 },
    { hours: "desk", clients: of("desk"), servers: of("smb", "web"), protocol: tcp, port: 139, perHour: 0.3, bytesUp: 60, bytesDown: 40, durationMs: 3, refused: 0.6, unanswered: 0.4 },
  ];
}
