import { Type, type Static } from "typebox";
import { AssetReference } from "./asset-traffic.ts";
import {
  HostAddress,
  PERIOD_ANSWER,
  PERIOD_FIELDS,
  Port,
  ProtocolNumber,
  ServiceName,
  topLimit,
  TOTAL,
} from "./traffic-values.ts";
import { Address, answer, Count, Moment, NetworkName, nullable } from "./values.ts";

/** Traffic over time. Without a period: the last 24 hours of the network's traffic. */
export const TrafficQuery = Type.Object(
  {
    network: Type.Optional(NetworkName),
    host: Type.Optional({ ...HostAddress, description: "Only its traffic; otherwise the whole network's." }),
    ...PERIOD_FIELDS,
    step_s: Type.Optional(
      Type.Integer({
        minimum: 300,
        maximum: 31_536_000,
        multipleOf: 300,
        description:
          "Seconds a point, a multiple of 300. Left out: such that there are at most some 300 points.",
      }),
    ),
  },
  { additionalProperties: false },
);
export type TrafficQuery = Static<typeof TrafficQuery>;

export const TrafficPoint = answer("TrafficPoint", {
  start: Moment,
  conversations: Type.Integer({ minimum: 0, description: "Accepted." }),
  bytes_in: Type.Integer({
    minimum: 0,
    description:
      "Received by the host; without one, sent by clients to servers. Scaled by the sampling rate.",
  }),
  bytes_out: Type.Integer({
    minimum: 0,
    description: "Sent by the host; without one, sent by servers to clients. Scaled.",
  }),
  packets_in: Count,
  packets_out: Count,
});
export type TrafficPoint = Static<typeof TrafficPoint>;

export const Traffic = answer("Traffic", {
  network: Type.String(),
  host: nullable(Address),
  ...PERIOD_ANSWER,
  step_s: Type.Integer({ minimum: 300, description: "Seconds a point." }),
  points: Type.Array(TrafficPoint, {
    description: "In order of time, without gaps: a step without traffic has zeros.",
  }),
});
export type Traffic = Static<typeof Traffic>;

/** Hosts by their traffic. Without a period: the last 24 hours of the network's traffic. */
export const TopTalkersQuery = Type.Object(
  {
    network: Type.Optional(NetworkName),
    by: Type.Optional(Type.Enum(["bytes", "conversations"], { default: "bytes" })),
    internal_only: Type.Optional(
      Type.Boolean({
        default: false,
        description: "Leave out hosts outside the internal ranges of the network.",
      }),
    ),
    ...PERIOD_FIELDS,
    limit: topLimit(1_000, 20),
  },
  { additionalProperties: false },
);
export type TopTalkersQuery = Static<typeof TopTalkersQuery>;

export const TopTalker = answer("TopTalker", {
  address: Address,
  asset: nullable(AssetReference),
  conversations: Type.Integer({ minimum: 0, description: "Accepted, from either side." }),
  bytes: Type.Integer({ minimum: 0, description: "Both directions; scaled by the sampling rate." }),
  bytes_in: Type.Integer({ minimum: 0, description: "Received; scaled." }),
  bytes_out: Type.Integer({ minimum: 0, description: "Sent; scaled." }),
  peers: Type.Integer({ minimum: 0, description: "Distinct addresses it exchanged something with." }),
});
export type TopTalker = Static<typeof TopTalker>;

export const TopTalkers = answer("TopTalkers", {
  network: Type.String(),
  ...PERIOD_ANSWER,
  by: Type.Enum(["bytes", "conversations"]),
  hosts: Type.Array(TopTalker, { description: "Most first." }),
  total: TOTAL,
});
export type TopTalkers = Static<typeof TopTalkers>;

/** Services of the network. Without a period: the last 24 hours of its traffic. */
export const NetworkServicesQuery = Type.Object(
  {
    network: Type.Optional(NetworkName),
    by: Type.Optional(Type.Enum(["clients", "conversations", "bytes"], { default: "clients" })),
    ...PERIOD_FIELDS,
    limit: topLimit(1_000, 50),
  },
  { additionalProperties: false },
);
export type NetworkServicesQuery = Static<typeof NetworkServicesQuery>;

export const NetworkService = answer("NetworkService", {
  protocol: ProtocolNumber,
  port: Port,
  name: ServiceName,
  servers: Type.Integer({ minimum: 0, description: "Distinct hosts that serve it." }),
  clients: Type.Integer({ minimum: 0, description: "Distinct hosts that use it." }),
  conversations: Type.Integer({ minimum: 0, description: "Accepted." }),
  bytes: Type.Integer({ minimum: 0, description: "Both directions; scaled by the sampling rate." }),
});
export type NetworkService = Static<typeof NetworkService>;

export const NetworkServices = answer("NetworkServices", {
  network: Type.String(),
  ...PERIOD_ANSWER,
  by: Type.Enum(["clients", "conversations", "bytes"]),
  services: Type.Array(NetworkService, { description: "Most first." }),
  total: TOTAL,
});
export type NetworkServices = Static<typeof NetworkServices>;
