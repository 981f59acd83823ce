import type { AssetListItem, AssetSummary } from "@flowlens/contract";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { newestAssetsQuery } from "../api/queries.ts";
import { type DataColumn, DataTable } from "../ui/data-table.tsx";
import { FailureNotice } from "../ui/notices.tsx";
import { Panel } from "../ui/panel.tsx";
import { counted } from "../ui/quantities.ts";
import { Confidence, TypeLabel } from "../ui/type-label.tsx";
import { MomentText } from "../ui/values.tsx";

const SHOWN = 6;

const COLUMNS: readonly DataColumn<AssetListItem>[] = [
  {
    id: "host",
    title: "Host",
    cell: ({ id, address }) => (
      <Link to="/assets/$assetId" params={{ assetId: String(id) }} className="address">
        {address}
      </Link>
    ),
  },
  { id: "type", title: "Type", cell: ({ asset_type }) => <TypeLabel assetType={asset_type} /> },
  {
    id: "confidence",
    title: "Confidence",
    cell: ({ asset_type, confidence }) =>
      asset_type === "unknown" ? <span className="soft">–</span> : <Confidence share={confidence} />,
  },
  {
    id: "seen",
    title: "First seen",
    isNumber: true,
    cell: ({ first_seen }) => <MomentText at={first_seen} />,
  },
];

export interface NewHostsProps {
  readonly network: string | undefined;
  readonly summary: AssetSummary;
}

/** The hosts that were seen last for the first time. */
export function NewHosts({ network, summary }: NewHostsProps) {
  const { data, error, refetch } = useQuery(newestAssetsQuery(network, SHOWN));
  return (
    <Panel
      title="Newest hosts"
      note={`${counted(summary.new_assets, "new host")} and ${counted(summary.changed_assets, "changed type")} in the last 24 hours of traffic.`}
      aside={
        <Link to="/assets" search={{ sort: "first_seen", order: "desc" }}>
          All
        </Link>
      }
      isFlush
    >
      {data === undefined ? (
        error === null ? (
          <Skeleton height={180} mx="md" width="auto" />
        ) : (
          <FailureNotice what="The newest hosts" error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <DataTable caption="Newest hosts" columns={COLUMNS} rows={data.assets} keyOf={({ id }) => id} />
      )}
    </Panel>
  );
}
