import type { AssetDetail, FeatureValue } from "@flowlens/contract";
import { type DataColumn, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/notices.tsx";
import { Panel } from "../ui/panel.tsx";
import styles from "./service-panel.module.css";

const COLUMNS: readonly DataColumn<FeatureValue>[] = [
  {
    id: "label",
    title: "Feature",
    cell: ({ name, label }) => <span title={name}>{capitalised(label)}</span>,
  },
  { id: "reads", title: "Reads", cell: (feature) => <Reading feature={feature} /> },
  {
    id: "value",
    title: "Value",
    isNumber: true,
    cell: ({ value }) =>
      value === null ? (
        <span className="soft">–</span>
      ) : (
        <span title={String(value)}>{value.toFixed(2)}</span>
      ),
  },
];

/** The vector behind the answer, in words. */
export function FeaturePanel({ explanation }: { readonly explanation: AssetDetail["explanation"] }) {
  return (
    <Panel
      title="Features"
      note={
        explanation === null
          ? "What the engine reads off a host."
          : `What the engine read off it: ${explanation.feature_version}.`
      }
      isFlush
    >
      {explanation === null ? (
        <EmptyState icon="filter" title="It has not been described yet." />
      ) : (
        <div className={styles.frame}>
          <DataTable
            caption="Features"
            columns={COLUMNS}
            rows={explanation.features}
            keyOf={({ name }) => name}
          />
        </div>
      )}
    </Panel>
  );
}

/** The words without the label that they begin with: it stands beside them. */
function Reading({ feature: { label, reads, value } }: { readonly feature: FeatureValue }) {
  const rest = reads.startsWith(label) ? reads.slice(label.length).replace(/^:?\s*/, "") : reads;
  return <span className={value === null ? "soft" : undefined}>{rest}</span>;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
