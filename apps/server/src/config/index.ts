/**
 * Configuration: merges what rooms declare, a settings file, the environment and flags; checks it once, freezes it, and knows
 * where each value came from.
 * Not here: any setting itself; each room declares its own, and the composition root puts them together.
 */
export { ConfigError, type ConfigErrorCode, type ConfigProblem } from "./config-error.ts";
export { CONFIG_FILE_NAME, type ConfigSources, type Origin } from "./config-place.ts";
export { nearest } from "./nearest.ts";
export { loadConfig, type Config, type SettingInForce } from "./load-config.ts";
export { listSettings, type ConfigOf, type Sections, type Setting } from "./settings.ts";
