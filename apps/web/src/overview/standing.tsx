import type { AssetSummary, ExporterList } from "@flowlens/contract";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Sparkline } from "../charts/sparkline.tsx";
import { exactCount, percent, shortCount, shortRate } from "../ui/quantities.ts";
import { attentionOf } from "./attention.ts";
import styles from "./standing.module.css";
import { useRecent } from "./use-recent.ts";

export interface StandingProps {
  readonly summary: AssetSummary;
  readonly exporters: ExporterList | undefined;
}

/** The four figures one looks at first. */
export function Standing({ summary, exporters }: StandingProps) {
  return (
    <div className={styles.row}>
      <FlowRate exporters={exporters} />
      <Figure
        title="Assets"
        value={<span title={exactCount(summary.total)}>{shortCount(summary.total)}</span>}
      >
        <News summary={summary} />
      </Figure>
      <Decided summary={summary} />
      <Exporters exporters={exporters} />
    </div>
  );
}

function News({ summary: { new_assets, changed_assets } }: { readonly summary: AssetSummary }) {
  if (new_assets + changed_assets === 0)
    return <span className="soft">None new or changed in 24 hours.</span>;
  return (
    <p>
      <Link to="/assets" search={{ sort: "first_seen", order: "desc" }}>
        {shortCount(new_assets)} new
      </Link>
      {changed_assets > 0 && (
        <span title="Whose type changed from one to another."> and {shortCount(changed_assets)} changed</span>
      )}
      {" in the last 24 hours"}
    </p>
  );
}

interface FigureProps {
  readonly title: string;
  readonly value: ReactNode;
  readonly unit?: string;
  readonly children: ReactNode;
}

function Figure({ title, value, unit, children }: FigureProps) {
  return (
    <section className={styles.figure} aria-label={title}>
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.value}>
        {value}
        {unit !== undefined && <span className={styles.unit}>{unit}</span>}
      </p>
      <div className={styles.more}>{children}</div>
    </section>
  );
}

function FlowRate({ exporters }: { readonly exporters: ExporterList | undefined }) {
  const rate = exporters?.exporters.reduce((sum, { records_per_second }) => sum + records_per_second, 0);
  const recent = useRecent(rate);
  return (
    <Figure title="Flow records" value={rate === undefined ? "…" : shortRate(rate)} unit="a second">
      <Sparkline values={recent} />
    </Figure>
  );
}

/** Shares of decided, of which confirmed, and unknown as one bar. */
function Decided({ summary: { total, decided, confirmed, unknown } }: { readonly summary: AssetSummary }) {
  const shareOf = (count: number): number => (total === 0 ? 0 : count / total);
  return (
    <Figure title="Decided" value={percent(shareOf(decided))}>
      <div className={styles.bar} aria-hidden="true">
        <span className={styles.confirmed} style={{ width: `${shareOf(confirmed) * 100}%` }} />
        <span
          className={styles.decided}
          style={{ width: `${shareOf(Math.max(0, decided - confirmed)) * 100}%` }}
        />
      </div>
      <span className={styles.legend}>
        <Link to="/assets" search={{ confirmed: true }}>
          {shortCount(confirmed)} confirmed
        </Link>
        <Link to="/assets" search={{ type: ["unknown"] }}>
          {shortCount(unknown)} unknown
        </Link>
      </span>
    </Figure>
  );
}

function Exporters({ exporters }: { readonly exporters: ExporterList | undefined }) {
  if (exporters === undefined)
    return (
      <Figure title="Exporters" value="…">
        {""}
      </Figure>
    );
  const known = exporters.exporters;
  const receiving = known.filter(({ state }) => state === "receiving").length;
  const troubles = attentionOf(exporters);
  const [first] = troubles;
  return (
    <Figure title="Exporters receiving" value={String(receiving)} unit={`of ${known.length}`}>
      {first === undefined ? (
        <span className="soft">
          {known.length === 0 ? "None has sent anything yet." : "Nothing was lost."}
        </span>
      ) : (
        <Link to="/exporters" className={styles.trouble}>
          {first}
          {troubles.length > 1 && othersText(troubles.length - 1)}
        </Link>
      )}
    </Figure>
  );
}

function othersText(count: number): string {
  return `, and ${count} other ${count === 1 ? "thing" : "things"}`;
}
