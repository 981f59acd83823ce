import { useQuery } from "@tanstack/react-query";
import { Button } from "@mantine/core";
import { exportersQuery } from "../api/queries.ts";
import { ApiFailure } from "../api/problems.ts";
import { Icon } from "../ui/icon.tsx";
import styles from "./lost-server-banner.module.css";

/** Said at the top of every page while the server does not answer: what is shown is old then. */
export function LostServerBanner() {
  const { error, refetch, isFetching } = useQuery(exportersQuery());
  if (!(error instanceof ApiFailure) || error.status !== 0) return null;
  return (
    <div className={styles.banner} role="status">
      <Icon name="warning" size={17} />
      <span>{error.message} What you see may be old; this page asks again by itself.</span>
      <Button variant="default" size="compact-xs" loading={isFetching} onClick={() => void refetch()}>
        Ask now
      </Button>
    </div>
  );
}
