import type { MadeType } from "../network/made-network.ts";
import type { EndpointId } from "../plan/network-plan.ts";
import type { PlanBuilder } from "../plan/plan-builder.ts";
import { SUBNET, ZONE } from "./zones.ts";

/** What a service machine of the office answers on; empty for those who serve nobody. */
export interface Placed {
  readonly id: EndpointId;
  readonly name: string;
  /** Ports that a scan finds open. */
  readonly openPorts: readonly number[];
}

export interface Person {
  readonly id: EndpointId;
  readonly kind: "office" | "developer" | "sales" | "caller";
}

/** Everybody and everything in the office, by what it does. */
export interface OfficeHosts {
  readonly people: readonly Person[];
  readonly directory: readonly Placed[];
  readonly mail: Placed;
  readonly wikis: readonly Placed[];
  readonly git: Placed;
  readonly updates: Placed;
  readonly printing: Placed;
  readonly licences: Placed;
  readonly access: Placed;
  readonly exchangeOfPhones: Placed;
  readonly fileTransfer: Placed;
  readonly vpn: Placed;
  readonly monitoring: Placed;
  readonly collector: Placed;
  readonly intranetApps: readonly Placed[];
  readonly erpApps: readonly Placed[];
  readonly publicWeb: readonly Placed[];
  readonly intranetBalancer: Placed;
  readonly erpBalancer: Placed;
  readonly publicBalancer: Placed;
  readonly apiBalancer: Placed;
  readonly postgres: readonly Placed[];
  readonly mysql: readonly Placed[];
  readonly sqlServer: readonly Placed[];
  readonly mongo: Placed;
  readonly redis: Placed;
  readonly search: Placed;
  readonly fileServers: readonly Placed[];
  readonly nfs: readonly Placed[];
  readonly iscsi: readonly Placed[];
  readonly backup: Placed;
  readonly routers: readonly Placed[];
  readonly wirelessController: Placed;
  readonly accessPoints: readonly Placed[];
  readonly accessSwitches: readonly Placed[];
  readonly gateways: readonly Placed[];
  readonly services: readonly Placed[];
  readonly clusterDns: Placed;
  readonly scraper: Placed;
  readonly nodes: readonly Placed[];
  readonly builders: readonly Placed[];
  readonly developerMachines: readonly Placed[];
  readonly jump: Placed;
  readonly terminals: readonly Placed[];
  readonly scanner: Placed;
  readonly clouds: readonly Placed[];
}

export const LEAST_OFFICE_HOSTS = 100;
/** The numbers below are those of an office of so many hosts. */
const DESIGNED_HOSTS = 240;

const HOSTS_A_SUBNET = 240;
const SUBNETS_APART = 4;
/** Below are the gateways. */
const FIRST_OF_SUBNET = 10;

interface Kind {
  readonly type: MadeType;
  readonly zone: number;
  readonly name: string;
  readonly role: string;
  readonly openPorts?: readonly number[];
  readonly isWindows?: boolean;
}

/** Places the hosts, from the routers to the last workstation; whatever the number, all nine types are there. */
export function placeOffice(builder: PlanBuilder, hosts: number): OfficeHosts {
  const share = hosts / DESIGNED_HOSTS;
  const used = new Map<number, number>();
  let placed = 0;

  function addressIn(zone: number): string {
    const next = (used.get(zone) ?? 0) + 1;
    used.set(zone, next);
    // Full subnets go on in another /24.
    const octet = SUBNET[zone] + Math.floor(next / HOSTS_A_SUBNET) * SUBNETS_APART;
    return `10.20.${octet}.${(next % HOSTS_A_SUBNET) + (zone === ZONE.management ? 0 : FIRST_OF_SUBNET)}`;
  }

  function place({ type, zone, name, role, openPorts = [], isWindows = false }: Kind): Placed {
    placed++;
    const id = builder.host({ zone, address: addressIn(zone), type, role, name, isWindows });
    return { id, name, openPorts };
  }

  /** `designed` of them in the office as designed, at least `least` whatever its size. */
  function several(kind: Kind, designed: number, least = 1): Placed[] {
    const many = Math.max(least, Math.round(designed * Math.min(4, share)));
    return Array.from({ length: many }, (_, i) => place({ ...kind, name: `${kind.name}-${i + 1}` }));
  }

  const device = (name: string, role: string, openPorts: readonly number[] = [22]): Kind => ({
    type: "network_device",
    zone: ZONE.management,
    name,
    role,
    openPorts,
  });
  const server = (
    name: string,
    role: string,
    openPorts: readonly number[],
    more: Partial<Kind> = {},
  ): Kind => ({
    type: "server",
    zone: ZONE.dataCentre,
    name,
    role,
    openPorts: [...openPorts, 22],
    ...more,
  });
  const windows = { isWindows: true } as const;
  const data = (type: MadeType, name: string, role: string, openPorts: readonly number[]): Kind => ({
    type,
    zone: ZONE.dataCentre,
    name,
    role,
    openPorts: [...openPorts, 22],
  });

  const routers = [
    place(device("core-1", "core router")),
    place(device("core-2", "core router, standby")),
    place(device("edge-1", "firewall at the edge", [22, 443])),
    place(device("edge-2", "firewall at the edge, standby", [22, 443])),
    place(device("dc-1", "router of the data centre")),
    place(device("dc-2", "router of the data centre, standby")),
    place(device("branch-1", "router of the branch office")),
  ];
  const wirelessController = place(device("wlc-1", "wireless controller", [22, 443]));
  const switches = several(device("access", "access switch"), 6, 3);
  const accessPoints = several(device("ap", "wireless access point", [22]), 4, 1);

  const made = {
    routers,
    wirelessController,
    accessSwitches: switches,
    accessPoints,
    directory: several(
      server(
        "ad",
        "directory, DNS and DHCP server",
        [53, 88, 135, 389, 445, 464, 636, 3268, 49_668],
        windows,
      ),
      2,
      2,
    ),
    mail: place(server("mail-1", "mail server", [25, 443, 587, 993])),
    wikis: several(server("wiki", "wiki and documents", [80, 443]), 2),
    git: place(server("git-1", "source code server", [443])),
    updates: place(server("updates-1", "update server of Windows", [80, 135, 445, 8530], windows)),
    printing: place(server("print-1", "print server", [135, 445, 631], windows)),
    licences: place(server("licence-1", "licence server", [443, 27_000])),
    access: place(server("access-1", "RADIUS, TACACS+ and time server", [49])),
    exchangeOfPhones: place(server("pbx-1", "telephone exchange", [443, 5060])),
    fileTransfer: place(server("sftp-1", "file transfer server", [21], { zone: ZONE.dmz })),
    vpn: place(server("vpn-1", "VPN gateway", [443], { zone: ZONE.dmz })),
    monitoring: place(server("monitor-1", "monitoring server", [80, 443, 10_051])),
    collector: place(server("collector-1", "log and flow collector", [443, 514, 9_000])),
    intranetApps: several(server("intranet", "intranet application", [8080]), 3, 2),
    erpApps: several(server("erp", "ERP application", [8443]), 3, 2),
    publicWeb: several(server("www", "public web server", [8080], { zone: ZONE.dmz }), 3, 2),
    intranetBalancer: place(data("load_balancer", "lb-intranet", "load balancer of the intranet", [80, 443])),
    erpBalancer: place(data("load_balancer", "lb-erp", "load balancer of the ERP", [443])),
    publicBalancer: place({
      ...data("load_balancer", "lb-public", "load balancer of the public site", [80, 443]),
      zone: ZONE.dmz,
    }),
    apiBalancer: place(data("load_balancer", "lb-api", "load balancer of the APIs", [443])),
    postgres: several(data("database", "postgres", "PostgreSQL", [5432]), 4, 2),
    mysql: several(data("database", "mysql", "MySQL", [3306]), 2),
    sqlServer: several({ ...data("database", "mssql", "SQL Server", [135, 445, 1433]), isWindows: true }, 3),
    mongo: place(data("database", "mongo-1", "MongoDB", [27_017])),
    redis: place(data("database", "redis-1", "Redis", [6379])),
    search: place(data("database", "search-1", "Elasticsearch", [9200])),
    fileServers: several(data("storage", "files", "file server", [139, 443, 445]), 4, 2),
    nfs: several(data("storage", "nfs", "NFS server", [111, 2049]), 3),
    iscsi: several(data("storage", "san", "iSCSI array", [443, 3260]), 2),
    backup: place(data("storage", "backup-1", "backup target", [111, 873, 2049])),
    ...placeCluster(several, place),
  };

  const clouds = placeClouds(builder, Math.max(6, Math.round(14 * Math.min(2, share))));
  const people = placePeople(hosts - placed - clouds.length, place);
  return { ...made, clouds, people };
}

function placeCluster(
  several: (kind: Kind, designed: number, least?: number) => Placed[],
  place: (kind: Kind) => Placed,
) {
  const container = (name: string, role: string, openPorts: readonly number[]): Kind => ({
    type: "container",
    zone: ZONE.cluster,
    name,
    role,
    openPorts,
  });
  const machine = (name: string, role: string, openPorts: readonly number[], isWindows = false): Kind => ({
    type: "virtual_machine",
    zone: ZONE.cluster,
    name,
    role,
    openPorts,
    isWindows,
  });
  return {
    gateways: several(container("gateway", "API gateway in a container", [3000]), 4, 2),
    services: several(container("service", "service in a container", [8000]), 18, 4),
    clusterDns: place(container("cluster-dns", "names of the cluster, in a container", [53])),
    scraper: place(container("metrics", "metrics of the cluster, in a container", [9090])),
    nodes: several(machine("node", "node of the cluster", [22, 6443, 10_250, 30_080]), 4, 2),
    builders: several(machine("build", "build machine", [22, 8080]), 3, 1),
    developerMachines: several(machine("dev", "developers' machine", [22, 3000, 8080]), 5, 1),
    jump: place(machine("jump-1", "jump host of the administrators", [22])),
    terminals: several(machine("terminal", "terminal server", [135, 445, 3389], true), 2, 1),
    scanner: place({ ...machine("scanner-1", "vulnerability scanner", [22, 443]), zone: ZONE.dataCentre }),
  };
}

const CLOUD_NAMES: readonly string[] = [
  "suite mail",
  "suite files",
  "chat",
  "sign-in",
  "operating system updates",
  "search engine",
  "content network A",
  "content network B",
  "meetings",
  "customer records",
  "virus definitions",
  "video",
  "telemetry of browsers",
  "travel booking",
];

/** Popular services outside, on addresses that are kept for documentation (RFC 5737). */
function placeClouds(builder: PlanBuilder, count: number): Placed[] {
  return Array.from({ length: count }, (_, i) => {
    const name = CLOUD_NAMES[i % CLOUD_NAMES.length];
    const again = Math.floor(i / CLOUD_NAMES.length);
    const id = builder.host({
      zone: ZONE.outside,
      address: `203.0.113.${10 + i}`,
      type: "cloud_service",
      role: again === 0 ? name : `${name}, second site`,
      name: `cloud-${i + 1}`,
      isInternal: false,
    });
    return { id, name, openPorts: [443] };
  });
}

const PEOPLE: readonly (readonly [Person["kind"], string, number])[] = [
  ["office", "office workstation", 9],
  ["developer", "developer's workstation", 4],
  ["sales", "sales laptop", 4],
  ["caller", "call-centre workstation", 3],
];
const STAFF_ZONES: readonly number[] = [
  ZONE.staffOne,
  ZONE.staffTwo,
  ZONE.staffOne,
  ZONE.staffThree,
  ZONE.staffTwo,
  ZONE.branch,
];

function placePeople(count: number, place: (kind: Kind) => Placed): Person[] {
  const round = PEOPLE.flatMap(([kind, role, many]) => Array.from({ length: many }, () => ({ kind, role })));
  return Array.from({ length: count }, (_, i) => {
    // 7 and 20 have no divisor in common, so that every kind sits in every zone.
    const { kind, role } = round[(i * 7) % round.length];
    const zone = STAFF_ZONES[i % STAFF_ZONES.length];
    const { id } = place({
      type: "workstation",
      zone,
      name: `ws-${i + 1}`,
      role,
      isWindows: kind !== "developer",
    });
    return { id, kind };
  });
}
