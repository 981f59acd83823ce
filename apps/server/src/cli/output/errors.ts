import { CommandLineError } from "../command-line-error.ts";
import { EXIT } from "../exit-code.ts";

/** One line on stderr, the way every message of the program looks. */
export function printError(sentence: string): void {
  process.stderr.write(`flowlens: ${sentence}\n`);
}

/** Prints why a command failed and answers the exit code. Coded errors carry a sentence; anything else is a bug and shows its stack. */
export function reportFailure(error: unknown): number {
  if (isAbort(error)) {
    // `flowlens decode FILE | head`: the reader has what it wanted.
    if (!process.stdout.writable) return EXIT.ok;
    printError("interrupted.");
    return EXIT.interrupted;
  }
  if (error instanceof CommandLineError) {
    printError(error.message);
    return EXIT.refused;
  }
  const code = (error as { code?: unknown }).code;
  if (
    error instanceof Error &&
    typeof code === "string" &&
    /^[A-Z][A-Z_]+$/.test(code) &&
    !/^E[A-Z]+$/.test(code)
  ) {
    printError(`${error.message} (${code})`);
    return EXIT.refused;
  }
  printError(
    `something went wrong that should not: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return EXIT.refused;
}

function isAbort(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === "AbortError" || (error as { code?: unknown }).code === "IMPORT_CANCELLED")
  );
}
