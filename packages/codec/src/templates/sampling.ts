import { NOT_CARRIED, REGISTER as R } from "./registers.ts";

/** Samplers and interfaces kept of one domain: a forged stream of them must not grow memory. */
const MAX_KEPT = 1_024;
const MAX_RATE = 0xffffffff;

/** What options records said of sampling in one domain, or (of any domain) of one exporter. */
export interface Sampling {
  /** Rate of all that nothing else is said of; 0 where not said. */
  rate: number;
  readonly samplers: Map<number, number>;
  readonly interfaces: Map<number, number>;
}

export function createSampling(): Sampling {
  return { rate: 0, samplers: new Map(), interfaces: new Map() };
}

/**
 * The sampling rate that a record says itself, 0 where it does not: an interval (34, 50), packets taken and left out
 * (305, 306), sample and population (309, 310), probability (311); RFC 5477 §8.2.
 */
export function rateOf(registers: Float64Array): number {
  if (registers[R.samplingInterval] > 0) return clamp(registers[R.samplingInterval]);
  const taken = registers[R.packetInterval];
  // Without the packets left out, those taken in a row tell no rate.
  if (taken > 0 && registers[R.packetSpace] !== NOT_CARRIED) {
    return clamp((taken + registers[R.packetSpace]) / taken);
  }
  const size = registers[R.sampleSize];
  if (size > 0 && registers[R.samplePopulation] > 0) return clamp(registers[R.samplePopulation] / size);
  return registers[R.probabilityRate] > 0 ? clamp(registers[R.probabilityRate]) : 0;
}

function clamp(rate: number): number {
  return Math.max(1, Math.min(MAX_RATE, Math.round(rate)));
}

/** Takes in what an options record says; `interfaceIndex` where it is said of one interface. */
export function learnSampling(
  sampling: Sampling,
  said: { readonly rate: number; readonly samplerId: number; readonly interfaceIndex: number },
): void {
  if (said.samplerId >= 0) keep(sampling.samplers, said.samplerId, said.rate);
  else if (said.interfaceIndex >= 0) keep(sampling.interfaces, said.interfaceIndex, said.rate);
  else sampling.rate = said.rate;
}

function keep(rates: Map<number, number>, key: number, rate: number): void {
  if (rates.has(key) || rates.size < MAX_KEPT) rates.set(key, rate);
}

/**
 * The rate of a data record that says none itself, 0 where nothing is known: its sampler, its input interface, its
 * domain. A record without a sampler's number is taken to be of the only sampler there is.
 */
export function rateFor(sampling: Sampling, samplerId: number, inIf: number): number {
  const { samplers, interfaces } = sampling;
  if (samplerId >= 0 && samplers.size > 0) {
    const rate = samplers.get(samplerId);
    if (rate !== undefined) return rate;
  }
  if (interfaces.size > 0) {
    const rate = interfaces.get(inIf);
    if (rate !== undefined) return rate;
  }
  if (sampling.rate === 0 && samplerId < 0 && samplers.size === 1) {
    for (const rate of samplers.values()) return rate;
  }
  return sampling.rate;
}
