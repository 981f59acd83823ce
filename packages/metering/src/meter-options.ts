export interface MeterOptions {
  /** A record that has been open for longer is cut; the next packet begins a new one. */
  readonly activeTimeoutMs?: number;
  /** A record without a packet for longer is over. */
  readonly idleTimeoutMs?: number;
  /** Records open at a time, about 112 bytes each; beyond it the one longest without a packet is emitted early. */
  readonly maxFlows?: number;
  /** Fill the `initiator` column from TCP handshakes. Off, it says `INITIATOR.unknown` everywhere, as a v5 exporter's records do. */
  readonly initiators?: boolean;
}

/** About 1.7 GB of records. */
const MOST_FLOWS = 2 ** 24;

export const METER_DEFAULTS: Required<MeterOptions> = {
  activeTimeoutMs: 60_000,
  idleTimeoutMs: 15_000,
  maxFlows: 262_144,
  initiators: true,
};

/** The options with defaults filled in. Throws a RangeError that names the one that makes no sense. */
export function checkMeterOptions(options: MeterOptions): Required<MeterOptions> {
  const checked = { ...METER_DEFAULTS, ...options };
  for (const name of ["activeTimeoutMs", "idleTimeoutMs"] as const) {
    if (!(checked[name] > 0)) throw new RangeError(`${name} must be above 0, not ${checked[name]}`);
  }
  if (!Number.isInteger(checked.maxFlows) || checked.maxFlows < 1 || checked.maxFlows > MOST_FLOWS) {
    throw new RangeError(`maxFlows must be a whole number from 1 to ${MOST_FLOWS}, not ${checked.maxFlows}`);
  }
  return checked;
}
