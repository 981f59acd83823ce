import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { assetSummaryQuery, exportersQuery } from "../api/queries.ts";
import { TrafficPanel } from "../charts/traffic-panel.tsx";
import { FailureNotice } from "../ui/notices.tsx";
import { Page } from "../ui/page.tsx";
import { Panel } from "../ui/panel.tsx";
import { ExporterHealth } from "./exporter-health.tsx";
import { HowToBegin } from "./how-to-begin.tsx";
import { NewHosts } from "./new-hosts.tsx";
import styles from "./overview-page.module.css";
import { Standing } from "./standing.tsx";
import { TypeBars } from "./type-bars.tsx";

const CLIENTS_AND_SERVERS = { bytesIn: "Clients to servers", bytesOut: "Servers to clients" };

/** How things stand: what comes in, what was found, how much of it is decided. */
export function OverviewPage() {
  const { network } = useSearch({ from: "__root__" });
  const summary = useQuery(assetSummaryQuery(network));
  const exporters = useQuery(exportersQuery());
  const failure = summary.data === undefined ? summary.error : null;
  const isEmpty = summary.data?.total === 0;

  return (
    <Page title="Overview" note={network === undefined ? "All networks together" : `Network ${network}`}>
      {failure !== null && (
        <FailureNotice what="The overview" error={failure} onRetry={() => void summary.refetch()} />
      )}
      {isEmpty && exporters.data !== undefined && (
        <Panel
          title="No host has been seen yet"
          note="FlowLens names every host from flow records alone. Here is where they come from:"
        >
          <HowToBegin sockets={exporters.data.sockets} />
        </Panel>
      )}
      {summary.data === undefined && failure === null && <LoadingOverview />}
      {summary.data !== undefined && !isEmpty && (
        <>
          <Standing summary={summary.data} exporters={exporters.data} />
          <div className={styles.columns}>
            <TrafficPanel
              asked={{ network }}
              labels={CLIENTS_AND_SERVERS}
              height={284}
              of={(name) => `Newest day of network ${name}`}
            />
            <Panel title="Assets by type" note="Click a type to see its hosts.">
              <TypeBars summary={summary.data} />
            </Panel>
          </div>
          <div className={styles.halves}>
            <NewHosts network={network} summary={summary.data} />
            <ExporterHealth
              list={exporters.data}
              error={exporters.error}
              onRetry={() => void exporters.refetch()}
            />
          </div>
        </>
      )}
    </Page>
  );
}

/** Of the same shape as what comes, so that nothing jumps. */
function LoadingOverview() {
  return (
    <>
      <Skeleton height={132} radius={10} />
      <div className={styles.columns}>
        <Skeleton height={416} radius={10} />
        <Skeleton height={416} radius={10} />
      </div>
    </>
  );
}
