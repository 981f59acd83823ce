import { readIpfixHeader, walkSets, type IpfixHeader } from "../../ipfix/index.ts";
import { createSetDecoder, NOT_CARRIED, type TemplateTable } from "../../templates/index.ts";
import type { DatagramContext, ProtocolHandler, SequenceObservation } from "./protocol-handler.ts";

/**
 * IPFIX: templates by exporter and observation domain; the sequence counts data records, those of options too
 * (RFC 7011 §3.1). Messages that follow one another in one datagram are all read.
 */
export function createIpfixHandler(table: TemplateTable): ProtocolHandler {
  const decoder = createSetDecoder(table);
  const header: IpfixHeader = {
    protocol: "ipfix",
    domainId: 0,
    sequence: 0,
    exportMs: 0,
    uptimeMs: NOT_CARRIED,
    setsAt: 0,
    lengthBytes: 0,
  };
  const next: IpfixHeader = { ...header };
  const observation: SequenceObservation = {
    stream: 0,
    unit: "records",
    sequence: 0,
    units: 0,
    uptimeMs: NOT_CARRIED,
  };

  /** Reads the message whose header was read, in bytes[start, limit). */
  const message = (bytes: Uint8Array, start: number, limit: number, context: DatagramContext): number => {
    const end = start + header.lengthBytes;
    if (end > limit) context.malformed("length_lies");
    context.exportedAt(header.exportMs);
    decoder.begin(header, context);
    walkSets(bytes, header.setsAt, { end: Math.min(end, limit), limit }, decoder, context.malformed);
    const records = decoder.finish();
    const { totals } = decoder;
    observation.stream = header.domainId;
    observation.sequence = header.sequence;
    // How many records are in a set without a template is not known, so the next message tells no gap.
    observation.units =
      totals.setsWaiting > 0 ? -1 : totals.records + totals.optionsRecords - totals.released;
    context.sequence(observation);
    return records;
  };

  return {
    protocol: "ipfix",
    datagram(bytes, start, end, context) {
      if (!readIpfixHeader(bytes, start, end, header)) {
        context.malformed("too_short");
        return 0;
      }
      let records = 0;
      let at = start;
      for (;;) {
        const messageEnd = at + header.lengthBytes;
        const isFollowed = messageEnd < end && readIpfixHeader(bytes, messageEnd, end, next);
        records += message(bytes, at, isFollowed ? messageEnd : end, context);
        if (!isFollowed) {
          // Bytes behind the message that no set of it reached.
          if (messageEnd < end && !context.isMalformed && !isZero(bytes, messageEnd, end)) {
            context.malformed("trailing_bytes");
          }
          return records;
        }
        at = messageEnd;
        readIpfixHeader(bytes, at, end, header);
      }
    },
  };
}

function isZero(bytes: Uint8Array, at: number, end: number): boolean {
  for (; at < end; at++) if (bytes[at] !== 0) return false;
  return true;
}
