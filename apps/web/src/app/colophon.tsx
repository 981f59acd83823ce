import { useQuery } from "@tanstack/react-query";
import { versionQuery } from "../api/queries.ts";
import styles from "./shell.module.css";

/** Which FlowLens this is, and where programs ask the same. */
export function Colophon() {
  const { data } = useQuery(versionQuery());
  return (
    <p className={styles.colophon}>
      <a href="/api/docs">HTTP API</a>
      {data !== undefined && <span>FlowLens {data.version}</span>}
    </p>
  );
}
