import { Type, type Static } from "typebox";
import { Address, answer, Count, nullable } from "./values.ts";
import {
  EXCHANGE_FIELDS,
  PERIOD_ANSWER,
  PERIOD_FIELDS,
  Port,
  ProtocolNumber,
  SEEN_FIELDS,
  ServiceName,
  Side,
  topLimit,
  TOTAL,
} from "./traffic-values.ts";
import { Moment } from "./values.ts";

/** What is asked of one asset's traffic. Without a period: that of its last description, up to its newest traffic. */
export const AssetTrafficQuery = Type.Object(
  { ...PERIOD_FIELDS, limit: topLimit(10_000, 1_000) },
  { additionalProperties: false },
);
export type AssetTrafficQuery = Static<typeof AssetTrafficQuery>;

/** A service that the host served, used, or tried. */
export const AssetService = answer("AssetService", {
  side: Side,
  protocol: ProtocolNumber,
  port: Port,
  name: ServiceName,
  served: Type.Boolean({ description: "It answered there in this period. Never for ICMP." }),
  peers: Type.Integer({ minimum: 0, description: "Distinct addresses it exchanged something with there." }),
  ...EXCHANGE_FIELDS,
  ...SEEN_FIELDS,
});
export type AssetService = Static<typeof AssetService>;

export const AssetServices = answer("AssetServices", {
  ...PERIOD_ANSWER,
  services: Type.Array(AssetService, { description: "Most conversations first." }),
  total: TOTAL,
});
export type AssetServices = Static<typeof AssetServices>;

/** The asset at an address, where there is one. */
export const AssetReference = answer("AssetReference", {
  id: Type.Integer({ minimum: 1 }),
  name: Type.String(),
  asset_type: Type.String(),
});
export type AssetReference = Static<typeof AssetReference>;

export const AssetPeer = answer("AssetPeer", {
  address: Address,
  asset: nullable(AssetReference),
  services: Type.Integer({ minimum: 0, description: "Distinct services of either side used between them." }),
  conversations_in: Type.Integer({
    minimum: 0,
    description: "Of the conversations, those that the peer opened.",
  }),
  ...EXCHANGE_FIELDS,
  ...SEEN_FIELDS,
});
export type AssetPeer = Static<typeof AssetPeer>;

export const AssetPeers = answer("AssetPeers", {
  ...PERIOD_ANSWER,
  peers: Type.Array(AssetPeer, { description: "Most conversations first." }),
  total: TOTAL,
});
export type AssetPeers = Static<typeof AssetPeers>;

/** One hour on the clock of the network's time zone. */
export const AssetHour = answer("AssetHour", {
  start: Moment,
  weekday: Type.Integer({ minimum: 1, maximum: 7, description: "1 is Monday; in the network's time zone." }),
  hour: Type.Integer({ minimum: 0, maximum: 23, description: "Of the day; in the network's time zone." }),
  conversations_in: Type.Integer({ minimum: 0, description: "Of the conversations, those it accepted." }),
  ...EXCHANGE_FIELDS,
});
export type AssetHour = Static<typeof AssetHour>;

export const AssetActivity = answer("AssetActivity", {
  ...PERIOD_ANSWER,
  time_zone: Type.String({ description: "IANA name." }),
  hours: Type.Array(AssetHour, { description: "In order of time; hours without anything are left out." }),
  total: { ...Count, description: "Hours with something, without the limit." },
});
export type AssetActivity = Static<typeof AssetActivity>;
