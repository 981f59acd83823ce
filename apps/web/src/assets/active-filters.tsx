import { Icon } from "../ui/icon.tsx";
import styles from "./active-filters.module.css";
import type { AssetSearch } from "./asset-search.ts";
import { useFilter } from "./use-filter.ts";

interface ActiveFilter {
  readonly words: string;
  readonly without: Partial<Record<keyof AssetSearch, unknown>>;
}

/** What narrows the table and stands nowhere else on the page, each to be taken away by a click. */
export function ActiveFilters({ search }: { readonly search: AssetSearch }) {
  const filter = useFilter();
  const active = activeFilters(search);
  if (active.length === 0) return null;
  return (
    <div className={styles.filters}>
      {active.map(({ words, without }) => (
        <button
          key={words}
          type="button"
          className={`plain ${styles.filter}`}
          onClick={() => filter(without)}
        >
          <span className="visually-hidden">Remove the filter: </span>
          {words}
          <Icon name="close" size={13} />
        </button>
      ))}
    </div>
  );
}

function activeFilters({ port, address, confirmed, min, max }: AssetSearch): ActiveFilter[] {
  return [
    ...(port === undefined ? [] : [{ words: `serves ${port}`, without: { port: undefined } }]),
    ...(address === undefined ? [] : [{ words: `in ${address}`, without: { address: undefined } }]),
    ...(confirmed === undefined
      ? []
      : [{ words: confirmed ? "confirmed" : "not confirmed", without: { confirmed: undefined } }]),
    ...(min === undefined ? [] : [{ words: `confidence ≥ ${min}`, without: { min: undefined } }]),
    ...(max === undefined ? [] : [{ words: `confidence ≤ ${max}`, without: { max: undefined } }]),
  ];
}
