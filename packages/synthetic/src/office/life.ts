import type { Activity, EndpointId, Exchange, Mishaps, Rhythm } from "../plan/network-plan.ts";
import type { PlanBuilder } from "../plan/plan-builder.ts";
import type { Random } from "../random/random.ts";
import type { OfficeHosts, Placed } from "./office-hosts.ts";
import type { WorkWeek } from "./rhythms.ts";

/** What those need who say what goes on in the office. */
export interface Life {
  readonly builder: PlanBuilder;
  readonly office: OfficeHosts;
  readonly seed: number;
  readonly week: WorkWeek;
  readonly outside: OutsidePeers;
  readonly groups: MulticastGroups;
  /** When people's machines are on, by endpoint. */
  readonly rhythms: ReadonlyMap<EndpointId, Rhythm>;
}

/** Machines beyond the edge that are no asset of the office: nobody or few use the same. */
export interface OutsidePeers {
  readonly firstSite: EndpointId;
  readonly sites: number;
  readonly firstVisitor: EndpointId;
  readonly visitors: number;
}

export interface MulticastGroups {
  readonly ospf: EndpointId;
  readonly routers: EndpointId;
  readonly mdns: EndpointId;
  readonly llmnr: EndpointId;
  readonly ssdp: EndpointId;
  readonly broadcast: EndpointId;
}

/** What goes wrong in any network, now and then. */
export const USUAL_MISHAPS: Mishaps = { unanswered: 0.004, refused: 0.003, reset: 0.008 };

export type Target = EndpointId | Placed | readonly Placed[];

function pickFrom(target: Target): Activity["server"] {
  if (typeof target === "number") return target;
  if ("id" in target) return target.id;
  return target.length === 1 ? target[0].id : (random: Random) => random.pick(target).id;
}

export interface Habit {
  readonly to: Target | ((random: Random) => EndpointId);
  readonly exchange: Exchange | ((random: Random) => Exchange);
  readonly perHour: number;
  readonly rhythm?: Rhythm;
  readonly mishaps?: Mishaps;
}

/** `client` opens conversations of this kind again and again, at random times; not where the office has none of those. */
export function habit(
  life: Life,
  client: EndpointId,
  { to, exchange, perHour, rhythm, mishaps }: Habit,
): void {
  if (Array.isArray(to) && to.length === 0) return;
  life.builder.activity({
    client,
    server: typeof to === "function" ? to : pickFrom(to),
    exchange,
    perHour,
    ...(rhythm === undefined ? {} : { rhythm }),
    mishaps: mishaps ?? USUAL_MISHAPS,
  });
}

/** The first few are used most, as people and programs do: half of the picks fall on the first fifth. */
export function favourite<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(items.length * random.next() ** 2.3)];
}

/** Spread over servers as clients are that keep to theirs: who is `who` always gets the same. */
export function ownOf(who: number, servers: readonly Placed[]): Placed {
  return servers[who % servers.length];
}
