import { Type, type Static } from "typebox";
import { answer, Moment } from "./values.ts";

/** An address space: the same address in two networks is two hosts. */
export const Network = answer("Network", {
  id: Type.Integer({ minimum: 1 }),
  name: Type.String(),
  internal_ranges: Type.Array(Type.String(), {
    description: "Hosts in them are assets.",
    examples: [["10.0.0.0/8"]],
  }),
  time_zone: Type.String({ description: "IANA name." }),
  created_at: Moment,
});
export type Network = Static<typeof Network>;

export const NetworkList = answer("NetworkList", { networks: Type.Array(Network) });
export type NetworkList = Static<typeof NetworkList>;
