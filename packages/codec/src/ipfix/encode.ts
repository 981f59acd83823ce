import type { FlowBatch } from "@flowlens/flow";

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
  /** 20 by default. */
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

/** Encodes rows of a batch as IPFIX messages (RFC 7011), IPv4 and IPv6 by a template each. */
export function encodeIpfix(_batch: FlowBatch, _options: IpfixEncodeOptions): IpfixEncoded {
  throw new Error("encodeIpfix is being written");
}
