import type { AssetDetail, AssetPeer } from "@flowlens/contract";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { assetPeersQuery } from "../api/queries.ts";
import { type DataColumn, DataTable } from "../ui/data-table.tsx";
import { EmptyState, FailureNotice } from "../ui/notices.tsx";
import { Panel } from "../ui/panel.tsx";
import { counted } from "../ui/quantities.ts";
import { TypeLabel } from "../ui/type-label.tsx";
import { BytesText, CountText, MomentText } from "../ui/values.tsx";
import styles from "./asset-page.module.css";
import frame from "./service-panel.module.css";

const ASKED = 1_000;

type Part = "clients" | "servers";

const WORDS: Readonly<
  Record<Part, { readonly title: string; readonly note: string; readonly none: string }>
> = {
  clients: {
    title: "Clients",
    note: "Hosts whose conversations it accepted.",
    none: "Nobody opened a conversation to this host that it accepted.",
  },
  servers: {
    title: "Servers",
    note: "Hosts that accepted its conversations.",
    none: "It opened no conversation that was accepted.",
  },
};

/** Conversations are counted by who opened them. */
function columnsOf(conversationsOf: (peer: AssetPeer) => number): readonly DataColumn<AssetPeer>[] {
  return [
    { id: "address", title: "Address", cell: (peer) => <PeerAddress peer={peer} /> },
    {
      id: "type",
      title: "Type",
      cell: ({ asset }) =>
        asset === null ? <span className="soft">no asset</span> : <TypeLabel assetType={asset.asset_type} />,
    },
    {
      id: "conversations",
      title: "Conversations",
      isNumber: true,
      cell: (peer) => <CountText value={conversationsOf(peer)} />,
    },
    {
      id: "bytes",
      title: "Bytes",
      isNumber: true,
      cell: ({ bytes_in, bytes_out }) => <BytesText value={bytes_in + bytes_out} />,
    },
  ];
}

const COLUMNS: Readonly<Record<Part, readonly DataColumn<AssetPeer>[]>> = {
  clients: columnsOf(accepted),
  servers: columnsOf(opened),
};

/** Whom it speaks with, by who opened the conversation. */
export function PeerPanels({ asset }: { readonly asset: AssetDetail }) {
  const { data, error, refetch } = useQuery(assetPeersQuery({ id: asset.id, limit: ASKED }));
  if (data === undefined) {
    return error === null ? (
      <Skeleton height={220} radius={10} />
    ) : (
      <FailureNotice what="The peers" error={error} onRetry={() => void refetch()} />
    );
  }
  const clients = data.peers.filter(({ conversations_in }) => conversations_in > 0);
  const servers = data.peers.filter((peer) => opened(peer) > 0);
  return (
    <div className={styles.columns}>
      <Peers part="clients" peers={clients} known={asset.clients} conversationsOf={accepted} />
      <Peers part="servers" peers={servers} known={asset.servers} conversationsOf={opened} />
    </div>
  );
}

interface PeersProps {
  readonly part: Part;
  readonly peers: readonly AssetPeer[];
  /** How many there are in all. */
  readonly known: number;
  readonly conversationsOf: (peer: AssetPeer) => number;
}

function Peers({ part, peers, known, conversationsOf }: PeersProps) {
  const { title, note, none } = WORDS[part];
  return (
    <Panel
      title={title}
      note={
        peers.length > 0 && peers.length < known
          ? `${note} The ${peers.length} busiest of ${counted(known, "host")}.`
          : note
      }
      isFlush
    >
      {peers.length === 0 ? (
        <EmptyState icon="assets" title={none} />
      ) : (
        <div className={frame.frame}>
          <DataTable
            caption={title}
            columns={COLUMNS[part]}
            rows={peers.toSorted((a, b) => conversationsOf(b) - conversationsOf(a))}
            keyOf={({ address }) => address}
          />
        </div>
      )}
    </Panel>
  );
}

function PeerAddress({ peer: { address, asset, last_seen } }: { readonly peer: AssetPeer }) {
  return (
    <span className={frame.lines}>
      {asset === null ? (
        <span className="address">{address}</span>
      ) : (
        <Link
          to="/assets/$assetId"
          params={{ assetId: String(asset.id) }}
          className="address"
          title={address}
        >
          {asset.name === "" ? address : asset.name}
        </Link>
      )}
      <span className={frame.below}>
        last <MomentText at={last_seen} />
      </span>
    </span>
  );
}

function accepted({ conversations_in }: AssetPeer): number {
  return conversations_in;
}

function opened({ conversations, conversations_in }: AssetPeer): number {
  return conversations - conversations_in;
}
