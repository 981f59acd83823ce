import type { EndpointId, Exchange } from "../plan/network-plan.ts";
import { LOOKED_FOR } from "./scanned-ports.ts";
import type { Life } from "./life.ts";
import type { OfficeHosts, Placed } from "./office-hosts.ts";

const SCAN_FROM_MINUTE = 120;
const SCAN_MINUTES = 80;
const PROBES_A_HOST = 70;
const OUTSIDE_SCAN_FROM_MINUTE = 790;
const OUTSIDE_SCAN_MINUTES = 35;
const OUTSIDE_PROBES_A_MINUTE = 30;
const WINDOWS_OPEN: readonly number[] = [135, 139, 445, 5040, 7680];

/** A port is opened, a banner read, and that is all. */
const probeOf = (port: number): Exchange => ({
  protocol: 6,
  port,
  up: [30, 0.5],
  down: [90, 0.8],
  durationMs: [60, 1],
  retries: 0,
});

/**
 * Who looks into every host: a vulnerability scanner at night, on every address inside, and strangers from outside,
 * on what the edge shows them. Open ports answer, closed ones refuse, firewalls and machines that are off say nothing.
 */
export function addScans(life: Life): void {
  const { office, builder } = life;
  const open = openPorts(office);
  const people = new Set(office.people.map(({ id }) => id));
  const inside = builder
    .hosts()
    .flatMap(({ isInternal }, id) => (isInternal && id !== office.scanner.id ? [id] : []));
  for (const [i, id] of inside.entries()) {
    const ports = [...LOOKED_FOR, ...(open.get(id) ?? [])];
    const minute = SCAN_FROM_MINUTE + Math.floor((i * SCAN_MINUTES) / inside.length);
    builder.activity({
      client: office.scanner.id,
      server: id,
      exchange: (random) => probeOf(random.pick(ports)),
      everyMinutes: 1_440,
      atMinute: minute,
      burst: PROBES_A_HOST,
      overSeconds: 55,
      outcome: (_, { port }) => {
        const isOff = people.has(id) && (life.rhythms.get(id)?.(minute) ?? 0) === 0;
        if (isOff) return "unanswered";
        if (open.get(id)?.includes(port) === true) return "answered";
        return people.has(id) ? "unanswered" : "refused";
      },
    });
  }
  addStrangers(life, open);
}

function addStrangers(life: Life, open: ReadonlyMap<EndpointId, readonly number[]>): void {
  const { office, builder, outside } = life;
  const shown: readonly Placed[] = [office.publicBalancer, office.vpn, office.fileTransfer];
  const seenOpen: ReadonlyMap<EndpointId, readonly number[]> = new Map([
    [office.publicBalancer.id, [80, 443]],
    [office.vpn.id, [443]],
    [office.fileTransfer.id, [22]],
  ]);
  const scanner = outside.firstVisitor + outside.visitors - 1;
  const outcome = (server: EndpointId, { port }: Exchange) =>
    seenOpen.get(server)?.includes(port) === true && open.has(server) ? "answered" : "unanswered";
  const server = (random: { pick<Item>(items: readonly Item[]): Item }) => random.pick(shown).id;
  for (let minute = 0; minute < OUTSIDE_SCAN_MINUTES; minute++) {
    builder.activity({
      client: scanner,
      server,
      exchange: (random) => probeOf(1 + random.below(10_000)),
      everyMinutes: 1_440,
      atMinute: OUTSIDE_SCAN_FROM_MINUTE + minute,
      burst: OUTSIDE_PROBES_A_MINUTE,
      outcome,
    });
  }
  // The noise of the Internet: everybody's doors are tried, all day.
  builder.activity({
    client: (random) => outside.firstVisitor + random.below(outside.visitors),
    server,
    exchange: (random) => probeOf(random.pick(LOOKED_FOR)),
    perHour: 90,
    outcome,
  });
}

function openPorts(office: OfficeHosts): Map<EndpointId, readonly number[]> {
  const open = new Map<EndpointId, readonly number[]>();
  for (const value of Object.values(office) as (Placed | readonly Placed[])[]) {
    for (const one of "id" in value ? [value] : value) {
      if ("openPorts" in one) open.set(one.id, one.openPorts);
    }
  }
  for (const { id, kind } of office.people) open.set(id, kind === "developer" ? [22] : WINDOWS_OPEN);
  return open;
}
