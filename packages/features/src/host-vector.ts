import { FEATURE_COUNT } from "./catalogue.ts";
import type { HostCounts } from "./host-counts.ts";

/** Hourly unevenness says nothing about a host that was seen for less. */
export const TRAFFIC_VARIANCE_MIN_HOURS = 3;

/**
 * The features.v1 vector of a host (24 doubles in the catalogue's order). A denominator of 0 gives NaN,
 * which stands for *missing*: 7–10, 14 and 19–23. Every other value is finite for counts that are finite
 * and not negative.
 */
export function hostVector(counts: HostCounts): Float64Array {
  const conversations = counts.inboundConversations + counts.outboundConversations;
  const vector = new Float64Array(FEATURE_COUNT);
  vector[0] = Math.log1p(counts.inboundConversations);
  vector[1] = Math.log1p(counts.outboundConversations);
  vector[2] = Math.log1p(counts.bytesIn);
  vector[3] = Math.log1p(counts.bytesOut);
  vector[4] = Math.log1p(counts.clients);
  vector[5] = Math.log1p(counts.servers);
  vector[6] = Math.log1p(conversations);
  vector[7] = ratio(counts.clients, counts.clients + counts.servers);
  vector[8] = ratio(counts.servedWellKnownPorts, counts.servedPorts);
  vector[9] = ratio(counts.servedEphemeralPorts, counts.servedPorts);
  vector[10] = ratio(counts.businessHourConversations, conversations);
  vector[11] = Math.log1p(counts.usedPorts);
  vector[12] = Math.log1p(counts.servedPorts);
  vector[13] = counts.activeHoursOfDay / 24;
  vector[14] = hourlyVariation(counts, conversations);
  vector[15] = counts.servesDatabasePort ? 1 : 0;
  vector[16] = counts.servesStoragePort ? 1 : 0;
  vector[17] = counts.servesWebPort ? 1 : 0;
  vector[18] = counts.servesSshPort ? 1 : 0;
  vector[19] = ratio(counts.tcpConversations, conversations);
  vector[20] = ratio(counts.udpConversations, conversations);
  vector[21] = ratio(counts.icmpConversations, conversations);
  vector[22] =
    conversations === 0 ? Number.NaN : Math.log1p((counts.bytesIn + counts.bytesOut) / conversations);
  vector[23] = ratio(counts.inboundConversations, conversations);
  return vector;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? Number.NaN : part / whole;
}

/**
 * Population deviation / mean of the hourly conversation counts x over the n hours seen:
 * sqrt(n·Σx² − (Σx)²) / Σx. The difference is clamped at 0, where rounding of Σx² beyond 2^53 could take it below.
 */
function hourlyVariation(counts: HostCounts, conversations: number): number {
  if (counts.spanHours < TRAFFIC_VARIANCE_MIN_HOURS || conversations === 0) return Number.NaN;
  const spread = counts.spanHours * counts.hourlyConversationsSquareSum - conversations * conversations;
  return Math.sqrt(Math.max(0, spread)) / conversations;
}
