import { FLOW_STORE_CONFIG, type FlowStoreConfig } from "#flow-store";
import { METADATA_STORE_CONFIG, type MetadataStoreConfig } from "#metadata-store";
import { ASSETS_CONFIG_DEFAULTS, type AssetsConfig } from "#assets";
import type { EnginesConfig } from "#engines";
import { Value } from "typebox/value";

/** Everything a FlowLens is made of. */
export interface AppOptions {
  readonly dataDirectory: string;
  readonly engines: EnginesConfig;
  readonly flowStore: FlowStoreConfig;
  readonly metadataStore: MetadataStoreConfig;
  readonly assets: AssetsConfig;
}

/** The defaults of every room under what is given. */
export function appOptions(given: Partial<AppOptions> & Pick<AppOptions, "dataDirectory">): AppOptions {
  return {
    engines: {},
    flowStore: Value.Create(FLOW_STORE_CONFIG),
    metadataStore: Value.Create(METADATA_STORE_CONFIG),
    assets: ASSETS_CONFIG_DEFAULTS,
    ...given,
  };
}
