/** How busy something is in each hour of a working day, 1 being its usual. */
export const HOURS = {
  /** People at desks: a hump before and one after lunch, a few who stay. */
  desk: [
    0.01, 0.01, 0.01, 0.01, 0.01, 0.02, 0.1, 0.5, 1, 1.3, 1.3, 1.2, 0.6, 1, 1.2, 1.2, 1, 0.7, 0.25, 0.1, 0.05,
    0.03, 0.02, 0.01,
  ],
  /** Machines that do what people make them do, and something of their own. */
  service: [
    0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.5, 0.8, 1.2, 1.4, 1.4, 1.3, 1, 1.2, 1.3, 1.3, 1.2, 0.9, 0.6, 0.5, 0.5, 0.4,
    0.4, 0.4,
  ],
  steady: Array.from({ length: 24 }, () => 1),
  /** After one, until four in the morning. */
  night: Array.from({ length: 24 }, (_, hour) => (hour >= 1 && hour < 4 ? 1 : 0)),
  /** An hour after midnight. */
  scan: Array.from({ length: 24 }, (_, hour) => (hour === 0 ? 1 : 0)),
  /** Projects: machines that people switch on for a while. */
  project: Array.from({ length: 24 }, (_, hour) => (hour >= 6 && hour < 22 ? 1 : 0.15)),
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type HoursName = keyof typeof HOURS;
