import { encodeIpfix, encodeNetflow5, encodeNetflow9, encodeSflow5 } from "@flowlens/codec";
import { parseAddress, type FlowBatch } from "@flowlens/flow";
import type { MadeExporter } from "@flowlens/synthetic";

/** One exporter's side of its protocol: sequence numbers, uptime, templates and counters sent again now and then. */
export interface ExporterStream {
  /** Datagrams that carry the rows, as exported at `nowMs` of true simulated time. */
  encode(batch: FlowBatch, nowMs: number): Uint8Array[];
}

/** Templates come again after so many datagrams, so that who missed them waits for seconds only. */
const TEMPLATES_EACH_DATAGRAMS = 60;
/** … and after so long on the exporter's clock. */
const TEMPLATES_EACH_MS = 600_000;
/** What agents are usually told to poll counters at. */
const COUNTERS_EACH_MS = 30_000;
/** They have been up for this long when the simulation begins. */
const UPTIME_BEFORE_MS = 20 * 86_400_000;

export function createExporterStream(exporter: MadeExporter, fromMs: number): ExporterStream {
  const uptimeAt = (nowMs: number) => UPTIME_BEFORE_MS + nowMs - fromMs;
  let sequence = 0;
  const templatesDue = createDue(TEMPLATES_EACH_MS, TEMPLATES_EACH_DATAGRAMS);
  const clockAt = (nowMs: number) => nowMs + exporter.clockAheadMs;

  switch (exporter.protocol) {
    case "netflow5":
      return {
        encode(batch, nowMs) {
          const encoded = encodeNetflow5(batch, {
            unixMs: clockAt(nowMs),
            sysUptimeMs: uptimeAt(nowMs),
            sequence,
            samplingRate: exporter.samplingRate,
            engineType: exporter.observationDomain >>> 8,
            engineId: exporter.observationDomain & 0xff,
          });
          sequence = encoded.nextSequence;
          return encoded.datagrams;
        },
      };
    case "netflow9":
      return {
        encode(batch, nowMs) {
          const encoded = encodeNetflow9(batch, {
            unixMs: clockAt(nowMs),
            sysUptimeMs: uptimeAt(nowMs),
            sourceId: exporter.observationDomain,
            sequence,
            withTemplates: templatesDue.isDue(nowMs),
            samplingRate: exporter.samplingRate,
          });
          sequence = encoded.nextSequence;
          templatesDue.sent(encoded.datagrams.length);
          return encoded.datagrams;
        },
      };
    case "ipfix":
      return {
        encode(batch, nowMs) {
          const encoded = encodeIpfix(batch, {
            unixMs: clockAt(nowMs),
            observationDomain: exporter.observationDomain,
            sequence,
            withTemplates: templatesDue.isDue(nowMs),
            samplingRate: exporter.samplingRate,
          });
          sequence = encoded.nextSequence;
          templatesDue.sent(encoded.datagrams.length);
          return encoded.datagrams;
        },
      };
    case "sflow5":
      return sflowStream(exporter, uptimeAt);
  }
}

function sflowStream(exporter: MadeExporter, uptimeAt: (nowMs: number) => number): ExporterStream {
  const agent = parseAddress(exporter.address) ?? new Uint8Array(16);
  const countersDue = createDue(COUNTERS_EACH_MS, Infinity);
  let sequence = 0;
  let sampleSequence = 0;
  let counterSequence = 0;
  return {
    encode(batch, nowMs) {
      const encoded = encodeSflow5(batch, {
        agent,
        subAgent: exporter.observationDomain,
        uptimeMs: uptimeAt(nowMs),
        sequence,
        sampleSequence,
        counterSequence,
        withCounters: countersDue.isDue(nowMs),
      });
      sequence = encoded.nextSequence;
      sampleSequence = encoded.nextSampleSequence;
      counterSequence = encoded.nextCounterSequence;
      return encoded.datagrams;
    },
  };
}

/** Due at first, and again after so many datagrams or so long. */
function createDue(eachMs: number, eachDatagrams: number) {
  let lastMs = -Infinity;
  let since = 0;
  return {
    isDue(nowMs: number): boolean {
      if (nowMs - lastMs < eachMs && since < eachDatagrams) return false;
      lastMs = nowMs;
      since = 0;
      return true;
    },
    sent(datagrams: number): void {
      since += datagrams;
    },
  };
}
