import { useId, type ReactNode } from "react";
import styles from "./panel.module.css";

export interface PanelProps {
  readonly title: string;
  /** One line under the title. */
  readonly note?: ReactNode;
  /** At the right of the title. */
  readonly aside?: ReactNode;
  /** The content reaches the edges: tables. */
  readonly isFlush?: boolean;
  readonly children: ReactNode;
}

/** One part of a page: a titled surface. */
export function Panel({ title, note, aside, isFlush = false, children }: PanelProps) {
  const titleId = useId();
  return (
    <section className={styles.panel} aria-labelledby={titleId}>
      <header className={styles.header}>
        <div className={styles.words}>
          <h2 id={titleId}>{title}</h2>
          {note !== undefined && <p className={styles.note}>{note}</p>}
        </div>
        {aside}
      </header>
      <div className={isFlush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}
