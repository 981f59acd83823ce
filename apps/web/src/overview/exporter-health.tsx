import type { Exporter, ExporterList } from "@flowlens/contract";
import { Skeleton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ExporterStateLabel } from "../exporters/exporter-state.tsx";
import { lossWords, lost, protocolName } from "../exporters/exporter-words.ts";
import { type DataColumn, DataTable } from "../ui/data-table.tsx";
import { EmptyState, FailureNotice } from "../ui/notices.tsx";
import { Panel } from "../ui/panel.tsx";
import { shortCount, shortRate } from "../ui/quantities.ts";

const SHOWN = 6;

const COLUMNS: readonly DataColumn<Exporter>[] = [
  {
    id: "exporter",
    title: "Exporter",
    cell: ({ address, name }) => (
      <span className="address" title={address}>
        {name === "" ? address : name}
      </span>
    ),
  },
  {
    id: "protocol",
    title: "Protocol",
    cell: ({ protocols }) => protocols.map(protocolName).join(", ") || "–",
  },
  { id: "state", title: "State", cell: ({ state }) => <ExporterStateLabel state={state} /> },
  {
    id: "rate",
    title: "Records/s",
    isNumber: true,
    cell: ({ records_per_second }) => shortRate(records_per_second),
  },
  {
    id: "lost",
    title: "Lost",
    isNumber: true,
    cell: (exporter) => <span title={lossWords(exporter).join("; ")}>{shortCount(lost(exporter))}</span>,
  },
];

export interface ExporterHealthProps {
  readonly list: ExporterList | undefined;
  readonly error: Error | null;
  readonly onRetry: () => void;
}

/** The exporters in short, those in trouble first. */
export function ExporterHealth({ list, error, onRetry }: ExporterHealthProps) {
  return (
    <Panel title="Exporters" aside={<Link to="/exporters">All</Link>} note="What sends flow records." isFlush>
      {list === undefined ? (
        error === null ? (
          <Skeleton height={180} mx="md" width="auto" />
        ) : (
          <FailureNotice what="The exporters" error={error} onRetry={onRetry} />
        )
      ) : list.exporters.length === 0 ? (
        <EmptyState icon="exporters" title="No exporter sends here.">
          <p>
            What you see comes from imported files. <Link to="/exporters">How to point an exporter here</Link>
          </p>
        </EmptyState>
      ) : (
        <DataTable
          caption="Exporters"
          columns={COLUMNS}
          rows={list.exporters.toSorted(worstFirst).slice(0, SHOWN)}
          keyOf={({ address }) => address}
        />
      )}
    </Panel>
  );
}

function worstFirst(a: Exporter, b: Exporter): number {
  const troubleOf = (exporter: Exporter): number =>
    Number(exporter.state !== "receiving") * 2 + Number(lost(exporter) > 0);
  return troubleOf(b) - troubleOf(a) || b.records_per_second - a.records_per_second;
}
