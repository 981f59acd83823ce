import type { ApiConfig } from "./config.ts";
import type { ApiDependencies } from "./dependencies.ts";

export interface Api {
  /**
   * Listens; answers where, with the port that was really taken.
   * @throws ApiError API_PORT_BUSY, API_ADDRESS_UNUSABLE, API_UPLOADS_UNUSABLE; nothing listens then
   */
  start(): Promise<{ readonly url: string }>;
  /** Takes no more requests, lets those under way and imports end within `stopLimitMs`, breaks off the rest. */
  stop(): Promise<void>;
}

export type CreateApi = (config: ApiConfig, dependencies: ApiDependencies) => Api;
