import { CommandLineError } from "../command-line-error.ts";

export interface NumberRange {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}

/** @throws CommandLineError that names the flag and what it takes */
export function numberOf(text: string | undefined, { name, least, most, usual }: NumberRange): number {
  const number = text === undefined ? usual : Number(text);
  if (text?.trim() === "" || !(number >= least && number <= most)) {
    throw new CommandLineError(
      `${name} takes a number from ${least} to ${most}, not ${JSON.stringify(text)}.`,
    );
  }
  return number;
}

export function integerOf(text: string | undefined, range: NumberRange): number {
  const number = numberOf(text, range);
  if (Number.isInteger(number)) return number;
  throw new CommandLineError(`${range.name} takes a whole number, not ${JSON.stringify(text)}.`);
}

export function portOf(text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return Number(text);
  throw new CommandLineError(`${JSON.stringify(text)} is no UDP port; write 1 to 65535.`);
}

const DAY_MS = 86_400_000;

/** Ms of "90s", "30m", "24h", whole seconds. */
export function timeSpanOf(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text) ?? [];
  const unitMs = unit === "s" ? 1_000 : unit === "m" ? 60_000 : 3_600_000;
  const spanMs = Math.round((Number(number) * unitMs) / 1_000) * 1_000;
  if (number === undefined || spanMs < 1_000 || spanMs > 31 * DAY_MS) {
    throw new CommandLineError(
      `--duration takes a time as 90s, 30m or 24h, at most 744h, not ${JSON.stringify(text)}.`,
    );
  }
  return spanMs;
}

/** Ms after midnight of "08:30". */
export function timeOfDay(text: string): number {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59) {
    throw new CommandLineError(`--from takes a time of day as 08:30, not ${JSON.stringify(text)}.`);
  }
  return (Number(hours) * 60 + Number(minutes)) * 60_000;
}
