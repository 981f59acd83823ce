import { CopyButton } from "@mantine/core";
import styles from "./command-line.module.css";

/** A line for a terminal, to be copied. */
export function CommandLine({ text }: { readonly text: string }) {
  return (
    <span className={styles.line}>
      <code className={styles.code}>{text}</code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <button type="button" className={`plain ${styles.copy}`} onClick={copy}>
            {copied ? "Copied" : "Copy"}
            <span className="visually-hidden">: {text}</span>
          </button>
        )}
      </CopyButton>
    </span>
  );
}
