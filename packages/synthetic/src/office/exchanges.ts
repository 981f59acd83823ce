import type { Exchange } from "../plan/network-plan.ts";

/**
 * How conversations of the usual services look: payload there and back, how long, how often asked. Medians are of the
 * order that published traffic studies and our own look at office captures show; the spread matters more than they do.
 */
const TCP = 6;
const UDP = 17;
const ICMP = 1;
const OSPF = 89;

const tcp = (port: number, shape: Omit<Exchange, "protocol" | "port">): Exchange => ({
  protocol: TCP,
  port,
  ...shape,
});
const udp = (port: number, shape: Omit<Exchange, "protocol" | "port">): Exchange => ({
  protocol: UDP,
  port,
  ...shape,
});

export const webOn = (port: number): Exchange =>
  tcp(port, { up: [1_800, 0.8], down: [22_000, 1.4], durationMs: [2_500, 1.3], rounds: [2, 0.6] });

export const EXCHANGE = {
  https: webOn(443),
  http: webOn(80),
  /** Mail, files and chat of a cloud suite: kept open for a minute, asked several times. */
  suite: tcp(443, { up: [6_000, 1], down: [30_000, 1.4], durationMs: [25_000, 1], rounds: [5, 0.6] }),
  /** A channel for notices: quiet, long. */
  push: tcp(443, { up: [1_500, 0.5], down: [2_500, 0.6], durationMs: [420_000, 0.6], rounds: [12, 0.4] }),
  quic: udp(443, { up: [3_500, 0.9], down: [60_000, 1.4], durationMs: [6_000, 1.2], rounds: [4, 0.6] }),
  download: tcp(443, { up: [4_000, 0.6], down: [9_000_000, 1.2], durationMs: [20_000, 0.9] }),
  dns: udp(53, { up: [42, 0.2], down: [130, 0.5], durationMs: [3, 1] }),
  dnsOverTcp: tcp(53, { up: [60, 0.2], down: [1_900, 0.4], durationMs: [12, 0.6] }),
  dhcp: udp(67, { up: [300, 0], down: [310, 0.05], durationMs: [4, 0.5], clientPort: 68 }),
  ntp: udp(123, { up: [48, 0], down: [48, 0], durationMs: [1, 0.5] }),
  kerberos: tcp(88, { up: [1_500, 0.3], down: [1_600, 0.3], durationMs: [9, 0.6] }),
  ldap: tcp(389, { up: [1_100, 0.7], down: [3_800, 1], durationMs: [350, 1.1], rounds: [3, 0.5] }),
  cldap: udp(389, { up: [190, 0.1], down: [175, 0.1], durationMs: [2, 0.6] }),
  globalCatalogue: tcp(3268, { up: [900, 0.5], down: [2_800, 0.9], durationMs: [200, 1], rounds: [2, 0.4] }),
  rpcMapper: tcp(135, { up: [380, 0.2], down: [300, 0.2], durationMs: [8, 0.7] }),
  rpc: tcp(49_668, { up: [1_600, 0.6], down: [1_300, 0.6], durationMs: [120, 1], rounds: [3, 0.4] }),
  policy: tcp(445, { up: [4_000, 0.6], down: [16_000, 1], durationMs: [6_000, 0.8], rounds: [10, 0.4] }),
  smb: tcp(445, { up: [45_000, 1.6], down: [320_000, 1.9], durationMs: [50_000, 1], rounds: [14, 0.6] }),
  nfs: tcp(2049, {
    up: [500_000, 1.6],
    down: [1_800_000, 1.6],
    durationMs: [90_000, 0.8],
    rounds: [60, 0.5],
  }),
  iscsi: tcp(3260, { up: [5e6, 1.2], down: [14e6, 1.2], durationMs: [240_000, 0.6], rounds: [200, 0.3] }),
  rsync: tcp(873, {
    up: [700e6, 0.9],
    down: [900_000, 0.6],
    durationMs: [900_000, 0.5],
    rounds: [3_000, 0.2],
  }),
  smtp: tcp(25, { up: [18_000, 1.5], down: [900, 0.3], durationMs: [1_500, 1], rounds: [7, 0.1] }),
  submission: tcp(587, { up: [20_000, 1.6], down: [1_200, 0.3], durationMs: [1_100, 0.8], rounds: [8, 0.1] }),
  imaps: tcp(993, { up: [1_600, 0.7], down: [14_000, 1.6], durationMs: [5_000, 1.3], rounds: [6, 0.4] }),
  ssh: tcp(22, { up: [12_000, 1.2], down: [60_000, 1.6], durationMs: [200_000, 1.2], rounds: [80, 0.8] }),
  sftp: tcp(22, { up: [90_000, 1.8], down: [90_000, 1.8], durationMs: [4_000, 1], rounds: [12, 0.5] }),
  rdp: tcp(3389, { up: [700_000, 1], down: [7e6, 1], durationMs: [900_000, 0.8], rounds: [900, 0.4] }),
  radius: udp(1812, { up: [240, 0.2], down: [150, 0.2], durationMs: [20, 0.7], rounds: [3, 0.4] }),
  tacacs: tcp(49, { up: [180, 0.3], down: [120, 0.3], durationMs: [30, 0.6], rounds: [2, 0.2] }),
  updates: tcp(8530, { up: [3_500, 0.6], down: [200_000, 2], durationMs: [1_500, 1.2], rounds: [4, 0.5] }),
  /** A floating licence is kept alive. */
  licence: tcp(27_000, { up: [900, 0.4], down: [800, 0.4], durationMs: [240_000, 0.9], rounds: [30, 0.4] }),
  ipp: tcp(631, { up: [400_000, 1.3], down: [2_500, 0.5], durationMs: [4_000, 0.8], rounds: [4, 0.3] }),
  sip: udp(5060, { up: [1_400, 0.4], down: [1_300, 0.4], durationMs: [400, 1], rounds: [3, 0.3] }),
  /** Voice both ways, 27 packets a second (two frames each). */
  voice: udp(16_600, {
    up: [1.6e6, 0.9],
    down: [1.6e6, 0.9],
    durationMs: [150_000, 0.8],
    rounds: [4_000, 0.2],
  }),
  meeting: udp(3_478, {
    up: [2e7, 0.8],
    down: [6e7, 0.8],
    durationMs: [1_500_000, 0.5],
    rounds: [20_000, 0.2],
  }),
  wireguard: udp(51_820, {
    up: [2e6, 1.4],
    down: [9e6, 1.5],
    durationMs: [1_200_000, 0.9],
    rounds: [600, 0.4],
  }),
  snmp: udp(161, { up: [260, 0.4], down: [900, 0.6], durationMs: [25, 0.8], rounds: [3, 0.3] }),
  agent: tcp(10_050, { up: [90, 0.3], down: [260, 0.6], durationMs: [6, 0.8] }),
  syslog: udp(514, { up: [420, 0.7], down: [0, 0], durationMs: [400, 1], rounds: [3, 0.6], clientPort: 514 }),
  netflow: udp(2055, {
    up: [80_000, 0.4],
    down: [0, 0],
    durationMs: [58_000, 0],
    rounds: [60, 0.2],
    clientPort: 50_101,
  }),
  sflow: udp(6343, {
    up: [60_000, 0.4],
    down: [0, 0],
    durationMs: [58_000, 0],
    rounds: [50, 0.2],
    clientPort: 50_102,
  }),
  bgp: tcp(179, {
    up: [4_000, 0.2],
    down: [4_000, 0.2],
    durationMs: [3_540_000, 0],
    rounds: [120, 0],
    clientPort: 41_179,
    isLasting: true,
  }),
  hsrp: udp(1985, {
    up: [28_000, 0],
    down: [0, 0],
    durationMs: [3_590_000, 0],
    rounds: [1_200, 0],
    clientPort: 1985,
  }),
  ospf: {
    protocol: OSPF,
    port: 0,
    up: [20_000, 0.05],
    down: [0, 0],
    durationMs: [3_590_000, 0],
    rounds: [360, 0],
  },
  capwapControl: udp(5246, {
    up: [30_000, 0.4],
    down: [24_000, 0.4],
    durationMs: [590_000, 0],
    rounds: [60, 0.1],
    clientPort: 45_246,
  }),
  capwapData: udp(5247, {
    up: [20e6, 0.8],
    down: [90e6, 0.8],
    durationMs: [590_000, 0],
    rounds: [2_000, 0.2],
    clientPort: 45_247,
  }),
  ping: { protocol: ICMP, port: 0, up: [56, 0], down: [56, 0], durationMs: [2_000, 0], rounds: [3, 0] },
  mdns: udp(5353, {
    up: [160, 0.6],
    down: [0, 0],
    durationMs: [1_000, 0.3],
    rounds: [2, 0.4],
    clientPort: 5353,
  }),
  llmnr: udp(5355, { up: [60, 0.2], down: [0, 0], durationMs: [420, 0], rounds: [2, 0] }),
  ssdp: udp(1900, { up: [700, 0.2], down: [0, 0], durationMs: [3_000, 0], rounds: [4, 0] }),
  netbios: udp(137, { up: [68, 0], down: [104, 0.3], durationMs: [3, 0.8], clientPort: 137 }),
  dhcpDiscover: udp(67, { up: [300, 0], down: [0, 0], durationMs: [100, 0], clientPort: 68 }),
  kubernetesApi: tcp(6443, {
    up: [9_000, 0.9],
    down: [26_000, 1.2],
    durationMs: [28_000, 1],
    rounds: [8, 0.6],
  }),
  kubelet: tcp(10_250, { up: [1_600, 0.3], down: [18_000, 0.8], durationMs: [400, 0.8], rounds: [2, 0.3] }),
} as const satisfies Readonly<Record<string, Exchange>>;

/** One look of a query at a database, on its port. */
export const queryOn = (port: number): Exchange =>
  tcp(port, { up: [1_900, 1], down: [9_000, 1.5], durationMs: [160, 1.4], rounds: [4, 0.7] });

/** A pool's connection, recycled after some minutes. */
export const pooledOn = (port: number): Exchange =>
  tcp(port, { up: [60_000, 0.9], down: [320_000, 1.1], durationMs: [240_000, 0.5], rounds: [90, 0.6] });

/** One service calling another. */
export const callOn = (port: number): Exchange =>
  tcp(port, { up: [900, 0.7], down: [2_600, 1], durationMs: [45, 1.1], rounds: [1, 0] });
