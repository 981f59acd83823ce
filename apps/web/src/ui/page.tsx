import { useEffect, type ReactNode } from "react";
import styles from "./page.module.css";

export interface PageProps {
  /** For the browser's tab. */
  readonly title: string;
  readonly heading?: ReactNode;
  /** What the page is for, in one line. */
  readonly note?: ReactNode;
  readonly aside?: ReactNode;
  /** Fills the window's height and scrolls inside. */
  readonly isFullHeight?: boolean;
  readonly children: ReactNode;
}

export function Page({ title, heading = title, note, aside, isFullHeight = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · FlowLens`;
  }, [title]);
  return (
    <div className={styles.page} data-full-height={isFullHeight || undefined}>
      <header className={styles.header}>
        <div className={styles.words}>
          <h1>{heading}</h1>
          {note !== undefined && <p className="soft">{note}</p>}
        </div>
        {aside}
      </header>
      {children}
    </div>
  );
}
