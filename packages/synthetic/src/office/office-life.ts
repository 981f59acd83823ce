import type { PlanBuilder } from "../plan/plan-builder.ts";
import { addClusterLife } from "./cluster-life.ts";
import type { Life } from "./life.ts";
import { addNetworkLife } from "./network-life.ts";
import type { OfficeHosts } from "./office-hosts.ts";
import { addPeoplesLife, peoplesRhythms } from "./people-life.ts";
import type { WorkWeek } from "./rhythms.ts";
import { addScans } from "./scans.ts";
import { addServersLife } from "./servers-life.ts";
import { addUpkeep } from "./upkeep-life.ts";
import { ZONE } from "./zones.ts";

/** 198.18.0.0/15 is kept for measuring networks (RFC 2544) and belongs to nobody. */
const FIRST_PEER = ((198 << 24) | (18 << 16)) >>> 0;
const SITES = 110_000;
const VISITORS = 20_000;

/** Everything that goes on in the office. Activities are numbered as they are added: the order is part of the seed. */
export function addOfficeLife(
  builder: PlanBuilder,
  office: OfficeHosts,
  { seed, week, scans }: { seed: number; week: WorkWeek; scans: boolean },
): void {
  const life: Life = {
    builder,
    office,
    seed,
    week,
    outside: {
      firstSite: builder.peers(FIRST_PEER, SITES, ZONE.outside),
      sites: SITES,
      firstVisitor: builder.peers(FIRST_PEER + SITES, VISITORS, ZONE.outside),
      visitors: VISITORS,
    },
    groups: {
      ospf: builder.peer("224.0.0.5", ZONE.local),
      routers: builder.peer("224.0.0.2", ZONE.local),
      mdns: builder.peer("224.0.0.251", ZONE.local),
      llmnr: builder.peer("224.0.0.252", ZONE.local),
      ssdp: builder.peer("239.255.255.250", ZONE.local),
      broadcast: builder.peer("255.255.255.255", ZONE.local),
    },
    rhythms: peoplesRhythms(office.people, week),
  };
  addPeoplesLife(life);
  addServersLife(life);
  addUpkeep(life);
  addNetworkLife(life);
  addClusterLife(life);
  // Last, so that what the others do is the same with and without.
  if (scans) addScans(life);
}
