import type { EndpointId, Exchange } from "../plan/network-plan.ts";
import { EXCHANGE } from "./exchanges.ts";
import { habit, type Life } from "./life.ts";
import { networkDevices } from "./upkeep-life.ts";

/** What routers, switches and access points say to each other and to those who look after them. */
export function addNetworkLife(life: Life): void {
  const { office, groups, outside } = life;
  const lasting = (client: EndpointId, server: EndpointId, exchange: Exchange, everyMinutes: number) =>
    life.builder.activity({ client, server, exchange, everyMinutes, overSeconds: 1 });
  const [coreOne, coreTwo, edgeOne, edgeTwo, centreOne, centreTwo, branch] = office.routers.map(
    ({ id }) => id,
  );

  for (const { id } of office.routers) lasting(id, groups.ospf, EXCHANGE.ospf, 60);
  for (const id of [coreOne, coreTwo, centreOne, centreTwo, edgeOne, edgeTwo]) {
    lasting(id, groups.routers, EXCHANGE.hsrp, 60);
  }
  for (const [from, to] of [
    [edgeOne, coreOne],
    [edgeTwo, coreTwo],
    [branch, coreOne],
    [centreOne, coreOne],
    [centreTwo, coreTwo],
    [edgeOne, outside.firstVisitor + 95],
  ]) {
    lasting(from, to, EXCHANGE.bgp, 60);
  }

  for (const [i, { id }] of office.accessPoints.entries()) {
    lasting(id, office.wirelessController.id, { ...EXCHANGE.capwapControl, clientPort: 45_300 + i }, 10);
    lasting(id, office.wirelessController.id, { ...EXCHANGE.capwapData, clientPort: 45_400 + i }, 10);
  }

  for (const id of [coreOne, edgeOne, centreOne, branch])
    lasting(id, office.collector.id, EXCHANGE.netflow, 1);
  for (const { id } of office.accessSwitches) lasting(id, office.collector.id, EXCHANGE.sflow, 1);

  for (const { id } of networkDevices(life)) {
    habit(life, id, { to: office.collector, exchange: EXCHANGE.syslog, perHour: 8 });
    habit(life, id, { to: office.access, exchange: EXCHANGE.ntp, perHour: 2 });
    habit(life, id, { to: office.access, exchange: EXCHANGE.tacacs, perHour: 0.5 });
  }
}
