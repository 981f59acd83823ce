import { Type, type Static } from "typebox";
import { AssetTypeName, ClassificationMethod, Moment, NetworkName, Share } from "./values.ts";

export const ASSET_SORT_KEYS = [
  "address",
  "name",
  "type",
  "method",
  "confidence",
  "first_seen",
  "last_seen",
  "conversations",
  "bytes_in",
  "bytes_out",
  "clients",
  "servers",
] as const;

/** IP protocols with ports, as `served_port` names them. */
const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, dccp: 33, sctp: 132, udplite: 136 };

/**
 * What the list of assets can be asked. All that is given must hold; several values of one name: any of them.
 * A cursor is opaque and good for the sort it was made in: it names the last row of a page, so rows that come or go
 * between two pages neither repeat nor hide others.
 */
export const AssetListQuery = Type.Object(
  {
    network: Type.Optional(NetworkName),
    type: Type.Optional(Type.Array(AssetTypeName, { minItems: 1, maxItems: 100 })),
    method: Type.Optional(Type.Array(ClassificationMethod, { minItems: 1, maxItems: 5 })),
    min_confidence: Type.Optional(Share),
    max_confidence: Type.Optional(Share),
    served_port: Type.Optional(
      Type.String({
        pattern: "^[1-9]\\d{0,4}(/(tcp|udp|dccp|sctp|udplite))?$",
        description: "A port that the asset serves, over any protocol or the one named.",
        examples: ["443", "53/udp"],
      }),
    ),
    address: Type.Optional(
      Type.String({
        minLength: 2,
        maxLength: 49,
        description: "An address or a range.",
        examples: ["10.1.0.0/16", "2001:db8::/32"],
      }),
    ),
    search: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        pattern: "^[^\\u0000]*$",
        description: "Occurs in address, name or notes; case is ignored.",
      }),
    ),
    internal: Type.Optional(
      Type.Boolean({ description: "Lies in the network's internal ranges; false: lies outside." }),
    ),
    locked: Type.Optional(Type.Boolean()),
    confirmed: Type.Optional(Type.Boolean({ description: "A person said what it is." })),
    first_seen_from: Type.Optional(Moment),
    first_seen_to: Type.Optional(Moment),
    last_seen_from: Type.Optional(Moment),
    last_seen_to: Type.Optional(Moment),
    sort: Type.Optional(
      Type.Enum(ASSET_SORT_KEYS, { default: "address", description: "Equal values are ordered by id." }),
    ),
    order: Type.Optional(Type.Enum(["asc", "desc"], { default: "asc" })),
    cursor: Type.Optional(
      Type.String({ minLength: 1, maxLength: 2_000, description: "next_cursor of the page before." }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 })),
    with_total: Type.Optional(
      Type.Boolean({ default: false, description: "Also count all that pass the filter." }),
    ),
  },
  { additionalProperties: false },
);
export type AssetListQuery = Static<typeof AssetListQuery>;

/** `443` or `53/udp` taken apart; undefined when it is neither, or no port is so high. */
export function parseServedPort(
  text: string,
): { readonly port: number; readonly protocol?: number } | undefined {
  const [portText, protocolName, ...more] = text.split("/");
  if (portText === undefined || !/^[1-9]\d{0,4}$/.test(portText) || more.length > 0) return undefined;
  const port = Number(portText);
  if (port > 65_535) return undefined;
  if (protocolName === undefined) return { port };
  const protocol = Object.hasOwn(PROTOCOLS, protocolName) ? PROTOCOLS[protocolName] : undefined;
  return protocol === undefined ? undefined : { port, protocol };
}

/** `443/tcp`; a protocol without a name here as its number. */
export function formatServedPort({
  protocol,
  port,
}: {
  readonly protocol: number;
  readonly port: number;
}): string {
  const name = Object.keys(PROTOCOLS).find((one) => PROTOCOLS[one] === protocol);
  return `${port}/${name ?? protocol}`;
}
