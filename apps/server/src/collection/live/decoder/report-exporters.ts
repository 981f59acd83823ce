import type { ExporterStatus } from "@flowlens/codec";
import type { ExporterReport } from "../messages.ts";
import type { ExporterStates } from "./exporter-states.ts";

/** What the codec knows of each exporter, with what its thread knows. */
export function reportExporters(
  states: ExporterStates,
  statuses: { readonly real: readonly ExporterStatus[]; readonly simulated: readonly ExporterStatus[] },
  nowMs: number,
): ExporterReport[] {
  const reports: ExporterReport[] = [];
  for (const [isSimulated, status] of [
    ...statuses.real.map((one) => [false, one] as const),
    ...statuses.simulated.map((one) => [true, one] as const),
  ]) {
    const state = states.byAddress(status.exporter);
    // One whose clock was set meanwhile is known to both.
    if (state === undefined || (state.clock !== null) !== isSimulated) continue;
    const recordsWaiting = status.recordsWaiting;
    if (state.records > state.recordsBefore) state.isWaiting = false;
    else if (recordsWaiting > state.waitingBefore) state.isWaiting = true;
    state.recordsBefore = state.records;
    state.waitingBefore = recordsWaiting;
    reports.push({
      address: status.exporter,
      protocols: status.protocols,
      packets: status.packets,
      records: status.records,
      recordsPerSecond: state.rate.perSecond(nowMs, state.records),
      recordsLost: status.recordsLost,
      packetsLost: status.packetsLost,
      recordsDropped: state.recordsDropped,
      samplesDropped: status.samplesDropped,
      sequenceGaps: status.sequenceGaps,
      sequenceReorders: status.sequenceReorders,
      sequenceResets: status.sequenceResets,
      recordsWaiting,
      templates: status.templates,
      isWaiting: state.isWaiting,
      malformed: status.malformed,
      malformedByReason: status.malformedByReason,
      unsupported: status.unsupported,
      timesClamped: status.timesClamped,
      samplingRate: status.samplingRate,
      clockSkewMs: status.clockSkewMs,
      firstSeenMs: state.firstSeenMs,
      lastSeenMs: state.lastSeenMs,
    });
  }
  return reports;
}
