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
  u64,
} from "../templates/encode-flows.ts";
import { HEADER, HEADER_BYTES, IPFIX_VERSION, OPTIONS_TEMPLATE_SET, TEMPLATE_SET } from "./layout.ts";

export interface IpfixEncodeOptions {
  /** Time of export, ms since 1970; IPFIX carries whole seconds. */
  readonly unixMs: number;
  readonly observationDomain: number;
  /** Data records sent before in this domain, modulo 2^32. */
  readonly sequence?: number;
  /** Put the templates (and with `samplingRate` the options template and its record) into the first message. */
  readonly withTemplates: boolean;
  /** One packet in this many was looked at, told in an options record. */
  readonly samplingRate?: number;
  /** By default as many as a packet of 1500 bytes carries: 21 of IPv4. */
  readonly recordsPerDatagram?: number;
  /** Rows [fromRow, toRow) of the batch; all by default. */
  readonly fromRow?: number;
  readonly toRow?: number;
}

export interface IpfixEncoded {
  readonly datagrams: Uint8Array[];
  /** Flow records; the options record counts in the sequence only. */
  readonly records: number;
  readonly nextSequence: number;
}

/**
 * Encodes rows of a batch as IPFIX messages (RFC 7011) in row order, IPv4 and IPv6 by a template each (256, 257); the
 * sampling rate by an options template (258) with the elements of RFC 5477. Without rows, `withTemplates` sends them alone.
 */
export function encodeIpfix(batch: FlowBatch, options: IpfixEncodeOptions): IpfixEncoded {
  const templates = sentTemplates([
    u64(152, (rows, row) => Math.floor(rows.timeStart[row])),
    u64(153, (rows, row) => Math.floor(rows.timeEnd[row])),
  ]);
  let sequence = (options.sequence ?? 0) >>> 0;
  const isSampled = options.withTemplates && options.samplingRate !== undefined;
  const { datagrams, records } = encodeDatagrams(batch, {
    headerBytes: HEADER_BYTES,
    preamble: preambleOf(options, templates),
    preambleRecords: isSampled ? 1 : 0,
    recordsPerDatagram: options.recordsPerDatagram,
    fromRow: options.fromRow,
    toRow: options.toRow,
    templates,
    header(view, dataRecords, bytes) {
      view.setUint16(HEADER.version, IPFIX_VERSION);
      view.setUint16(HEADER.length, bytes);
      view.setUint32(HEADER.exportSecs, Math.floor(options.unixMs / 1000));
      view.setUint32(HEADER.sequence, sequence);
      view.setUint32(HEADER.domain, options.observationDomain);
      sequence = (sequence + dataRecords) >>> 0;
    },
  });
  return { datagrams, records, nextSequence: sequence };
}

const OBSERVATION_DOMAIN_ID = 149;
const SAMPLING_PACKET_INTERVAL = 305;
const SAMPLING_PACKET_SPACE = 306;

function preambleOf(options: IpfixEncodeOptions, templates: ReturnType<typeof sentTemplates>): Uint8Array {
  if (!options.withTemplates) return new Uint8Array(0);
  const sets = [
    setOf(TEMPLATE_SET, [
      ...templateRecord(IPV4_TEMPLATE, templates.ipv4),
      ...templateRecord(IPV6_TEMPLATE, templates.ipv6),
    ]),
  ];
  const { samplingRate } = options;
  if (samplingRate !== undefined) {
    sets.push(
      setOf(OPTIONS_TEMPLATE_SET, [
        ...[OPTIONS_TEMPLATE, 3, 1].flatMap(be16),
        ...[OBSERVATION_DOMAIN_ID, 4, SAMPLING_PACKET_INTERVAL, 4, SAMPLING_PACKET_SPACE, 4].flatMap(be16),
      ]),
      // One packet taken, samplingRate - 1 left out.
      setOf(OPTIONS_TEMPLATE, [...be32(options.observationDomain), ...be32(1), ...be32(samplingRate - 1)]),
    );
  }
  return concat(sets);
}
