import { readNetflow9Header, walkFlowSets, type Netflow9Header } from "../../netflow9/index.ts";
import { createSetDecoder, type TemplateTable } from "../../templates/index.ts";
import type { ProtocolHandler, SequenceObservation } from "./protocol-handler.ts";

/** NetFlow v9: templates by exporter and source id; the sequence counts datagrams (RFC 3954 §5.1). */
export function createNetflow9Handler(table: TemplateTable): ProtocolHandler {
  const decoder = createSetDecoder(table);
  const header: Netflow9Header = {
    protocol: "netflow9",
    domainId: 0,
    sequence: 0,
    exportMs: 0,
    uptimeMs: 0,
    setsAt: 0,
  };
  const observation: SequenceObservation = { stream: 0, unit: "packets", sequence: 0, units: 1, uptimeMs: 0 };
  return {
    protocol: "netflow9",
    datagram(bytes, start, end, context) {
      if (!readNetflow9Header(bytes, start, end, header)) {
        context.malformed("too_short");
        return 0;
      }
      context.exportedAt(header.exportMs);
      decoder.begin(header, context);
      walkFlowSets(bytes, header.setsAt, end, decoder, context.malformed);
      const records = decoder.finish();
      observation.stream = header.domainId;
      observation.sequence = header.sequence;
      const { totals } = decoder;
      observation.otherUnits = totals.setsWaiting > 0 ? -1 : totals.records - totals.releasedFlows;
      observation.uptimeMs = header.uptimeMs;
      context.sequence(observation);
      return records;
    },
  };
}
