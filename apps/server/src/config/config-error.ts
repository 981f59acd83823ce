export type ConfigErrorCode = "CONFIG_FILE_UNREADABLE" | "CONFIG_INVALID";

/** What is wrong with one setting: where it was given, and a sentence. Never holds the value of a secret. */
export type ConfigProblem = { readonly where: string; readonly message: string };

/** The configuration cannot be used. All problems are told at once, one a line of `message`. */
export class ConfigError extends Error {
  readonly code: ConfigErrorCode;
  readonly context: { readonly problems: readonly ConfigProblem[] };

  constructor(code: ConfigErrorCode, problems: readonly ConfigProblem[], cause?: unknown) {
    const lines = problems.map(({ where, message }) => `${where}: ${message}`);
    super(lines.join("\n"), cause === undefined ? undefined : { cause });
    this.name = "ConfigError";
    this.code = code;
    this.context = { problems };
  }
}
