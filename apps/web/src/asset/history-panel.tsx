import type { AssetDetail, TypeChange } from "@flowlens/contract";
import { METHOD_WORDS, wordsOfType } from "../ui/asset-types.ts";
import { EmptyState } from "../ui/notices.tsx";
import { Panel } from "../ui/panel.tsx";
import { confidenceText } from "../ui/quantities.ts";
import { TypeLabel } from "../ui/type-label.tsx";
import { MomentText } from "../ui/values.tsx";
import styles from "./history-panel.module.css";

/** Every change of type, with who decided and why. */
export function HistoryPanel({ history }: { readonly history: AssetDetail["history"] }) {
  return (
    <Panel title="History" note="Every change of its type, newest first.">
      {history.length === 0 ? (
        <EmptyState icon="unknown" title="Its type has never changed." />
      ) : (
        <ol className={styles.changes}>
          {history.map((change) => (
            <li key={change.id} className={styles.change}>
              <TypeLabel assetType={change.to_type} />
              <p className={styles.words}>
                {changeWords(change)} · <MomentText at={change.at} />
              </p>
              {change.reasons[0] !== undefined && <p className="soft">It {change.reasons[0].sentence}.</p>}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function changeWords({ from_type, method, confidence, model_version }: TypeChange): string {
  const was =
    from_type === "unknown" ? "until then unknown" : `until then ${wordsOfType(from_type).inSentence}`;
  const who =
    method === "manual"
      ? "confirmed by a person"
      : `${METHOD_WORDS[method].label}, ${confidenceText(confidence)}`;
  return `${who}${model_version === null ? "" : `, model ${model_version}`}; ${was}`;
}
