import { Type } from "typebox";
import { API_CONFIG } from "#api";
import { ASSETS_CONFIG } from "#assets";
import { COLLECTOR_CONFIG } from "#collection";
import { loadConfig, type Config, type ConfigSources } from "#config";
import { ENGINES_CONFIG } from "#engines";
import { FLOW_STORE_CONFIG } from "#flow-store";
import { METADATA_STORE_CONFIG } from "#metadata-store";
import { SPOOL_CONFIG } from "#spool";
import { LOG_LEVELS } from "#telemetry";
import { RETENTION_CONFIG } from "./housekeeping.ts";

const LOG_CONFIG = Type.Object(
  {
    level: Type.Enum(LOG_LEVELS, {
      default: "info",
      description: "Log lines below this level are left out.",
    }),
  },
  { additionalProperties: false },
);

/** Every setting of FlowLens, by the room that declares it. */
const SECTIONS = {
  engines: ENGINES_CONFIG,
  flowStore: FLOW_STORE_CONFIG,
  metadataStore: METADATA_STORE_CONFIG,
  collector: COLLECTOR_CONFIG,
  spool: SPOOL_CONFIG,
  assets: ASSETS_CONFIG,
  api: API_CONFIG,
  log: LOG_CONFIG,
  retention: RETENTION_CONFIG,
} as const;

export type Settings = Config<typeof SECTIONS>;

/** @throws ConfigError that names every wrong, unknown or missing setting and where it was given */
export function loadSettings(sources: ConfigSources): Settings {
  return loadConfig(SECTIONS, sources);
}
