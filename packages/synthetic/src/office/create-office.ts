import type { MadeNetwork } from "../network/made-network.ts";
import { createPlanBuilder } from "../plan/plan-builder.ts";
import { createTraffic } from "../traffic/create-traffic.ts";
import { LEAST_OFFICE_HOSTS, placeOffice } from "./office-hosts.ts";
import { addOfficeLife } from "./office-life.ts";
import { weekdayOf } from "./rhythms.ts";
import { OFFICE_EXPORTERS, pathTable, ZONE } from "./zones.ts";

export interface OfficeOptions {
  readonly seed: number;
  /** Hosts of all nine types together, 100 to 2,000; 240 by default. */
  readonly hosts?: number;
  /** Midnight of the first day on the office's clock, ms since 1970. */
  readonly dayStartMs: number;
  /** IANA name. */
  readonly timeZone: string;
  /** The nightly vulnerability scan and the scan from outside; true by default. */
  readonly scans?: boolean;
}

const DEFAULT_HOSTS = 240;
const MOST_OFFICE_HOSTS = 2_000;

/**
 * A made-up office: its people, its servers, its way out, and the exporters that watch them. A few of its hosts behave
 * as hosts of another type do, as in any network: what they are is the truth, not what they look like.
 * @throws RangeError on a number of hosts out of range or an unknown time zone
 */
export function createOffice(options: OfficeOptions): MadeNetwork {
  const { seed, hosts = DEFAULT_HOSTS, dayStartMs, timeZone, scans = true } = options;
  if (!Number.isInteger(hosts) || hosts < LEAST_OFFICE_HOSTS || hosts > MOST_OFFICE_HOSTS) {
    throw new RangeError(
      `An office has ${LEAST_OFFICE_HOSTS} to ${MOST_OFFICE_HOSTS} hosts, whole ones; ${hosts} were asked for.`,
    );
  }
  const builder = createPlanBuilder();
  const office = placeOffice(builder, hosts);
  const firstWeekday = weekdayOf(dayStartMs, timeZone);
  addOfficeLife(builder, office, { seed, week: { seed, firstWeekday }, scans });
  const plan = builder.build({
    seed,
    exporters: OFFICE_EXPORTERS,
    outsideZone: ZONE.outside,
    localZone: ZONE.local,
    dayStartMs,
    exportersBetween: pathTable(),
  });
  return {
    hosts: plan.hosts,
    internalRanges: ["10.20.0.0/16"],
    timeZone,
    exporters: plan.exporters,
    flows: (fromMs, toMs, traffic) => createTraffic(plan, { fromMs, toMs }, traffic),
  };
}
