/**
 * The engines: starts, watches and stops ClickHouse and PostgreSQL, or watches the servers whose addresses were given.
 * Not here: any table or query of FlowLens; callers get addresses and speak to the engines themselves.
 */
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
