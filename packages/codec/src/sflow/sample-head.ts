import {
  COMPACT_INDEX_MAX,
  COMPACT_VALUE_MASK,
  INTERFACE_FORMAT,
  INTERNAL_INTERFACE,
  INTERNAL_INTERFACE_EXPANDED,
  SAMPLE_HEAD_BYTES,
} from "./format.ts";
import { readU32 } from "./words.ts";

/** What a sample says before its records; one object is reused for all. Counter samples have the first three only. */
export interface SampleHead {
  sequence: number;
  sourceType: number;
  sourceIndex: number;
  samplingRate: number;
  /** Packets that could have been sampled, modulo 2^32. */
  samplePool: number;
  /** Samples that the agent dropped since it started, modulo 2^32. */
  drops: number;
  inputFormat: number;
  inputValue: number;
  outputFormat: number;
  outputValue: number;
  expanded: boolean;
  /** Why a discarded packet was discarded; -1 in other samples. */
  discardReason: number;
  records: number;
  recordsAt: number;
}

export function createSampleHead(): SampleHead {
  return {
    sequence: 0,
    sourceType: 0,
    sourceIndex: 0,
    samplingRate: 0,
    samplePool: 0,
    drops: 0,
    inputFormat: 0,
    inputValue: 0,
    outputFormat: 0,
    outputValue: 0,
    expanded: false,
    discardReason: -1,
    records: 0,
    recordsAt: 0,
  };
}

/** Reads the head of a flow sample in bytes[at, end); false when it is too short for one. */
export function readFlowSampleHead(
  bytes: Uint8Array,
  at: number,
  end: number,
  expanded: boolean,
  into: SampleHead,
): boolean {
  const headBytes = expanded ? SAMPLE_HEAD_BYTES.expandedFlow : SAMPLE_HEAD_BYTES.flow;
  if (end - at < headBytes) return false;
  const field = readSource(bytes, at, expanded, into);
  into.samplingRate = readU32(bytes, field);
  into.samplePool = readU32(bytes, field + 4);
  into.drops = readU32(bytes, field + 8);
  into.expanded = expanded;
  into.discardReason = -1;
  if (expanded) {
    into.inputFormat = readU32(bytes, field + 12);
    into.inputValue = readU32(bytes, field + 16);
    into.outputFormat = readU32(bytes, field + 20);
    into.outputValue = readU32(bytes, field + 24);
  } else {
    const input = readU32(bytes, field + 12);
    const output = readU32(bytes, field + 16);
    into.inputFormat = input >>> 30;
    into.inputValue = input & COMPACT_VALUE_MASK;
    into.outputFormat = output >>> 30;
    into.outputValue = output & COMPACT_VALUE_MASK;
  }
  into.recordsAt = at + headBytes;
  into.records = readU32(bytes, into.recordsAt - 4);
  return true;
}

/** The same for a counter sample. */
export function readCounterSampleHead(
  bytes: Uint8Array,
  at: number,
  end: number,
  expanded: boolean,
  into: SampleHead,
): boolean {
  const headBytes = expanded ? SAMPLE_HEAD_BYTES.expandedCounters : SAMPLE_HEAD_BYTES.counters;
  if (end - at < headBytes) return false;
  into.records = readU32(bytes, readSource(bytes, at, expanded, into));
  into.expanded = expanded;
  into.discardReason = -1;
  into.recordsAt = at + headBytes;
  return true;
}

/** The same for a discarded packet (https://sflow.org/sflow_drops.txt): always expanded, no sampling rate. */
export function readDiscardedHead(bytes: Uint8Array, at: number, end: number, into: SampleHead): boolean {
  if (end - at < SAMPLE_HEAD_BYTES.discarded) return false;
  const field = readSource(bytes, at, true, into);
  into.samplingRate = 1;
  into.samplePool = 0;
  into.drops = readU32(bytes, field);
  into.inputFormat = INTERFACE_FORMAT.index;
  into.inputValue = readU32(bytes, field + 4);
  into.outputFormat = INTERFACE_FORMAT.index;
  into.outputValue = readU32(bytes, field + 8);
  into.expanded = true;
  into.discardReason = readU32(bytes, field + 12);
  into.recordsAt = at + SAMPLE_HEAD_BYTES.discarded;
  into.records = readU32(bytes, into.recordsAt - 4);
  return true;
}

/** The ifIndex of an interface; 0 where it is the device itself, several interfaces, or a reason to discard. */
export function interfaceIndex(format: number, value: number): number {
  return format !== INTERFACE_FORMAT.index || isInternal(value) ? 0 : value;
}

export function isInternal(value: number): boolean {
  return value === INTERNAL_INTERFACE || value === INTERNAL_INTERFACE_EXPANDED;
}

/** Sequence number and data source; returns where the rest begins. */
function readSource(bytes: Uint8Array, at: number, expanded: boolean, into: SampleHead): number {
  into.sequence = readU32(bytes, at);
  const source = readU32(bytes, at + 4);
  into.sourceType = expanded ? source : source >>> 24;
  into.sourceIndex = expanded ? readU32(bytes, at + 8) : source & COMPACT_INDEX_MAX;
  return at + (expanded ? 12 : 8);
}
