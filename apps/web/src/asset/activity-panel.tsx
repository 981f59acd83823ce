import type { AssetDetail } from "@flowlens/contract";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { assetActivityQuery } from "../api/queries.ts";
import { EmptyState, FailureNotice } from "../ui/notices.tsx";
import { Panel } from "../ui/panel.tsx";
import { counted } from "../ui/quantities.ts";
import { type Activity, activityOf, activityWords, clock, WEEKDAYS } from "./activity.ts";
import styles from "./activity-panel.module.css";

const WEEK_MS = 7 * 86_400_000;
/** Fewer days make no pattern of a week. */
const WEEK_FROM_DAYS = 3;

/** When it speaks: by hour and weekday over a week, or by hour where less than that was seen. */
export function ActivityPanel({ asset: { id, explanation } }: { readonly asset: AssetDetail }) {
  const { data, error, refetch } = useQuery(
    assetActivityQuery({ id, ...weekBefore(explanation?.period_to) }),
  );
  if (data === undefined) {
    return (
      <Panel title="Active hours">
        {error === null ? (
          <Skeleton height={200} />
        ) : (
          <FailureNotice what="The active hours" error={error} onRetry={() => void refetch()} />
        )}
      </Panel>
    );
  }
  const activity = activityOf(data.hours);
  const isEmpty = activity.mostByHour === 0;
  return (
    <Panel
      title="Active hours"
      note={`Accepted conversations by hour, ${data.time_zone} time. ${isEmpty ? "" : activityWords(activity)}`}
    >
      {isEmpty ? (
        <EmptyState icon="overview" title="No accepted conversation in this period." />
      ) : activity.weekdays >= WEEK_FROM_DAYS ? (
        <WeekMap activity={activity} />
      ) : (
        <DayBars activity={activity} />
      )}
    </Panel>
  );
}

function weekBefore(to: string | undefined): { readonly from?: string; readonly to?: string } {
  return to === undefined ? {} : { from: new Date(Date.parse(to) - WEEK_MS).toISOString(), to };
}

function WeekMap({ activity }: { readonly activity: Activity }) {
  return (
    <div className={styles.week} role="img" aria-label={activityWords(activity)}>
      {activity.byWeekday.map((hours, day) => (
        <div key={WEEKDAYS[day]} className={styles.day}>
          <span className={styles.name}>{WEEKDAYS[day]}</span>
          {hours.map((count, hour) => (
            <span
              key={clock(hour)}
              className={styles.cell}
              title={`${WEEKDAYS[day]} ${clock(hour)}: ${counted(count, "conversation")}`}
              style={{ background: shade(count, activity.mostByWeekday) }}
            />
          ))}
        </div>
      ))}
      <HourScale />
    </div>
  );
}

function DayBars({ activity }: { readonly activity: Activity }) {
  return (
    <div className={styles.week} role="img" aria-label={activityWords(activity)}>
      <div className={styles.bars}>
        {activity.byHour.map((count, hour) => (
          <span
            key={clock(hour)}
            className={styles.column}
            title={`${clock(hour)}: ${counted(count, "conversation")}`}
          >
            <span style={{ height: `${(count / activity.mostByHour) * 100}%` }} />
          </span>
        ))}
      </div>
      <HourScale />
    </div>
  );
}

function HourScale() {
  return (
    <div className={styles.scale} aria-hidden="true">
      {[0, 6, 12, 18].map((hour) => (
        <span key={hour}>{clock(hour)}</span>
      ))}
    </div>
  );
}

/** By the root, so that a quiet hour is told from an empty one. */
function shade(count: number, most: number): string {
  if (count === 0) return "var(--hover)";
  const share = Math.round(15 + 85 * Math.sqrt(count / most));
  return `color-mix(in srgb, var(--accent) ${share}%, var(--surface))`;
}
