import type { AssetDetail, Reason } from "@flowlens/contract";
import { wordsOfType } from "../ui/asset-types.ts";
import { Icon } from "../ui/icon.tsx";
import { exactMoment, longDuration } from "../ui/moments.ts";
import { confidenceText } from "../ui/quantities.ts";
import { MethodBadge } from "../ui/type-label.tsx";
import { reasonsOf, subjectOf, verdictOf } from "./verdict.ts";
import styles from "./verdict-panel.module.css";

/** The answer in one sentence, and all that speaks for and against it. */
export function VerdictPanel({ asset }: { readonly asset: AssetDetail }) {
  const verdict = verdictOf(asset);
  const subject = subjectOf(asset);
  const { explanation, engine, challenger } = asset;
  return (
    <section className={styles.panel} aria-label="What it is, and why">
      <div className={styles.answer}>
        <span className={styles.icon} data-unknown={asset.asset_type === "unknown" || undefined}>
          <Icon name={wordsOfType(asset.asset_type).icon} size={26} />
        </span>
        <div className={styles.words}>
          <p className={styles.lead}>
            {verdict.lead}
            {verdict.confidence !== undefined && (
              <span className={styles.confidence} title={`Confidence ${verdict.confidence.toFixed(3)} of 1`}>
                {confidenceText(verdict.confidence)}
              </span>
            )}
            <MethodBadge method={asset.classification_method} />
          </p>
          <p className={styles.sentence}>
            {[verdict.because, verdict.against, verdict.otherwise].filter(Boolean).join(" ")}
          </p>
          {verdict.disagreement !== undefined && <p className={styles.aside}>{verdict.disagreement}</p>}
          {challenger !== null && (
            <p className={styles.aside}>
              {wordsOfType(challenger.asset_type).label} has won {challenger.runs} runs in a row; after 3 it
              takes over.
            </p>
          )}
          {asset.classification_locked && (
            <p className={styles.aside}>Locked: the engine does not change it.</p>
          )}
        </div>
      </div>
      {explanation === null ? (
        <p className={styles.nothing}>
          It has not been described yet. That happens some seconds after its traffic came in.
        </p>
      ) : (
        <>
          {explanation.missing.length > 0 && (
            <div className={styles.missing}>
              <h2>What is missing for an answer</h2>
              <ul>
                {explanation.missing.map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
            </div>
          )}
          <div className={styles.reasons}>
            <Reasons
              title={subject === undefined ? "For" : `For ${subject}`}
              reasons={reasonsOf(explanation.reasons, "for")}
            />
            <Reasons title="Against" reasons={reasonsOf(explanation.reasons, "against")} />
          </div>
          <p className={styles.period}>
            Evidence: {longDuration(Date.parse(explanation.period_to) - Date.parse(explanation.period_from))}{" "}
            of traffic, from {exactMoment(explanation.period_from)} to {exactMoment(explanation.period_to)}.{" "}
            {engine?.model_version !== null && engine !== null && `Model ${engine.model_version}.`}
          </p>
        </>
      )}
    </section>
  );
}

function Reasons({ title, reasons }: { readonly title: string; readonly reasons: readonly Reason[] }) {
  return (
    <div>
      <h2>{title}</h2>
      {reasons.length === 0 ? (
        <p className="soft">Nothing.</p>
      ) : (
        <ul className={styles.list}>
          {reasons.map(({ name, sentence, effect, direction }) => (
            <li key={name} className={styles.reason} data-direction={direction}>
              <Icon name={direction === "for" ? "plus" : "minus"} size={14} />
              <span>{sentence}</span>
              <span
                className={styles.effect}
                title={`Moved the answer by ${effect.toFixed(3)}`}
                aria-label={`weight ${effect.toFixed(2)}`}
                role="img"
              >
                <span style={{ width: `${Math.min(1, Math.abs(effect)) * 100}%` }} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
