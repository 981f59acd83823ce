import type { DemoDecision, DemoStanding } from "#app";
import { decisionLine, progressLine, typeTable } from "./demo-text.ts";
import type { LiveScreen } from "./live-screen.ts";

const LINE_EVERY_MS = 5_000;
const LINE_SELDOM_MS = 60_000;
const DECISIONS_SHOWN = 8;
const DECISIONS_SAID = 4;

/** Shows how a demo stands: on a terminal as a block that changes in place, else as a line now and then. */
export interface DemoWatch {
  show(standing: DemoStanding): void;
}

export function createDemoWatch(
  screen: LiveScreen,
  { timeZone, nowMs = () => performance.now() }: { readonly timeZone: string; readonly nowMs?: () => number },
): DemoWatch {
  let newest: readonly DemoDecision[] = [];
  let unsaid: readonly DemoDecision[] = [];
  let nextLineAt = 0;
  return {
    show(standing) {
      newest = [...standing.decisions, ...newest].slice(0, DECISIONS_SHOWN);
      unsaid = [...standing.decisions, ...unsaid].slice(0, DECISIONS_SAID);
      const progress = progressLine(standing, timeZone);
      if (screen.isLive) {
        const types = typeTable(standing.types).trimEnd().split("\n");
        screen.show([progress, "", ...types, "", "NEWEST NAMES", ...newest.map(decisionLine)]);
        return;
      }
      if (nowMs() < nextLineAt) return;
      nextLineAt = nowMs() + (standing.share < 1 ? LINE_EVERY_MS : LINE_SELDOM_MS);
      screen.say([progress, ...unsaid.map((one) => `  ${decisionLine(one)}`)].join("\n"));
      unsaid = [];
    },
  };
}
