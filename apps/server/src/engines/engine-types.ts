import type { EngineError } from "./engine-error.ts";

export type EngineName = "clickhouse" | "postgres";

/** Where ClickHouse answers over HTTP. `url` has no credentials and no trailing slash; `database` only when the given URL names one. */
export type ClickHouseAddress = {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database?: string;
};

/** Where PostgreSQL answers. Can be spread into the options of `pg`'s `Pool` and `Client`. */
export type PostgresAddress = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly ssl: boolean | Readonly<Record<string, unknown>>;
};

export type EngineAddresses = { readonly clickhouse: ClickHouseAddress; readonly postgres: PostgresAddress };

export type EngineState =
  | "stopped"
  | "starting"
  | "running"
  | "silent"
  | "restarting"
  | "stopping"
  | "failed";

/** `embedded`: a child process of ours. `url`: a server somebody gave us, which we watch but cannot restart. */
export type EngineStatus = {
  readonly engine: EngineName;
  readonly mode: "embedded" | "url";
  readonly state: EngineState;
  readonly host: string;
  /** `null` before the first start. */
  readonly port: number | null;
  /** Of the child, `null` while there is none. */
  readonly pid: number | null;
  readonly restarts: number;
  readonly lastHeartbeatAt: Date | null;
  /** Resident memory of the engine's processes, where the platform tells it. */
  readonly rssBytes: number | null;
  readonly lastError: string | null;
};

/** What happened to an engine after `start` had succeeded. */
export type EngineEvent =
  | { readonly type: "down"; readonly engine: EngineName; readonly reason: string }
  | {
      readonly type: "up";
      readonly engine: EngineName;
      readonly addressChanged: boolean;
      readonly downMs: number;
    }
  | { readonly type: "failed"; readonly engine: EngineName; readonly error: EngineError };

/** One engine, embedded or given. `start` answers its address once it has accepted our password. */
export type Engine<Address> = {
  start(): Promise<Address>;
  stop(): Promise<void>;
  address(): Address;
  status(): EngineStatus;
};
