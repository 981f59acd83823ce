import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { ApiFailure } from "../api/problems.ts";
import { Icon, type IconName } from "./icon.tsx";
import styles from "./notices.module.css";

export interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
}

/** Says calmly that there is nothing, and what to do about it. */
export function EmptyState({ icon, title, children }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      <span className={styles.emptyIcon}>
        <Icon name={icon} size={26} />
      </span>
      <p className={styles.emptyTitle}>{title}</p>
      {children !== undefined && <div className={styles.emptyText}>{children}</div>}
    </div>
  );
}

export interface FailureNoticeProps {
  /** What could not be shown: "The assets". */
  readonly what: string;
  readonly error: Error;
  readonly onRetry: () => void;
}

/** Why something cannot be shown, in words, with a way on. */
export function FailureNotice({ what, error, onRetry }: FailureNoticeProps) {
  const failure = error instanceof ApiFailure ? error : undefined;
  return (
    <div className={styles.failure} role="alert">
      <Icon name="warning" size={20} />
      <div className={styles.failureText}>
        <p className={styles.failureTitle}>{what} cannot be shown.</p>
        <p>{error.message}</p>
        {failure?.problem?.errors?.map(({ field, message }) => (
          <p key={`${field} ${message}`}>
            <code>{field}</code> {message}
          </p>
        ))}
        {failure?.problem !== undefined && <p className={styles.code}>{failure.problem.code}</p>}
      </div>
      <Button variant="default" size="xs" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}
