import { Type, type Static } from "typebox";
import { answer, AssetTypeName, nullable } from "./values.ts";

/** What an asset can be. */
export const AssetType = answer("AssetType", {
  name: AssetTypeName,
  label: Type.String({ description: "As people call it." }),
  description: Type.String(),
  parent: nullable(Type.String({ description: "The core type that it is a kind of; null for those." })),
  built_in: Type.Boolean({ description: "Comes with FlowLens." }),
});
export type AssetType = Static<typeof AssetType>;

export const AssetTypeList = answer("AssetTypeList", {
  types: Type.Array(AssetType, { description: "The core types, then those that were added, then unknown." }),
});
export type AssetTypeList = Static<typeof AssetTypeList>;
