import type { AssetDetail, AssetService } from "@flowlens/contract";
import { SegmentedControl, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { assetServicesQuery } from "../api/queries.ts";
import { type DataColumn, DataTable } from "../ui/data-table.tsx";
import { Icon } from "../ui/icon.tsx";
import { EmptyState, FailureNotice } from "../ui/notices.tsx";
import { Panel } from "../ui/panel.tsx";
import { exactCount, shortCount } from "../ui/quantities.ts";
import { BytesText, CountText } from "../ui/values.tsx";
import styles from "./service-panel.module.css";

type Side = AssetService["side"];

const SHOWN = 200;

const NUMBERS: readonly DataColumn<AssetService>[] = [
  {
    id: "conversations",
    title: "Conversations",
    isNumber: true,
    cell: ({ conversations }) => <CountText value={conversations} />,
  },
  {
    id: "bytes",
    title: "Bytes",
    isNumber: true,
    cell: ({ bytes_in, bytes_out }) => <BytesText value={bytes_in + bytes_out} />,
  },
  {
    id: "unanswered",
    title: "Failed",
    isNumber: true,
    cell: (service) => <Unanswered service={service} />,
  },
];

const COLUMNS: Readonly<Record<Side, readonly DataColumn<AssetService>[]>> = {
  server: [
    { id: "port", title: "Port", cell: ({ name }) => <strong className="number">{name}</strong> },
    { id: "served", title: "Answered", cell: (service) => <Answered service={service} /> },
    { id: "peers", title: "Clients", isNumber: true, cell: ({ peers }) => <CountText value={peers} /> },
    ...NUMBERS,
  ],
  client: [
    { id: "port", title: "Port", cell: ({ name }) => <strong className="number">{name}</strong> },
    { id: "peers", title: "Servers", isNumber: true, cell: ({ peers }) => <CountText value={peers} /> },
    ...NUMBERS,
  ],
};

/** What it serves and what it uses. A port that was only probed is not one that it serves, and stands apart. */
export function ServicePanel({ asset }: { readonly asset: AssetDetail }) {
  const [side, setSide] = useState<Side>("server");
  const { data, error, refetch } = useQuery(assetServicesQuery({ id: asset.id }));
  const services = data?.services.filter((service) => service.side === side) ?? [];
  return (
    <Panel
      title="Services"
      note={
        side === "server" ? "Ports on this host that others called." : "Ports on other hosts that it called."
      }
      aside={
        <SegmentedControl
          size="xs"
          aria-label="Which services"
          value={side}
          onChange={(value) => setSide(value)}
          data={[
            { value: "server", label: "Serves" },
            { value: "client", label: "Uses" },
          ]}
        />
      }
      isFlush
    >
      {data === undefined ? (
        error === null ? (
          <Skeleton height={200} mx="md" width="auto" />
        ) : (
          <FailureNotice what="The services" error={error} onRetry={() => void refetch()} />
        )
      ) : services.length === 0 ? (
        <EmptyState
          icon="server"
          title={side === "server" ? "Nobody called a port of this host." : "It called nobody."}
        >
          <p>In the traffic that was seen in this period; what passes no exporter is not seen.</p>
        </EmptyState>
      ) : (
        <div className={styles.frame}>
          <DataTable
            caption={side === "server" ? "Services it serves" : "Services it uses"}
            columns={COLUMNS[side]}
            rows={services.toSorted(servedFirst).slice(0, SHOWN)}
            keyOf={({ name }) => name}
          />
          {services.length > SHOWN && (
            <p className={styles.more}>
              {SHOWN} of {exactCount(services.length)} ports.
            </p>
          )}
        </div>
      )}
    </Panel>
  );
}

function servedFirst(a: AssetService, b: AssetService): number {
  return Number(b.served) - Number(a.served) || b.peers - a.peers || b.conversations - a.conversations;
}

function Answered({ service: { served, port } }: { readonly service: AssetService }) {
  if (port === 0) {
    return (
      <span className="soft" title="A protocol without ports offers nothing that could be served.">
        no service
      </span>
    );
  }
  return served ? (
    <span className={styles.answered}>
      <Icon name="check" size={14} />
      answered
    </span>
  ) : (
    <span
      className="soft"
      title="Something was sent there; nothing but resets came back. That is no service."
    >
      only probed
    </span>
  );
}

function Unanswered({ service: { unanswered, refused } }: { readonly service: AssetService }) {
  const all = unanswered + refused;
  if (all === 0) return <span className="soft">0</span>;
  return (
    <span title={`${exactCount(unanswered)} without any answer, ${exactCount(refused)} refused`}>
      {shortCount(all)}
    </span>
  );
}
