import type { AssetTypeCount } from "@flowlens/contract";
import { Skeleton } from "@mantine/core";
import { wordsOfType } from "../ui/asset-types.ts";
import { Icon } from "../ui/icon.tsx";
import { exactCount, shortCount } from "../ui/quantities.ts";
import { toggled } from "./asset-search.ts";
import styles from "./type-facets.module.css";
import { useFilter } from "./use-filter.ts";

export interface TypeFacetsProps {
  readonly types: readonly AssetTypeCount[] | undefined;
  readonly chosen: readonly string[] | undefined;
}

/** The types there are, with how many of each; one or several may be chosen. */
export function TypeFacets({ types, chosen }: TypeFacetsProps) {
  const filter = useFilter();
  if (types === undefined) return <Skeleton height={34} radius="md" />;
  const absent = (chosen ?? []).filter((name) => !types.some(({ asset_type }) => asset_type === name));
  const listed = [...types, ...absent.map((name) => ({ asset_type: name, count: 0 }))].toSorted(unknownLast);
  if (listed.length === 0) return null;
  return (
    <fieldset className={styles.facets}>
      <legend className="visually-hidden">Types</legend>
      {listed.map(({ asset_type, count }) => {
        const { label, icon } = wordsOfType(asset_type);
        return (
          <button
            key={asset_type}
            type="button"
            className={`plain ${styles.facet}`}
            aria-pressed={chosen?.includes(asset_type) ?? false}
            title={`${exactCount(count)} assets`}
            onClick={() => filter({ type: toggled(chosen, asset_type) })}
          >
            <Icon name={icon} size={16} />
            {label}
            <span className={styles.count}>{shortCount(count)}</span>
          </button>
        );
      })}
    </fieldset>
  );
}

function unknownLast(a: { readonly asset_type: string }, b: { readonly asset_type: string }): number {
  return Number(a.asset_type === "unknown") - Number(b.asset_type === "unknown");
}
