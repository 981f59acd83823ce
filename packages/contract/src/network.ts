import { Type, type Static } from "typebox";
import { answer, Count, Moment, NetworkName, nullable } from "./values.ts";

const FIELDS = {
  id: Type.Integer({ minimum: 1 }),
  name: Type.String(),
  internal_ranges: Type.Array(Type.String(), {
    description: "Hosts in them are assets.",
    examples: [["10.0.0.0/8"]],
  }),
  time_zone: Type.String({ description: "IANA name." }),
  created_at: Moment,
};

/** An address space: the same address in two networks is two hosts. */
export const Network = answer("Network", FIELDS);
export type Network = Static<typeof Network>;

export const NetworkList = answer("NetworkList", { networks: Type.Array(Network) });
export type NetworkList = Static<typeof NetworkList>;

export const NetworkPath = Type.Object({ name: NetworkName }, { additionalProperties: false });
export type NetworkPath = Static<typeof NetworkPath>;

/** One network with what is known of it. */
export const NetworkDetail = answer("NetworkDetail", {
  ...FIELDS,
  assets: Type.Object({ internal: Count, external: Count }, { additionalProperties: false }),
  first_traffic: nullable(Moment),
  last_traffic: nullable(Moment),
});
export type NetworkDetail = Static<typeof NetworkDetail>;
