import type { AssetSummary } from "@flowlens/contract";
import { Link } from "@tanstack/react-router";
import { TypeLabel } from "../ui/type-label.tsx";
import { exactCount } from "../ui/quantities.ts";
import styles from "./type-bars.module.css";

/** How many assets there are of each type; unknown last, calmly. */
export function TypeBars({ summary: { types } }: { readonly summary: AssetSummary }) {
  const most = Math.max(...types.map(({ count }) => count), 1);
  const ordered = [
    ...types.filter(({ asset_type }) => asset_type !== "unknown"),
    ...types.filter(({ asset_type }) => asset_type === "unknown"),
  ];
  return (
    <ul className={styles.bars}>
      {ordered.map(({ asset_type, count }) => (
        <li key={asset_type}>
          <Link to="/assets" search={{ type: [asset_type] }} className={styles.row}>
            <TypeLabel assetType={asset_type} />
            <span className={styles.track} aria-hidden="true">
              <span
                className={styles.fill}
                data-unknown={asset_type === "unknown" || undefined}
                style={{ width: `${(count / most) * 100}%` }}
              />
            </span>
            <span className={styles.count}>{exactCount(count)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
