import type { ExporterList } from "@flowlens/contract";
import { type DataColumn, DataTable } from "../ui/data-table.tsx";
import { Panel } from "../ui/panel.tsx";
import { CountText } from "../ui/values.tsx";

type Sender = ExporterList["refused_senders"][number];

const COLUMNS: readonly DataColumn<Sender>[] = [
  { id: "address", title: "Address", cell: ({ address }) => <span className="address">{address}</span> },
  { id: "packets", title: "Packets", isNumber: true, cell: ({ packets }) => <CountText value={packets} /> },
];

/** Senders that are not allowed; their packets are counted and dropped. */
export function RefusedSenders({ senders }: { readonly senders: readonly Sender[] }) {
  return (
    <Panel
      title="Refused senders"
      note="Outside the private ranges. To accept one, add its address to the setting collector.exporters."
      isFlush
    >
      <DataTable
        caption="Refused senders"
        columns={COLUMNS}
        rows={senders}
        keyOf={({ address }) => address}
      />
    </Panel>
  );
}
