import type { AssetListItem } from "@flowlens/contract";
import { Skeleton } from "@mantine/core";
import { createColumnHelper, tableFeatures, useTable } from "@tanstack/react-table";
import { useElementScrollRestoration } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { HostCell, PeersCell, SeenCell, ServesCell, TrafficCell, TypeCell } from "./asset-cells.tsx";
import { type AssetSearch, type AssetSortKey, firstOrder, sortOf } from "./asset-search.ts";
import styles from "./asset-table.module.css";
import { CountText } from "../ui/values.tsx";
import { Confidence, MethodBadge } from "../ui/type-label.tsx";
import { Icon } from "../ui/icon.tsx";
import { useFilter } from "./use-filter.ts";

const ROW_PX = 53;
const ROWS_BEYOND = 12;
/** The next page is fetched when so few loaded rows are left below. */
const NEAR_END_ROWS = 80;
const SCROLL_ID = "asset-table";

const features = tableFeatures({});
const column = createColumnHelper<typeof features, AssetListItem>();
const columns = column.columns([
  column.display({ id: "host", cell: ({ row }) => <HostCell asset={row.original} /> }),
  column.display({ id: "type", cell: ({ row }) => <TypeCell asset={row.original} /> }),
  column.display({ id: "sure", cell: ({ row }) => <SureCell asset={row.original} /> }),
  column.display({ id: "serves", cell: ({ row }) => <ServesCell asset={row.original} /> }),
  column.display({ id: "peers", cell: ({ row }) => <PeersCell asset={row.original} /> }),
  column.display({
    id: "conversations",
    cell: ({ row }) => <CountText value={row.original.conversations} />,
  }),
  column.display({ id: "traffic", cell: ({ row }) => <TrafficCell asset={row.original} /> }),
  column.display({ id: "seen", cell: ({ row }) => <SeenCell asset={row.original} /> }),
]);

/** What each column can be sorted by; a column with two lines has two. */
const SORTS: Readonly<Record<string, readonly { readonly by?: AssetSortKey; readonly label: string }[]>> = {
  host: [
    { by: "address", label: "Address" },
    { by: "name", label: "name" },
  ],
  type: [{ by: "type", label: "Type" }],
  sure: [
    { by: "confidence", label: "Confidence" },
    { by: "method", label: "by" },
  ],
  serves: [{ label: "Serves" }],
  peers: [
    { by: "clients", label: "Clients" },
    { by: "servers", label: "servers" },
  ],
  conversations: [{ by: "conversations", label: "Conversations" }],
  traffic: [
    { by: "bytes_in", label: "Received" },
    { by: "bytes_out", label: "sent" },
  ],
  seen: [
    { by: "last_seen", label: "Last" },
    { by: "first_seen", label: "first seen" },
  ],
};

function SureCell({ asset }: { readonly asset: AssetListItem }) {
  const filter = useFilter();
  return (
    <span className={styles.lines}>
      {asset.asset_type === "unknown" ? (
        <span className="soft">–</span>
      ) : (
        <Confidence share={asset.confidence} />
      )}
      <button
        type="button"
        className="plain value"
        onClick={() => filter({ method: [asset.classification_method] })}
      >
        <MethodBadge method={asset.classification_method} />
      </button>
    </span>
  );
}

export interface AssetTableProps {
  readonly rows: AssetListItem[];
  /** All that pass the filter, loaded or not; undefined while that is not known. */
  readonly total: number | undefined;
  readonly search: AssetSearch;
  readonly isLoading: boolean;
  readonly onNearEnd: () => void;
}

/** A real table of which only the rows in view are in the document, so that 100,000 assets scroll like 10. */
export function AssetTable({ rows, total, search, isLoading, onNearEnd }: AssetTableProps) {
  const frame = useRef<HTMLDivElement>(null);
  const left = useElementScrollRestoration({ id: SCROLL_ID });
  const table = useTable({ features, columns, data: rows, getRowId: ({ id }) => String(id) });
  const model = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: model.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: ROWS_BEYOND,
    initialOffset: left?.scrollY ?? 0,
  });
  const inView = virtual.getVirtualItems();
  const lastIndex = inView.at(-1)?.index ?? -1;
  const isNearEnd = model.length > 0 && lastIndex >= model.length - NEAR_END_ROWS;
  const above = inView[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (inView.at(-1)?.end ?? 0);

  useEffect(() => {
    if (isNearEnd) onNearEnd();
  }, [isNearEnd, lastIndex, onNearEnd]);

  return (
    <div
      ref={frame}
      className={styles.frame}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
      tabIndex={0}
      role="group"
      aria-label="Table of assets"
      data-scroll-restoration-id={SCROLL_ID}
    >
      <table className={styles.table} aria-rowcount={total === undefined ? -1 : total + 1}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} aria-rowindex={1}>
              {group.headers.map(({ id }) => (
                <HeaderCell key={id} id={id} search={search} />
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {isLoading && <LoadingRows />}
          {above > 0 && <Spacer height={above} />}
          {inView.map(({ index }) => {
            const row = model[index];
            if (row === undefined) return null;
            return (
              <tr key={row.id} aria-rowindex={index + 2}>
                {row.getAllCells().map((cell) => (
                  <td key={cell.id} className={styles[cell.column.id]}>
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            );
          })}
          {below > 0 && <Spacer height={below} />}
        </tbody>
      </table>
    </div>
  );
}

function HeaderCell({ id, search }: { readonly id: string; readonly search: AssetSearch }) {
  const filter = useFilter();
  const now = sortOf(search);
  const sorts = SORTS[id] ?? [];
  const isSorted = sorts.some(({ by }) => by === now.sort);
  return (
    <th
      scope="col"
      className={styles[id]}
      aria-sort={isSorted ? (now.order === "asc" ? "ascending" : "descending") : undefined}
    >
      {sorts.map(({ by, label }, index) => (
        <span key={label}>
          {index > 0 && <span className={styles.between}>, </span>}
          {by === undefined ? (
            label
          ) : (
            <button
              type="button"
              className={`plain ${styles.sort}`}
              data-active={by === now.sort || undefined}
              onClick={() =>
                filter({
                  sort: by,
                  order: by !== now.sort ? firstOrder(by) : now.order === "asc" ? "desc" : "asc",
                })
              }
            >
              {label}
              {by === now.sort && <Icon name={now.order === "asc" ? "up" : "down"} size={12} />}
            </button>
          )}
        </span>
      ))}
    </th>
  );
}

function Spacer({ height }: { readonly height: number }) {
  return (
    <tr aria-hidden="true" className={styles.spacer}>
      <td colSpan={columns.length} style={{ height }} />
    </tr>
  );
}

function LoadingRows() {
  return Array.from({ length: 8 }, (_, index) => (
    <tr key={index} aria-hidden="true">
      <td colSpan={columns.length}>
        <Skeleton height={14} my={9} width={`${92 - ((index * 13) % 40)}%`} />
      </td>
    </tr>
  ));
}
