import type { Logger } from "#telemetry";
import type { EngineEvent } from "./engine-types.ts";

export type EngineDependencies = { readonly logger: Logger; readonly onEvent?: (event: EngineEvent) => void };
