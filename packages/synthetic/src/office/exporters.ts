import type { Segment } from "./cast.ts";

export type OfficeProtocol = "netflow5" | "netflow9" | "ipfix" | "sflow5";

/** A device of the office that sends flow records. */
export interface OfficeExporter {
  readonly name: string;
  readonly protocol: OfficeProtocol;
  /** Its own address in the office; packets may come from elsewhere when it is played. */
  readonly address: string;
  /** One packet in so many is looked at. */
  readonly samplingRate: number;
}

export const OFFICE_EXPORTERS = [
  { name: "core-router", protocol: "netflow9", address: "10.10.30.1", samplingRate: 1 },
  { name: "edge-firewall", protocol: "ipfix", address: "10.10.30.2", samplingRate: 1 },
  { name: "branch-router", protocol: "netflow5", address: "10.10.30.3", samplingRate: 1 },
  { name: "data-centre-switch", protocol: "sflow5", address: "10.10.30.20", samplingRate: 64 },
] as const satisfies readonly OfficeExporter[];

const [CORE, EDGE, BRANCH, DATA_CENTRE] = OFFICE_EXPORTERS.keys();

/**
 * Numbers of the exporters that a conversation between two segments passes. Some pass two, so that the same
 * conversation is reported twice; what stays within the users' own switch passes none.
 */
export function exportersBetween(client: Segment, server: Segment): readonly number[] {
  const has = (segment: Segment): boolean => client === segment || server === segment;
  if (has("branch")) {
    if (client === server) return [];
    return has("outside") ? [BRANCH] : [BRANCH, CORE];
  }
  if (has("outside")) return [EDGE];
  if (client === "users" && server === "users") return [];
  return client === "data_centre" && server === "data_centre" ? [CORE, DATA_CENTRE] : [CORE];
}

/** SNMP index of the interface towards a segment. */
export const INTERFACE_TO: Readonly<Record<Segment, number>> = {
  users: 1,
  data_centre: 2,
  management: 3,
  branch: 4,
  outside: 5,
};
