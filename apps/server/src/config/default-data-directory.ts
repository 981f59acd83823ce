import { join } from "node:path";
import type { Environment } from "./environment.ts";

export type Surroundings = {
  readonly environment: Environment;
  readonly homeDirectory: string;
  readonly platform: string;
  readonly isRoot: boolean;
};

/**
 * Where the data are when nobody says: what systemd gives the unit (StateDirectory=); for root /var/lib/flowlens (FHS); else the
 * user's place for data (XDG Base Directory; on macOS Application Support). Never the working directory: started from another
 * folder, FlowLens would come up empty and people would think their data lost.
 */
export function defaultDataDirectory({ environment, homeDirectory, platform, isRoot }: Surroundings): string {
  const [ofSystemd] = (environment["STATE_DIRECTORY"] ?? "").split(":");
  if (ofSystemd) return ofSystemd;
  if (platform === "darwin") return join(homeDirectory, "Library", "Application Support", "FlowLens");
  if (isRoot) return "/var/lib/flowlens";
  const ofUser = environment["XDG_DATA_HOME"];
  // XDG: a relative path is invalid and must be ignored.
  return join(ofUser?.startsWith("/") ? ofUser : join(homeDirectory, ".local", "share"), "flowlens");
}
