import { formatServedPort } from "./asset-query.ts";

/** Protocols without ports, as people call them (IANA protocol numbers). */
const WITHOUT_PORTS: Readonly<Record<number, string>> = {
  1: "icmp",
  2: "igmp",
  4: "ipip",
  41: "ipv6",
  47: "gre",
  50: "esp",
  51: "ah",
  58: "icmpv6",
  88: "eigrp",
  89: "ospf",
  103: "pim",
  112: "vrrp",
};
const WITH_PORTS = [6, 17, 33, 132, 136];

/** A service as people write it: `443/tcp`, `icmp`, `protocol 99`. */
export function formatService(service: { readonly protocol: number; readonly port: number }): string {
  const { protocol } = service;
  if (WITH_PORTS.includes(protocol)) return formatServedPort(service);
  return WITHOUT_PORTS[protocol] ?? `protocol ${protocol}`;
}
