import type { Exporter } from "@flowlens/contract";
import { Icon, type IconName } from "../ui/icon.tsx";
import styles from "./exporter-state.module.css";

const STATES: Readonly<
  Record<
    Exporter["state"],
    { readonly label: string; readonly icon: IconName; readonly tone: string; readonly says: string }
  >
> = {
  receiving: { label: "Receiving", icon: "check", tone: "good", says: "Its records come in." },
  silent: {
    label: "Silent",
    icon: "warning",
    tone: "warn",
    says: "It used to send; nothing has come for more than 5 minutes.",
  },
  waiting_for_template: {
    label: "Waiting for template",
    icon: "warning",
    tone: "warn",
    says: "Its newest data cannot be read until it sends the template, which exporters do every few minutes.",
  },
  never_seen: {
    label: "Never seen",
    icon: "unknown",
    tone: "calm",
    says: "Registered; nothing has come yet.",
  },
};

/** How an exporter does, by icon and word. */
export function ExporterStateLabel({ state }: { readonly state: Exporter["state"] }) {
  const { label, icon, tone, says } = STATES[state];
  return (
    <span className={styles.state} data-tone={tone} title={says}>
      <Icon name={icon} size={14} />
      {label}
    </span>
  );
}
