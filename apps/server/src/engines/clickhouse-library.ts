import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { EngineError } from "./engine-error.ts";

const PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "@chdb/lib-linux-x64-gnu",
  "linux-arm64": "@chdb/lib-linux-arm64-gnu",
  "darwin-x64": "@chdb/lib-darwin-x64",
  "darwin-arm64": "@chdb/lib-darwin-arm64",
};

const WAY_ON =
  "Give FlowLens a ClickHouse server instead: set FLOWLENS_CLICKHOUSE_URL, for example http://user:password@host:8123/flowlens.";

/**
 * Path of libchdb for this platform. `resolve` answers the path of a package's package.json.
 * @throws EngineError ENGINE_UNSUPPORTED when npm brings none for the platform, or has not installed it
 */
export function findClickHouseLibrary(
  platform: string = `${process.platform}-${process.arch}`,
  resolve: (specifier: string) => string = createRequire(import.meta.url).resolve,
): string {
  const name = PACKAGES[platform];
  if (name === undefined) {
    throw new EngineError(
      "ENGINE_UNSUPPORTED",
      `There is no embedded ClickHouse for ${platform}. ${WAY_ON}`,
      { context: { platform } },
    );
  }
  let folder: string;
  try {
    folder = dirname(resolve(`${name}/package.json`));
  } catch (cause) {
    throw new EngineError(
      "ENGINE_UNSUPPORTED",
      `The embedded ClickHouse for ${platform} (npm package ${name}) is not installed; it needs glibc on Linux and an install without --omit=optional. Run npm install again. ${WAY_ON}`,
      { context: { platform, package: name }, cause },
    );
  }
  const path = join(folder, "libchdb.so");
  if (!existsSync(path)) {
    throw new EngineError(
      "ENGINE_UNSUPPORTED",
      `The npm package ${name} is damaged: ${path} is missing. Run npm install again. ${WAY_ON}`,
      {
        context: { platform, package: name, path },
      },
    );
  }
  return path;
}
