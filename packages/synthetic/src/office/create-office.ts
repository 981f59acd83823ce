import type { MadeNetwork } from "../network/made-network.ts";

export interface OfficeOptions {
  readonly seed: number;
  /** Hosts of all nine types together, at least 60; 240 by default. */
  readonly hosts?: number;
  /** Midnight of the first day on the office's clock, ms since 1970. */
  readonly dayStartMs: number;
  /** IANA name. */
  readonly timeZone: string;
  /** The nightly vulnerability scan and the scan from outside; true by default. */
  readonly scans?: boolean;
}

/** A made-up office: its people, its servers, its way out, and the exporters that watch them. */
export function createOffice(_options: OfficeOptions): MadeNetwork {
  throw new Error("not there yet");
}
