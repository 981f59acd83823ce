import { lookup } from "node:dns/promises";
import type { SimulationTarget } from "#simulation";
import { DEFAULT_INTERNAL_RANGES, parseAddress, parseAddressRange, rangeContains } from "@flowlens/flow";
import { CommandLineError } from "../command-line-error.ts";
import { portOf } from "./numbers.ts";

export interface TargetRules {
  readonly ports: { readonly netflow: number; readonly ipfix: number; readonly sflow: number };
  readonly isPublicAllowed: boolean;
}

/** Collectors by the text of `--to`. @throws CommandLineError on nonsense and on public addresses that were not allowed */
export async function targetsOf(text: string, rules: TargetRules): Promise<SimulationTarget[]> {
  const targets: SimulationTarget[] = [];
  for (const one of text.split(",")) targets.push(await targetOf(one.trim(), rules));
  return targets;
}

/** `host`, `host:port`, `address`, `[ipv6]:port`. */
async function targetOf(text: string, { ports, isPublicAllowed }: TargetRules): Promise<SimulationTarget> {
  const isBareIpv6 = /^[\da-f.]*:[\da-f.]*:[\da-f:.]*$/i.test(text);
  const [, bracketed, plain, port] = isBareIpv6
    ? [text, text, undefined, undefined]
    : (/^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text) ?? []);
  const host = bracketed ?? plain;
  if (host === undefined) {
    throw new CommandLineError(`--to takes HOST or HOST:PORT, not ${JSON.stringify(text)}.`);
  }
  const address = await addressOf(host);
  if (!isPublicAllowed && !isPrivate(address)) {
    throw new CommandLineError(
      `${host} is a public address${host === address ? "" : ` (${address})`}; made-up flows do not belong there. If it is yours: --allow-public.`,
    );
  }
  const all = port === undefined ? undefined : portOf(port, 0);
  return {
    address,
    netflowPort: all ?? ports.netflow,
    ipfixPort: all ?? ports.ipfix,
    sflowPort: all ?? ports.sflow,
  };
}

async function addressOf(host: string): Promise<string> {
  if (parseAddress(host) !== undefined) return host;
  try {
    return (await lookup(host)).address;
  } catch {
    throw new CommandLineError(`No address is known for ${JSON.stringify(host)}.`);
  }
}

function isPrivate(address: string): boolean {
  const bytes = parseAddress(address);
  return (
    bytes !== undefined &&
    ["127.0.0.0/8", "::1/128", ...DEFAULT_INTERNAL_RANGES].some((text) => {
      const range = parseAddressRange(text);
      return range !== undefined && rangeContains(range, bytes);
    })
  );
}
