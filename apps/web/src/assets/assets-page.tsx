import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { assetPagesQuery, assetSummaryQuery } from "../api/queries.ts";
import { EmptyState, FailureNotice } from "../ui/notices.tsx";
import { Page } from "../ui/page.tsx";
import { exactCount } from "../ui/quantities.ts";
import { ActiveFilters } from "./active-filters.tsx";
import { type AssetSearch, filterQuery, isFiltered, sortOf } from "./asset-search.ts";
import { AssetTable } from "./asset-table.tsx";
import styles from "./assets-page.module.css";
import { FilterBar } from "./filter-bar.tsx";
import { TypeFacets } from "./type-facets.tsx";
import { FilterAssets } from "./use-filter.ts";

/** All hosts, filtered and ordered as the page's address says. */
export function AssetsPage() {
  const search = useSearch({ from: "/assets" });
  const navigate = useNavigate({ from: "/assets" });
  const { network } = useSearch({ from: "__root__" });
  const summary = useQuery(assetSummaryQuery(network));
  const pages = useInfiniteQuery(assetPagesQuery({ ...filterQuery(search, network), ...sortOf(search) }));

  const change = useCallback(
    (patch: Partial<Record<keyof AssetSearch, unknown>>, how: { readonly replace?: boolean } = {}) =>
      void navigate({
        search: (now) => ({ ...now, ...patch }) as AssetSearch,
        replace: how.replace ?? false,
      }),
    [navigate],
  );
  const clear = useCallback(
    () => void navigate({ search: (now) => keepOrder(now as AssetSearch) }),
    [navigate],
  );
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.assets) ?? [], [pages.data]);
  const total = pages.data?.pages[0]?.total ?? undefined;

  return (
    <Page
      title="Assets"
      note="Every host that was seen, and what it is. Click a value to filter by it."
      isFullHeight
    >
      <FilterAssets value={change}>
        <TypeFacets types={summary.data?.types} chosen={search.type} />
        <FilterBar search={search} />
        <ActiveFilters search={search} />
        {pages.isError && rows.length === 0 ? (
          <FailureNotice what="The assets" error={pages.error} onRetry={() => void pages.refetch()} />
        ) : (
          <section className={styles.surface} aria-label="Assets" aria-busy={pages.isFetching}>
            <p className={styles.count} aria-live="polite">
              {total === undefined ? "Counting…" : `${exactCount(total)} ${total === 1 ? "asset" : "assets"}`}
              {isFiltered(search) && summary.data !== undefined && total !== undefined && (
                <span className="soft"> of {exactCount(summary.data.total)}</span>
              )}
              {isFiltered(search) && (
                <button type="button" className={`plain ${styles.clear}`} onClick={clear}>
                  Clear filters
                </button>
              )}
            </p>
            {total === 0 ? (
              <NothingThere filtered={isFiltered(search)} onClear={clear} />
            ) : (
              <AssetTable
                rows={rows}
                total={total}
                search={search}
                isLoading={pages.isPending}
                onNearEnd={() => {
                  if (pages.hasNextPage && !pages.isFetching) void pages.fetchNextPage();
                }}
              />
            )}
          </section>
        )}
      </FilterAssets>
    </Page>
  );
}

function NothingThere({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) {
  if (!filtered) {
    return (
      <EmptyState icon="assets" title="No host has been seen yet.">
        <p>
          They appear here by themselves, some seconds after the first flow records. The overview says how to
          begin.
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="filter" title="No asset passes these filters.">
      <p>
        Take one away above, or{" "}
        <button type="button" className={`plain ${styles.link}`} onClick={onClear}>
          show all assets
        </button>
        .
      </p>
    </EmptyState>
  );
}

function keepOrder({ sort, order }: AssetSearch): AssetSearch {
  return { ...(sort && { sort }), ...(order && { order }) };
}
