import { METHOD_WORDS, wordsOfType } from "./asset-types.ts";
import { Icon } from "./icon.tsx";
import { confidenceText } from "./quantities.ts";
import styles from "./type-label.module.css";

/** A type by icon and word. */
export function TypeLabel({ assetType, size = 17 }: { readonly assetType: string; readonly size?: number }) {
  const { label, icon } = wordsOfType(assetType);
  return (
    <span className={styles.type} data-unknown={assetType === "unknown" || undefined}>
      <Icon name={icon} size={size} />
      <span>{label}</span>
    </span>
  );
}

/** How sure the answer is: a bar and the number. */
export function Confidence({ share }: { readonly share: number }) {
  return (
    <span className={styles.confidence} title={`Confidence ${share.toFixed(3)} of 1`}>
      <span className={styles.track} aria-hidden="true">
        <span className={styles.fill} style={{ width: `${share * 100}%` }} />
      </span>
      <span className="number">{confidenceText(share)}</span>
    </span>
  );
}

export function MethodBadge({ method }: { readonly method: keyof typeof METHOD_WORDS }) {
  const { label, says } = METHOD_WORDS[method];
  return (
    <span className={styles.method} data-method={method} title={says}>
      {method === "manual" && <Icon name="check" size={11} />}
      {label}
    </span>
  );
}
