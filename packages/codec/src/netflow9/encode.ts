import type { FlowBatch } from "@flowlens/flow";

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
  /** 25 by default. */
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

/** Encodes rows of a batch as NetFlow v9 datagrams (RFC 3954), IPv4 and IPv6 by a template each. */
export function encodeNetflow9(_batch: FlowBatch, _options: Netflow9EncodeOptions): Netflow9Encoded {
  throw new Error("encodeNetflow9 is being written");
}
