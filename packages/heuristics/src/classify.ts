import type { HostCounts } from "@flowlens/features";
import { formatInteger } from "@flowlens/features";
import {
  CORE_TYPES,
  DEFAULT_HEURISTIC_THRESHOLDS,
  type ClassifyOptions,
  type CoreType,
  type FiredSignal,
  type HeuristicAnswer,
  type HeuristicThresholds,
  type RoleAnswer,
} from "./answer.ts";
import { hostFacts, type HostFacts } from "./host-facts.ts";
import { PROFILES } from "./profiles.ts";
import { fillSentence, type Profile, type Signal } from "./signal.ts";

/** A lead of this much over the closest other candidate leaves a score whole. */
const CLEAR_LEAD = 0.25;
/** At no lead at all a score keeps this share: a tie is never an answer. */
const TIE_KEEPS = 0.35;
/** A finer role is named when its own profile comes this close to the best of its type. */
const ROLE_SLACK = 0.15;

interface Scored {
  readonly profile: Profile;
  readonly score: number;
}

/**
 * What the heuristics say of a host. The score of a profile is the weights of its signals for, times what
 * its signals against leave of them; the best profile's score becomes the confidence, cut where the closest
 * other candidate is near. `unknown` when the confidence or the conversations stay below the thresholds, or
 * when the host shows itself as a device that has no core type.
 */
export function classify(counts: HostCounts, options: ClassifyOptions): HeuristicAnswer {
  const thresholds = options.thresholds ?? DEFAULT_HEURISTIC_THRESHOLDS;
  const facts = hostFacts(counts, options.internal);
  const scored = PROFILES.map((profile) => ({ profile, score: scoreOf(profile, facts) }));
  const best = highest(scored);
  const bestCore = highest(scored.filter((one) => one.profile.type !== null));
  const candidate = bestCore.score > 0 ? bestCore.profile.type : null;

  const confidence = confidenceOf(bestCore, scored);
  const enough = facts.conversations >= thresholds.minConversations;
  const isCore = best.profile.type !== null;
  const decided = enough && isCore && confidence >= thresholds.minConfidence;

  const role = isCore
    ? finerRole(bestCore, confidence, scored)
    : { role: best.profile.role, confidence: confidenceOf(best, scored) };
  const roleDecided = enough && role.confidence >= thresholds.minConfidence && (decided || !isCore);

  const rival = closestOther(
    bestCore,
    scored.filter((one) => one.profile.type !== null),
  );
  return {
    type: decided && candidate !== null ? candidate : "unknown",
    role: roleDecided ? role.role : "unknown",
    method: decided ? "heuristic" : "none",
    confidence,
    roleConfidence: role.confidence,
    candidate,
    runnerUp:
      rival !== undefined && rival.score > 0 && rival.profile.type !== null
        ? { type: rival.profile.type, score: rival.score }
        : null,
    scores: coreScores(scored),
    signals: best.score > 0 ? firedSignals(best.profile, facts) : [],
    missing: decided
      ? []
      : whatIsMissing({ facts, thresholds, scored, best, confidence: isCore ? confidence : role.confidence }),
  };
}

function scoreOf(profile: Profile, facts: HostFacts): number {
  if (facts.conversations === 0 && facts.signalling.length === 0) return 0;
  let points = 0;
  for (const signal of profile.signalsFor) points += signal.weight * strengthOf(signal, facts);
  let left = 1;
  for (const signal of profile.signalsAgainst) left *= 1 - signal.weight * strengthOf(signal, facts);
  return Math.min(1, points * left);
}

function strengthOf(signal: Signal, facts: HostFacts): number {
  return signal.look(facts)?.strength ?? 0;
}

/** What a profile competes as: its core type, or its role where it has none. A container and a virtual machine do not compete: flows alone cannot part them, and either is no wrong. */
function side(profile: Profile): string {
  if (profile.type === "container" || profile.type === "virtual_machine") return "compute";
  return profile.type ?? profile.role;
}

function highest(scored: readonly Scored[]): Scored {
  return scored.reduce((best, one) => (one.score > best.score ? one : best));
}

function closestOther(to: Scored, scored: readonly Scored[]): Scored | undefined {
  const others = scored.filter((one) => side(one.profile) !== side(to.profile));
  return others.length === 0 ? undefined : highest(others);
}

function confidenceOf(one: Scored, scored: readonly Scored[]): number {
  const lead = one.score - (closestOther(one, scored)?.score ?? 0);
  const clear = Math.min(1, Math.max(0, lead / CLEAR_LEAD));
  return one.score * (TIE_KEEPS + (1 - TIE_KEEPS) * clear);
}

function finerRole(
  best: Scored,
  confidence: number,
  scored: readonly Scored[],
): { role: RoleAnswer; confidence: number } {
  const finer = scored.filter(
    (one) => one.profile.type === best.profile.type && one.profile.role !== one.profile.type,
  );
  if (finer.length > 0) {
    const found = highest(finer);
    if (found.score > 0 && found.score >= best.score - ROLE_SLACK) {
      return { role: found.profile.role, confidence: confidence * Math.min(1, found.score / best.score) };
    }
  }
  return { role: best.profile.type ?? best.profile.role, confidence };
}

function coreScores(scored: readonly Scored[]): Record<CoreType, number> {
  const entries = CORE_TYPES.map(
    (type) => [type, highest(scored.filter((one) => one.profile.type === type)).score] as const,
  );
  return Object.fromEntries(entries) as Record<CoreType, number>;
}

function firedSignals(profile: Profile, facts: HostFacts): FiredSignal[] {
  const fired = (signals: readonly Signal[], direction: FiredSignal["direction"]): FiredSignal[] =>
    signals.flatMap((signal) => {
      const sighting = signal.look(facts);
      if (sighting === undefined || sighting.strength <= 0) return [];
      return {
        name: `${profile.name}.${signal.name}`,
        direction,
        effect: signal.weight * sighting.strength,
        sentence: fillSentence(signal.sentence, sighting.words),
      };
    });
  return [...fired(profile.signalsFor, "for"), ...fired(profile.signalsAgainst, "against")].sort(
    (a, b) => b.effect - a.effect,
  );
}

interface Missing {
  readonly facts: HostFacts;
  readonly thresholds: HeuristicThresholds;
  readonly scored: readonly Scored[];
  readonly best: Scored;
  readonly confidence: number;
}

function whatIsMissing({ facts, thresholds, scored, best, confidence }: Missing): string[] {
  if (facts.conversations === 0) return ["no accepted conversation seen yet"];
  const words: string[] = [];
  if (facts.conversations < thresholds.minConversations) {
    words.push(
      `${formatInteger(facts.conversations)} of ${formatInteger(thresholds.minConversations)} conversations seen`,
    );
  }
  if (best.score === 0) words.push("nothing it does speaks for any type");
  else if (confidence < thresholds.minConfidence) {
    const rival = closestOther(best, scored);
    const near =
      rival !== undefined && best.score - rival.score < CLEAR_LEAD && best.score >= thresholds.minConfidence;
    words.push(
      near
        ? `looks like ${best.profile.looksLike} (${best.score.toFixed(2)}) and like ${rival.profile.looksLike} (${rival.score.toFixed(2)}): too close to tell`
        : `nearest is ${best.profile.looksLike} at ${confidence.toFixed(2)}, ${thresholds.minConfidence.toFixed(2)} is needed`,
    );
  } else if (best.profile.type === null) {
    words.push(`looks like ${best.profile.looksLike}, which is none of the nine core types`);
  }
  return words;
}
