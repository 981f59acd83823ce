import type { Service } from "#engines";
import { CommandLineError } from "../command-line-error.ts";
import type { Session } from "./session.ts";

export function openRemoteSession(service: Service): Session {
  throw new CommandLineError(`process ${service.pid} serves this data directory at ${service.url}`);
}
