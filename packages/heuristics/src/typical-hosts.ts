import type { MadeHost } from "./made-hosts.ts";

/** Hosts as a network engineer would expect them over a day: what tests of the profiles start from. */
const INFRASTRUCTURE: MadeHost["used"] = [
  ["udp", 53, 2, 300],
  ["udp", 123, 2, 40],
];

export const POSTGRES: MadeHost = {
  served: [
    ["tcp", 5432, 12, 900],
    ["tcp", 22, 2, 20],
  ],
  used: [["udp", 53, 2, 60]],
};
export const WEB_SERVER: MadeHost = {
  served: [
    ["tcp", 443, 80, 6000],
    ["tcp", 80, 30, 400],
    ["tcp", 22, 2, 30],
  ],
  used: [
    ["tcp", 5432, 1, 900],
    ["udp", 53, 2, 200],
  ],
};
export const DOMAIN_CONTROLLER: MadeHost = {
  served: [
    ["udp", 53, 60, 9000],
    ["tcp", 88, 60, 1500],
    ["udp", 389, 60, 1200],
    ["tcp", 389, 55, 900],
    ["tcp", 445, 60, 1800],
    ["tcp", 135, 50, 700],
    ["tcp", 139, 20, 90],
    ["tcp", 464, 5, 8],
    ["tcp", 3268, 40, 300],
    ["tcp", 49668, 50, 650],
    ["udp", 123, 60, 600],
  ],
  used: [
    ["udp", 53, 3, 4000],
    ["tcp", 443, 8, 120],
  ],
};
export const WINDOWS_DESKTOP: MadeHost = {
  served: [
    ["tcp", 445, 2, 9],
    ["udp", 137, 5, 30],
    ["udp", 5353, 4, 20],
    ["tcp", 135, 1, 4],
  ],
  used: [
    ["tcp", 443, 70, 1400],
    ["udp", 53, 2, 900],
    ["tcp", 88, 1, 40],
    ["tcp", 445, 3, 60],
    ["udp", 389, 1, 30],
    ["tcp", 80, 12, 60],
  ],
  servers: 85,
  insideServers: 0.1,
  activeHours: 10,
  businessShare: 0.9,
};
export const NAS: MadeHost = {
  served: [
    ["tcp", 445, 30, 700],
    ["tcp", 2049, 6, 200],
    ["tcp", 548, 2, 20],
    ["tcp", 443, 2, 20],
  ],
  used: INFRASTRUCTURE,
  bytesOut: 4e9,
  bytesIn: 2e9,
};
export const WINDOWS_FILE_SERVER: MadeHost = {
  served: [
    ["tcp", 445, 40, 2000],
    ["tcp", 135, 3, 20],
    ["tcp", 3389, 1, 4],
  ],
  used: [
    ["udp", 53, 2, 200],
    ["tcp", 88, 1, 50],
  ],
  bytesOut: 4e9,
  bytesIn: 2e9,
};
export const ISCSI: MadeHost = { served: [["tcp", 3260, 4, 200]], bytesIn: 6e9, bytesOut: 9e9 };
export const BALANCER: MadeHost = {
  served: [
    ["tcp", 443, 400, 20_000],
    ["tcp", 80, 100, 2000],
  ],
  used: [
    ["tcp", 8080, 8, 21_000],
    ["udp", 53, 2, 50],
  ],
  bytesIn: 5.1e8,
  bytesOut: 5e8,
};
export const ROUTER: MadeHost = {
  served: [
    ["udp", 161, 2, 800],
    ["tcp", 22, 2, 10],
  ],
  used: [["tcp", 49, 1, 20]],
  signalling: [
    { protocol: 89, port: 0, peers: 2, steadyPeers: 2 },
    { protocol: 17, port: 2055, peers: 1, steadyPeers: 1 },
  ],
};
export const HOME_GATEWAY: MadeHost = {
  served: [
    ["udp", 53, 9, 3000],
    ["udp", 67, 9, 30],
    ["udp", 1900, 4, 60],
    ["tcp", 80, 1, 4],
  ],
  used: [["udp", 53, 2, 1500]],
};
export const POD: MadeHost = {
  served: [
    ["tcp", 3000, 8, 2400],
    ["tcp", 9090, 2, 600],
  ],
  used: [
    ["tcp", 8081, 6, 1800],
    ["udp", 53, 2, 700],
    ["tcp", 6443, 1, 20],
  ],
  clients: 10,
  servers: 8,
};
export const K8S_NODE: MadeHost = {
  served: [
    ["tcp", 10250, 6, 500],
    ["tcp", 22, 2, 30],
    ["tcp", 30080, 9, 900],
    ["tcp", 9100, 2, 200],
  ],
  used: [
    ["tcp", 6443, 3, 900],
    ["tcp", 443, 6, 300],
    ["udp", 53, 2, 300],
  ],
  clients: 12,
  servers: 10,
};
export const HMI: MadeHost = {
  used: [
    ["tcp", 102, 3, 900],
    ["udp", 53, 1, 20],
  ],
};
export const CLOUD: MadeHost = { served: [["tcp", 443, 400, 30_000]] };
