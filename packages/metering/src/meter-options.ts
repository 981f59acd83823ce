export interface MeterOptions {
  /** A record that has been open for longer is cut; the next packet begins a new one. */
  readonly activeTimeoutMs?: number;
  /** A record without a packet for longer is over. */
  readonly idleTimeoutMs?: number;
  /** Records open at a time, about 130 bytes each; beyond it the one longest without a packet is emitted early. */
  readonly maxFlows?: number;
  /** Fill the `initiator` column from TCP handshakes. Off, it says `INITIATOR.unknown` everywhere, as a v5 exporter's records do. */
  readonly initiators?: boolean;
}

export const METER_DEFAULTS: Required<MeterOptions> = {
  activeTimeoutMs: 60_000,
  idleTimeoutMs: 15_000,
  maxFlows: 262_144,
  initiators: true,
};
