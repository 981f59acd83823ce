import { loadSettings, type Settings } from "#app";

/** Options of every command that works on a data directory. */
export const DATA_ARGS = {
  data: {
    type: "string",
    description: "Data directory (FLOWLENS_DATA; by default the place your system keeps data in)",
    valueHint: "DIR",
  },
  config: {
    type: "string",
    description: "Settings file (FLOWLENS_CONFIG; by default flowlens.json in the data directory)",
    valueHint: "FILE",
  },
} as const;

export interface DataArgs {
  readonly data?: string | undefined;
  readonly config?: string | undefined;
}

/** The settings in force for a command. @throws ConfigError */
export function settingsFor(args: DataArgs, flags: Readonly<Record<string, unknown>> = {}): Settings {
  return loadSettings({ environment: process.env, dataDirectory: args.data, configPath: args.config, flags });
}
