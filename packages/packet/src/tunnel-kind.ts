/** Kinds of tunnels that `followTunnels` knows, as bits of a set. */
export const TUNNEL = {
  none: 0,
  /** IPv4 in IPv4 or IPv6 (RFC 2003, RFC 2473). */
  ipInIp: 1,
  /** IPv6 in IPv4 or IPv6 (6in4, 6to4, 6rd, RFC 2473). */
  ipv6InIp: 2,
  /** GRE of version 0 with any payload but ERSPAN, and PPTP's GRE of version 1. */
  gre: 4,
  /** ERSPAN of type I, II and III: a switch's mirror copy of a frame, on its way to an analyser. */
  erspan: 8,
  /** VXLAN (RFC 7348) and VXLAN-GPE. */
  vxlan: 16,
  /** Geneve (RFC 8926). */
  geneve: 32,
  /** GTP-U (3GPP TS 29.281): a mobile subscriber's packets between base station and gateway. */
  gtpU: 64,
  /** Teredo (RFC 4380): IPv6 over UDP through NAT. */
  teredo: 128,
  /** EtherIP (RFC 3378). */
  etherInIp: 256,
  /** MPLS in IP (RFC 4023) or UDP (RFC 7510). */
  mplsInIp: 512,
} as const;

export type Tunnel = (typeof TUNNEL)[keyof typeof TUNNEL];

/**
 * Tunnels whose inner packet is the traffic of the hosts. Not ERSPAN: a mirrored frame is a second copy of traffic
 * that went elsewhere, and only the way of the copy is traffic here.
 */
export const OVERLAY_TUNNELS: number =
  TUNNEL.ipInIp |
  TUNNEL.ipv6InIp |
  TUNNEL.gre |
  TUNNEL.vxlan |
  TUNNEL.geneve |
  TUNNEL.gtpU |
  TUNNEL.teredo |
  TUNNEL.etherInIp |
  TUNNEL.mplsInIp;

/** Names of kinds, in snake case: `tunnelName(TUNNEL.ipInIp) === "ip_in_ip"`. */
export function tunnelName(kind: Tunnel): string {
  return NAMES.get(kind) ?? "none";
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [TUNNEL.ipInIp, "ip_in_ip"],
  [TUNNEL.ipv6InIp, "ipv6_in_ip"],
  [TUNNEL.gre, "gre"],
  [TUNNEL.erspan, "erspan"],
  [TUNNEL.vxlan, "vxlan"],
  [TUNNEL.geneve, "geneve"],
  [TUNNEL.gtpU, "gtp_u"],
  [TUNNEL.teredo, "teredo"],
  [TUNNEL.etherInIp, "ether_in_ip"],
  [TUNNEL.mplsInIp, "mpls_in_ip"],
]);
