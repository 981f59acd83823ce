import type { CollectorSocket } from "@flowlens/contract";
import { type DataColumn, DataTable } from "../ui/data-table.tsx";
import { exactCount, shortBytes } from "../ui/quantities.ts";
import { BytesText, CountText } from "../ui/values.tsx";
import styles from "./exporter-table.module.css";
import { protocolName } from "./exporter-words.ts";

const COLUMNS: readonly DataColumn<CollectorSocket>[] = [
  {
    id: "socket",
    title: "Listening on",
    cell: ({ address, port }) => (
      <span className={`address ${styles.address}`}>{socketName(address, port)}</span>
    ),
  },
  { id: "protocols", title: "Usually for", cell: ({ protocols }) => protocols.map(protocolName).join(", ") },
  { id: "packets", title: "Packets", isNumber: true, cell: ({ packets }) => <CountText value={packets} /> },
  { id: "bytes", title: "Bytes", isNumber: true, cell: ({ bytes }) => <BytesText value={bytes} /> },
  {
    id: "kernel",
    title: "Dropped by the kernel",
    isNumber: true,
    cell: ({ kernel_drops }) =>
      kernel_drops === null ? (
        <span className="soft" title="This system does not tell how many packets it drops.">
          not told
        </span>
      ) : (
        <Drops count={kernel_drops} />
      ),
  },
  {
    id: "queue",
    title: "Dropped in the queue",
    isNumber: true,
    cell: ({ queue_drops }) => <Drops count={queue_drops} />,
  },
  { id: "refused", title: "Refused", isNumber: true, cell: ({ refused }) => <CountText value={refused} /> },
  { id: "buffer", title: "Receive buffer", isNumber: true, cell: (socket) => <Buffer socket={socket} /> },
];

export function SocketTable({ sockets }: { readonly sockets: readonly CollectorSocket[] }) {
  return (
    <DataTable
      caption="Receiving sockets"
      columns={COLUMNS}
      rows={sockets}
      keyOf={({ address, port }) => socketName(address, port)}
    />
  );
}

/** `0.0.0.0:2055`, `[::]:2055`. */
function socketName(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function Drops({ count }: { readonly count: number }) {
  if (count === 0) return <span className="soft">0</span>;
  return (
    <span className={styles.trouble}>
      <CountText value={count} />
    </span>
  );
}

function Buffer({ socket }: { readonly socket: CollectorSocket }) {
  const { receive_buffer_bytes: granted, receive_buffer_asked_bytes: asked } = socket;
  if (granted >= asked) return <BytesText value={granted} />;
  return (
    <span
      className={(socket.kernel_drops ?? 0) > 0 ? styles.trouble : undefined}
      title={`${exactCount(asked)} bytes were asked for. Raise net.core.rmem_max to ${asked} so that bursts are not lost.`}
    >
      {shortBytes(granted)} of {shortBytes(asked)}
    </span>
  );
}
