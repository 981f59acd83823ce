import type { ExporterList } from "@flowlens/contract";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { exportersQuery } from "../api/queries.ts";
import { HowToBegin } from "../overview/how-to-begin.tsx";
import { FailureNotice } from "../ui/notices.tsx";
import { Page } from "../ui/page.tsx";
import { Panel } from "../ui/panel.tsx";
import { shortRate } from "../ui/quantities.ts";
import { ExporterTable } from "./exporter-table.tsx";
import { RefusedSenders } from "./refused-senders.tsx";
import { SocketTable } from "./socket-table.tsx";

/** Who sends flow records, and what of it arrives. */
export function ExportersPage() {
  const { data, error, refetch } = useQuery(exportersQuery());
  return (
    <Page
      title="Exporters"
      note="Who sends flow records, and what was lost on the way: nothing is dropped uncounted."
    >
      {data === undefined ? (
        error === null ? (
          <Skeleton height={220} radius={10} />
        ) : (
          <FailureNotice what="The exporters" error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <Exporters list={data} />
      )}
    </Page>
  );
}

function Exporters({ list }: { readonly list: ExporterList }) {
  const { exporters, sockets, refused_senders } = list;
  const recordsPerSecond = exporters.reduce((sum, { records_per_second }) => sum + records_per_second, 0);
  return (
    <>
      {exporters.length === 0 ? (
        <Panel title="No exporter has sent anything yet">
          <HowToBegin sockets={sockets} />
        </Panel>
      ) : (
        <Panel
          title="Exporters"
          note={`${exporters.length} known, ${shortRate(recordsPerSecond)} records a second. Counted since FlowLens was started.`}
          isFlush
        >
          <ExporterTable exporters={exporters} />
        </Panel>
      )}
      {sockets.length > 0 && (
        <Panel
          title="Receiving sockets"
          note="Where packets get lost before anybody reads them: a full kernel buffer, a queue that lags."
          isFlush
        >
          <SocketTable sockets={sockets} />
        </Panel>
      )}
      {refused_senders.length > 0 && <RefusedSenders senders={refused_senders} />}
    </>
  );
}
