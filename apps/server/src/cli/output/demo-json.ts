import type { DemoStanding } from "#app";

export interface DemoRun {
  readonly seed: number;
  readonly speed: number;
  /** Hosts of all nine types were seen, and some of each were given a type. */
  readonly isComplete: boolean;
  /** From the command's start; null: there were none. */
  readonly firstHostsAfterMs: number | null;
}

/** What `demo --once --json` prints. */
export function demoJson({ types, totals, exporters }: DemoStanding, run: DemoRun) {
  return {
    seed: run.seed,
    speed: run.speed,
    complete: run.isComplete,
    seconds_to_first_hosts:
      run.firstHostsAfterMs === null ? null : Math.round(run.firstHostsAfterMs / 100) / 10,
    hosts: { made: totals.made, seen: totals.found, decided: totals.decided, right: totals.right },
    types: types.map(({ type, made, found, decided, right, confidence }) => ({
      type,
      made,
      seen: found,
      decided,
      right,
      confidence,
    })),
    exporters: exporters.map(({ name, address, protocol, samplingRate, sent, received, lost }) => ({
      name,
      address,
      protocol,
      sampling_rate: samplingRate,
      records_sent: sent,
      records_received: received,
      records_lost: lost,
    })),
  };
}
