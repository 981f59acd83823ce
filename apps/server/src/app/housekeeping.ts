import { Type, type Static } from "typebox";
import type { FlowStore } from "#flow-store";
import type { Logger } from "#telemetry";

/** How long traffic is kept, counted from when it was received or imported, never from its own time. */
export const RETENTION_CONFIG = Type.Object(
  {
    rawDays: Type.Integer({ minimum: 1, default: 14, description: "Raw flow records." }),
    aggregateDays: Type.Integer({
      minimum: 1,
      default: 400,
      description: "5-minute aggregates; not fewer than raw.",
    }),
    hourlyDays: Type.Integer({
      minimum: 1,
      default: 800,
      description: "Hourly roll-ups; not fewer than aggregates.",
    }),
  },
  { additionalProperties: false },
);

export type RetentionConfig = Readonly<Static<typeof RETENTION_CONFIG>>;

const EVERY_MS = 10 * 60_000;

export interface Housekeeping {
  start(): void;
  /** Waits for a round under way, having told it to end. */
  stop(): Promise<void>;
}

/** What a FlowLens that stays up does in the background: fold what is left, roll hours up, let old traffic go. */
export function createHousekeeping(
  config: RetentionConfig,
  { flows, logger }: { readonly flows: FlowStore; readonly logger: Logger },
): Housekeeping {
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  let ending = new AbortController();

  async function keep(signal: AbortSignal): Promise<void> {
    try {
      await flows.fold({ nowMs: Date.now(), signal });
      await flows.rollup({ nowMs: Date.now(), signal });
      const expired = await flows.expire({ ...config, nowMs: Date.now(), signal });
      if (expired.rawRows + expired.slices + expired.hours > 0)
        logger.info({ ...expired }, "old traffic went");
    } catch (error) {
      // The next round does what is left to do.
      if (!signal.aborted) logger.error({ err: error }, "housekeeping failed and will be tried again");
    }
  }

  return {
    start() {
      ending = new AbortController();
      const go = (): void => {
        round = round.then(() => keep(ending.signal));
      };
      timer = setInterval(go, EVERY_MS);
      go();
    },
    async stop() {
      clearInterval(timer);
      ending.abort();
      await round;
    },
  };
}
