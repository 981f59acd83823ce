import { ADDRESS_BYTES, formatAddress } from "@flowlens/flow";
import type { SimulatedClock } from "#metadata-store";
import type { ExporterSettings } from "../messages.ts";
import { createRate, type Rate } from "./rate.ts";

/** What the decoder's thread keeps of one exporter beside what the codec keeps. */
export interface ExporterState {
  readonly address: string;
  /** 16 bytes, IPv4 mapped. */
  readonly addressBytes: Uint8Array;
  networkId: number;
  /** Counts instead of what the exporter says; null: believe it. */
  samplingRate: number | null;
  clock: SimulatedClock | null;
  /** Real time; 0 before its first packet. */
  firstSeenMs: number;
  lastSeenMs: number;
  records: number;
  recordsDropped: number;
  readonly rate: Rate;
  /** Of the codec's count of waiting records, and of `records`, when last looked at. */
  waitingBefore: number;
  recordsBefore: number;
  isWaiting: boolean;
}

export interface ExporterStates {
  /** The state of the exporter whose 16 bytes lie there; one for all beyond the limit. */
  at(bytes: Uint8Array, addressAt: number): ExporterState;
  byAddress(address: string): ExporterState | undefined;
  /** Those that packets came from. */
  list(): ExporterState[];
  /** Takes over what is set; exporters not named are back to the defaults. */
  configure(settings: readonly ExporterSettings[]): void;
}

export interface ExporterStatesOptions {
  readonly maxExporters: number;
  readonly defaultNetworkId: number;
}

export function createExporterStates(options: ExporterStatesOptions): ExporterStates {
  const states = new Map<string, ExporterState>();
  let settingsOf = new Map<string, ExporterSettings>();
  const unwatched = create("", new Uint8Array(ADDRESS_BYTES));

  function create(address: string, addressBytes: Uint8Array): ExporterState {
    const state: ExporterState = {
      address,
      addressBytes,
      networkId: options.defaultNetworkId,
      samplingRate: null,
      clock: null,
      firstSeenMs: 0,
      lastSeenMs: 0,
      records: 0,
      recordsDropped: 0,
      rate: createRate(),
      waitingBefore: 0,
      recordsBefore: 0,
      isWaiting: false,
    };
    apply(state);
    return state;
  }

  function apply(state: ExporterState): void {
    const settings = settingsOf.get(state.address);
    state.networkId = settings?.networkId ?? options.defaultNetworkId;
    state.samplingRate = settings?.samplingRate ?? null;
    state.clock = settings?.simulatedClock ?? null;
  }

  return {
    at(bytes, addressAt) {
      const addressBytes = bytes.slice(addressAt, addressAt + ADDRESS_BYTES);
      const address = formatAddress(addressBytes);
      let state = states.get(address);
      if (state === undefined) {
        // Those that are registered are watched, however many others came before.
        if (states.size >= options.maxExporters && !settingsOf.has(address)) return unwatched;
        state = create(address, addressBytes);
        states.set(address, state);
      }
      return state;
    },
    byAddress: (address) => states.get(address),
    list: () => [...states.values()].filter(({ firstSeenMs }) => firstSeenMs > 0),
    configure(settings) {
      settingsOf = new Map(settings.map((one) => [one.address, one]));
      for (const state of states.values()) apply(state);
    },
  };
}
