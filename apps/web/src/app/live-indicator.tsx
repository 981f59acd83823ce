import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ExporterList } from "@flowlens/contract";
import { exportersQuery } from "../api/queries.ts";
import { exactMoment, shortMoment } from "../ui/moments.ts";
import { useNow } from "../ui/use-now.ts";
import styles from "./live-indicator.module.css";

/** Export packets come at least this often from a network that lives. */
const LIVE_FOR_MS = 60_000;

/** Whether packets come in, at a glance on every page. */
export function LiveIndicator() {
  const nowMs = useNow();
  const { data, isError } = useQuery(exportersQuery());
  if (data === undefined && !isError) return null;
  const { state, about = "", text, exactly } = isError ? NO_ANSWER : describe(data, nowMs);
  return (
    <Link to="/exporters" className={styles.live} data-state={state} title={exactly}>
      <span className={styles.dot} aria-hidden="true" />
      <span>
        <span className={styles.about}>{about}</span>
        {text}
      </span>
    </Link>
  );
}

interface Liveness {
  readonly state: "live" | "quiet" | "off" | "lost";
  /** Left out where there is little room. */
  readonly about?: string;
  readonly text: string;
  readonly exactly: string;
}

const NO_ANSWER: Liveness = { state: "lost", text: "No answer", exactly: "The server does not answer." };

function describe({ exporters, sockets }: ExporterList, nowMs: number): Liveness {
  const seen = exporters.flatMap(({ last_seen }) => last_seen ?? []);
  const newest = seen.reduce((a, b) => (a > b ? a : b), "");
  if (newest === "") {
    return sockets.length === 0
      ? { state: "off", text: "Collector off", exactly: "This FlowLens listens to no exporter." }
      : { state: "quiet", text: "No packet yet", exactly: "Listening; nothing has come so far." };
  }
  const isLive = nowMs - Date.parse(newest) < LIVE_FOR_MS;
  return {
    state: isLive ? "live" : "quiet",
    about: "Last packet ",
    text: shortMoment(newest, nowMs),
    exactly: `Last export packet: ${exactMoment(newest)}`,
  };
}
