import type { CoreType, RoleAnswer } from "./answer.ts";
import type { HostFacts } from "./host-facts.ts";

/** What a signal saw: how strongly (0–1, 0 is not seen) and the words for its sentence's placeholders. */
export interface Sighting {
  readonly strength: number;
  readonly words?: Readonly<Record<string, string>>;
}

export interface Signal {
  /** Unique within its profile. */
  readonly name: string;
  /**
   * A signal for: points of the score, those of a profile sum to 1. A signal against: the share of the
   * score it takes away at full strength, 0–1.
   */
  readonly weight: number;
  /** Sentence for a person, without subject; `{word}` is filled from the sighting. */
  readonly sentence: string;
  readonly look: (facts: HostFacts) => Sighting | undefined;
}

/**
 * One way to be of a type. A type may have several (a router and a home gateway are network devices that
 * look nothing alike); its score is the best of theirs.
 */
export interface Profile {
  /** Unique; the first part of its signals' names. */
  readonly name: string;
  /** null for devices that are none of the nine core types. */
  readonly type: CoreType | null;
  readonly role: RoleAnswer;
  /** "a database", as in "looks like a database". */
  readonly looksLike: string;
  readonly signalsFor: readonly Signal[];
  readonly signalsAgainst: readonly Signal[];
}

/** The sentence with its words in place. Throws a RangeError when a placeholder has no word: a mistake in the data. */
export function fillSentence(sentence: string, words: Readonly<Record<string, string>> = {}): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (_, word: string) => {
    const filled = words[word];
    if (filled === undefined) throw new RangeError(`The sentence "${sentence}" has no word for {${word}}.`);
    return filled;
  });
}

/** 0 at `from`, 1 at `to`, straight between, clamped; `from` may be the larger. */
export function ramp(value: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}

/** As `ramp` on a logarithmic scale: for counts and bytes, where a factor matters and a difference does not. Bounds are positive. */
export function logRamp(value: number, from: number, to: number): number {
  return value <= 0 ? ramp(0, from, to) : ramp(Math.log(value), Math.log(from), Math.log(to));
}
