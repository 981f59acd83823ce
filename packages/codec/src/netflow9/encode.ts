import type { FlowBatch } from "@flowlens/flow";
import {
  be16,
  be32,
  concat,
  encodeDatagrams,
  IPV4_TEMPLATE,
  IPV6_TEMPLATE,
  OPTIONS_TEMPLATE,
  sentTemplates,
  setOf,
  templateRecord,
  u32,
} from "../templates/encode-flows.ts";
import { HEADER, HEADER_BYTES, NETFLOW9_VERSION, OPTIONS_TEMPLATE_SET, TEMPLATE_SET } from "./layout.ts";

export interface Netflow9EncodeOptions {
  /** Time of export, ms since 1970; v9 carries whole seconds. */
  readonly unixMs: number;
  /** Uptime of the exporter at that time; record times are written relative to it. */
  readonly sysUptimeMs: number;
  readonly sourceId: number;
  /** Packets sent before by this source id, modulo 2^32. */
  readonly sequence?: number;
  /** Put the templates (and with `samplingRate` the options template and its record) into the first datagram. */
  readonly withTemplates: boolean;
  /** One packet in this many was looked at, told in an options record. */
  readonly samplingRate?: number;
  /** By default as many as a packet of 1500 bytes carries: 24 of IPv4. */
  readonly recordsPerDatagram?: number;
  /** Rows [fromRow, toRow) of the batch; all by default. */
  readonly fromRow?: number;
  readonly toRow?: number;
}

export interface Netflow9Encoded {
  readonly datagrams: Uint8Array[];
  readonly records: number;
  readonly nextSequence: number;
}

/**
 * Encodes rows of a batch as NetFlow v9 datagrams (RFC 3954) in row order, IPv4 and IPv6 by a template each (256, 257);
 * the sampling rate by an options template (258). Times keep their milliseconds. Without rows, `withTemplates` sends them alone.
 */
export function encodeNetflow9(batch: FlowBatch, options: Netflow9EncodeOptions): Netflow9Encoded {
  const exportSecs = Math.floor(options.unixMs / 1000);
  const uptimeAt = (timeMs: number): number => {
    const uptime = Math.floor(options.sysUptimeMs - (exportSecs * 1000 - timeMs)) >>> 0;
    // Reads as "not known": see netflow5/times.ts.
    return uptime === 0xffffffff ? 0xfffffffe : uptime;
  };
  const templates = sentTemplates([
    u32(22, (rows, row) => uptimeAt(rows.timeStart[row])),
    u32(21, (rows, row) => uptimeAt(rows.timeEnd[row])),
  ]);
  const { preamble, templateRecords, optionsRecords } = preambleOf(options, templates);
  let sequence = (options.sequence ?? 0) >>> 0;
  let isFirst = true;
  const { datagrams, records } = encodeDatagrams(batch, {
    headerBytes: HEADER_BYTES,
    preamble,
    preambleRecords: optionsRecords,
    recordsPerDatagram: options.recordsPerDatagram,
    fromRow: options.fromRow,
    toRow: options.toRow,
    templates,
    header(view, dataRecords) {
      view.setUint16(HEADER.version, NETFLOW9_VERSION);
      view.setUint16(HEADER.count, dataRecords + (isFirst ? templateRecords : 0));
      view.setUint32(HEADER.sysUptimeMs, options.sysUptimeMs);
      view.setUint32(HEADER.unixSecs, exportSecs);
      view.setUint32(HEADER.sequence, sequence);
      view.setUint32(HEADER.sourceId, options.sourceId);
      sequence = (sequence + 1) >>> 0;
      isFirst = false;
    },
  });
  return { datagrams, records, nextSequence: sequence };
}

const SCOPE_SYSTEM = 1;
const SAMPLING_INTERVAL = 34;
const SAMPLING_ALGORITHM = 35;
const DETERMINISTIC = 1;

function preambleOf(options: Netflow9EncodeOptions, templates: ReturnType<typeof sentTemplates>) {
  const { samplingRate } = options;
  if (!options.withTemplates) return { preamble: new Uint8Array(0), templateRecords: 0, optionsRecords: 0 };
  const sets = [
    setOf(TEMPLATE_SET, [
      ...templateRecord(IPV4_TEMPLATE, templates.ipv4),
      ...templateRecord(IPV6_TEMPLATE, templates.ipv6),
    ]),
  ];
  if (samplingRate !== undefined) {
    sets.push(
      setOf(OPTIONS_TEMPLATE_SET, [
        ...[OPTIONS_TEMPLATE, 4, 8].flatMap(be16),
        ...[SCOPE_SYSTEM, 4, SAMPLING_INTERVAL, 4, SAMPLING_ALGORITHM, 1].flatMap(be16),
      ]),
      setOf(OPTIONS_TEMPLATE, [...be32(options.sourceId), ...be32(samplingRate), DETERMINISTIC]),
    );
  }
  return {
    preamble: concat(sets),
    templateRecords: samplingRate === undefined ? 2 : 3,
    optionsRecords: samplingRate === undefined ? 0 : 1,
  };
}
