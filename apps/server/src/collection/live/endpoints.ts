import { isIPv4, isIPv6 } from "node:net";
import { DEFAULT_INTERNAL_RANGES, parseAddressRange } from "@flowlens/flow";
import { CollectionError } from "../errors.ts";
import type { CollectorConfig } from "./config.ts";
import type { Endpoint } from "./messages.ts";

/** A port of the settings with what is usually sent there. */
interface ConfiguredPort {
  readonly port: number | "off";
  readonly protocols: readonly string[];
  readonly setting: string;
}

export interface PlannedEndpoint extends Endpoint {
  readonly protocols: readonly string[];
  /** `collector.netflowPort` */
  readonly setting: string;
}

const IPV4_ANY = "0.0.0.0";
const IPV6_ANY = "::";
const LOOPBACK = ["127.0.0.0/8", "::1/128"];

/** Where to receive. @throws CollectionError COLLECTOR_BAD_SETTING */
export function planEndpoints(config: CollectorConfig): PlannedEndpoint[] {
  const ports: ConfiguredPort[] = [
    {
      port: config.netflowPort,
      protocols: ["netflow5", "netflow9", "ipfix"],
      setting: "collector.netflowPort",
    },
    { port: config.ipfixPort, protocols: ["ipfix"], setting: "collector.ipfixPort" },
    { port: config.sflowPort, protocols: ["sflow5"], setting: "collector.sflowPort" },
  ];
  const used = new Map<number, string>();
  for (const { port, setting } of ports) {
    if (port === "off" || port === 0) continue;
    const other = used.get(port);
    if (other !== undefined) {
      throw badSetting(
        setting,
        `${other} and ${setting} are both ${port}. Every port takes every protocol: set one of them to "off".`,
      );
    }
    used.set(port, setting);
  }
  const hosts = [...new Set(config.hosts)];
  for (const host of hosts) {
    if (isIPv4(host) || isIPv6(host)) continue;
    throw badSetting(
      "collector.hosts",
      `collector.hosts has ${JSON.stringify(host)}, which is no address. Name addresses of this machine, or 0.0.0.0 and :: for all.`,
    );
  }
  const hasIpv4 = hosts.includes(IPV4_ANY);
  return ports.flatMap(({ port, protocols, setting }, group) =>
    port === "off"
      ? []
      : hosts.map((address) => ({
          address,
          port,
          group,
          protocols,
          setting,
          dualStack: address === IPV6_ANY && !hasIpv4,
          // A machine without IPv6 still receives over IPv4.
          optional: address === IPV6_ANY && hasIpv4,
        })),
  );
}

/** Ranges whose packets are taken: this machine, private ones, and those of the settings. @throws CollectionError COLLECTOR_BAD_SETTING */
export function allowedRanges(config: CollectorConfig): string[] {
  for (const text of config.exporters) {
    if (parseAddressRange(text) === undefined) {
      throw badSetting(
        "collector.exporters",
        `collector.exporters has ${JSON.stringify(text)}, which is no address or range. Write 203.0.113.7 or 2001:db8::/32.`,
      );
    }
  }
  return [...LOOPBACK, ...DEFAULT_INTERNAL_RANGES, ...config.exporters];
}

function badSetting(setting: string, message: string): CollectionError {
  return new CollectionError("COLLECTOR_BAD_SETTING", message, { context: { setting } });
}
