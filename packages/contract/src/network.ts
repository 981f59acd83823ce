import { Type, type Static } from "typebox";
import { instant } from "./fields.ts";

export const NETWORK = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    name: Type.String(),
    internal_ranges: Type.Array(Type.String(), { description: "CIDR; hosts in them are assets." }),
    time_zone: Type.String({ description: "IANA name." }),
    created_at: instant("When it was made."),
  },
  { title: "Network", additionalProperties: false },
);

export const NETWORK_LIST = Type.Object({ networks: Type.Array(NETWORK) }, { title: "NetworkList", additionalProperties: false });

export type NetworkItem = Readonly<Static<typeof NETWORK>>;
export type NetworkList = Readonly<Static<typeof NETWORK_LIST>>;
