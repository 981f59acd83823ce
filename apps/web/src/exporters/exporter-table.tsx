import type { Exporter } from "@flowlens/contract";
import { type DataColumn, DataTable } from "../ui/data-table.tsx";
import { exactCount, shortCount, shortRate } from "../ui/quantities.ts";
import { CountText, MomentText } from "../ui/values.tsx";
import { ExporterStateLabel } from "./exporter-state.tsx";
import styles from "./exporter-table.module.css";
import { lossWords, lost, protocolName, samplingText, skewText } from "./exporter-words.ts";

const COLUMNS: readonly DataColumn<Exporter>[] = [
  {
    id: "exporter",
    title: "Exporter",
    cell: ({ address, name, network }) => (
      <span className={styles.lines}>
        <span className={`address ${styles.address}`}>{name === "" ? address : name}</span>
        <span className={styles.below}>{name === "" ? network : `${address} · ${network}`}</span>
      </span>
    ),
  },
  { id: "state", title: "State", cell: ({ state }) => <ExporterStateLabel state={state} /> },
  {
    id: "protocols",
    title: "Protocol",
    cell: ({ protocols }) => protocols.map(protocolName).join(", ") || "–",
  },
  {
    id: "rate",
    title: "Records/s",
    isNumber: true,
    cell: ({ records_per_second, records }) => (
      <span className={styles.lines}>
        <span title={`${exactCount(records_per_second)} a second, over the last minute`}>
          {shortRate(records_per_second)}
        </span>
        <span className={styles.below} title={`${exactCount(records)} records in all`}>
          of {shortCount(records)}
        </span>
      </span>
    ),
  },
  { id: "lost", title: "Lost", isNumber: true, cell: (exporter) => <Lost exporter={exporter} /> },
  {
    id: "waiting",
    title: "Without template",
    isNumber: true,
    cell: ({ records_waiting }) => <Trouble count={records_waiting} says="came before their template" />,
  },
  {
    id: "malformed",
    title: "Malformed",
    isNumber: true,
    cell: (exporter) => <Malformed exporter={exporter} />,
  },
  { id: "sampling", title: "Sampling", isNumber: true, cell: (exporter) => <Sampling exporter={exporter} /> },
  {
    id: "clock",
    title: "Clock",
    cell: ({ simulated, clock_skew_ms }) => (
      <span className={styles.clock}>
        {skewText(clock_skew_ms)}
        {simulated && (
          <span className={styles.simulated} title="Its clock is made up and runs at another speed.">
            simulated
          </span>
        )}
      </span>
    ),
  },
  { id: "seen", title: "Last seen", cell: ({ last_seen }) => <MomentText at={last_seen} /> },
];

export function ExporterTable({ exporters }: { readonly exporters: readonly Exporter[] }) {
  return (
    <DataTable caption="Exporters" columns={COLUMNS} rows={exporters} keyOf={({ address }) => address} />
  );
}

function Lost({ exporter }: { readonly exporter: Exporter }) {
  return <Trouble count={lost(exporter)} says={lossWords(exporter).join("; ")} />;
}

function Malformed({
  exporter: { malformed, malformed_by_reason, unsupported },
}: {
  readonly exporter: Exporter;
}) {
  const reasons = Object.entries(malformed_by_reason).map(
    ([reason, count]) => `${reason}: ${exactCount(count)}`,
  );
  const says = [
    ...reasons,
    ...(unsupported > 0 ? [`of a version that is not decoded: ${exactCount(unsupported)}`] : []),
  ];
  return <Trouble count={malformed + unsupported} says={says.join("; ")} />;
}

/** A count that had better be 0. */
function Trouble({ count, says }: { readonly count: number; readonly says: string }) {
  if (count === 0) return <span className="soft">0</span>;
  return (
    <span className={styles.trouble} title={`${exactCount(count)}: ${says}`}>
      <CountText value={count} />
    </span>
  );
}

function Sampling({ exporter }: { readonly exporter: Exporter }) {
  const { sampling_rate, sampling_rate_override } = exporter;
  if (sampling_rate_override === null) return samplingText(exporter);
  return (
    <span title={`Set by you; the exporter says 1:${sampling_rate}.`}>
      {samplingText(exporter)} <span className={styles.below}>set</span>
    </span>
  );
}
