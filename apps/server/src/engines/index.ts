/**
 * The engines: starts, watches and stops ClickHouse and PostgreSQL, or watches the servers whose addresses were given; holds the
 * data directory for one FlowLens at a time, and knows where that one answers.
 * Not here: any table or query of FlowLens; callers get addresses and speak to the engines themselves.
 */
export { ENGINES_CONFIG, type EnginesConfig } from "./engine-config.ts";
export { EngineError, type EngineErrorCode } from "./engine-error.ts";
export type {
  ClickHouseAddress,
  EngineAddresses,
  EngineEvent,
  EngineName,
  EngineState,
  EngineStatus,
  PostgresAddress,
} from "./engine-types.ts";
export { createEngines, type Engines, type EnginesOptions } from "./engines.ts";
export { lockHolder, type LockHolder } from "./instance-lock.ts";
export { findService, publishService, type PublishedService, type Service } from "./service-file.ts";
