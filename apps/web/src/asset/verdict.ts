import type { AssetDetail, Reason } from "@flowlens/contract";
import { wordsOfType } from "../ui/asset-types.ts";
import { confidenceText } from "../ui/quantities.ts";

/** So many reasons a sentence bears; the lists below it have all. */
const REASONS_SAID = 3;

/** What an asset is taken for and why, in words. */
export interface Verdict {
  /** "It is a database." */
  readonly lead: string;
  /** How sure the engine is; undefined where a person or a rule said so, or nobody did. */
  readonly confidence: number | undefined;
  /** "Because it serves …; it has … ." */
  readonly because: string | undefined;
  /** "Against it: …" */
  readonly against: string | undefined;
  /** "If not, a server (0.21)." */
  readonly otherwise: string | undefined;
  /** What the engine says now where that is something else than a person said. */
  readonly disagreement: string | undefined;
}

export function verdictOf(asset: AssetDetail): Verdict {
  const { asset_type, classification_method: method, engine, explanation } = asset;
  const { inSentence } = wordsOfType(asset_type);
  const isDecided = asset_type !== "unknown";
  // The reasons are the engine's: they say nothing for a type that it does not see.
  const isEngines = engine === null || engine.asset_type === asset_type;
  const reasons = isEngines && isDecided ? (explanation?.reasons ?? []) : [];
  const runnerUp = explanation?.runner_up ?? engine?.runner_up ?? null;
  return {
    lead: asset.confirmed
      ? isDecided
        ? `A person confirmed that it is ${inSentence}.`
        : "A person set it to unknown."
      : !isDecided
        ? "Nothing was sure enough to say what it is."
        : method === "rule"
          ? `A rule of yours makes it ${inSentence}.`
          : `It is ${inSentence}.`,
    confidence: isDecided && !asset.confirmed && method !== "rule" ? asset.confidence : undefined,
    because: said(reasons, "for", "Because it "),
    against: said(reasons, "against", "Against it: it "),
    otherwise:
      runnerUp === null || runnerUp.asset_type === asset_type || asset.confirmed || !isDecided
        ? undefined
        : `If not, ${scored(runnerUp)}.`,
    disagreement:
      asset.confirmed && engine !== null && !isEngines && engine.asset_type !== "unknown"
        ? `From the traffic alone, the engine would say ${scored(engine)}. It stays as the person said.`
        : undefined,
  };
}

/**
 * What the reasons speak for: the engine's answer, or, where it gives none, what came nearest, by whose name those
 * of the heuristics begin ("server.serves_web"). Undefined where that is not told.
 */
export function subjectOf({ engine, asset_type, explanation }: AssetDetail): string | undefined {
  const answer = engine?.asset_type ?? asset_type;
  if (answer !== "unknown") return wordsOfType(answer).inSentence;
  const [, nearest] = /^(\w+)\./.exec(explanation?.reasons[0]?.name ?? "") ?? [];
  return nearest === undefined ? undefined : wordsOfType(nearest).inSentence;
}

export function reasonsOf(reasons: readonly Reason[], direction: Reason["direction"]): Reason[] {
  return reasons.filter((reason) => reason.direction === direction);
}

function said(
  reasons: readonly Reason[],
  direction: Reason["direction"],
  opening: string,
): string | undefined {
  const sentences = reasonsOf(reasons, direction).map(({ sentence }) => sentence.replace(/\.$/, ""));
  if (sentences.length === 0) return undefined;
  const rest = sentences.length - REASONS_SAID;
  const told = sentences.slice(0, REASONS_SAID).join("; ");
  return `${opening}${told}${rest > 0 ? `; and ${rest} more` : ""}.`;
}

function scored({
  asset_type,
  confidence,
}: {
  readonly asset_type: string;
  readonly confidence: number;
}): string {
  return `${wordsOfType(asset_type).inSentence} (${confidenceText(confidence)})`;
}
