import { ADDRESS_BYTES } from "@flowlens/flow";
import { SFLOW_VERSION } from "./format.ts";
import { addressEnd, copyAddress, readU32 } from "./words.ts";

/** The head of one datagram; one object is reused for all. */
export interface Sflow5Datagram {
  /** 16 bytes, IPv4 mapped; all zero where the agent names no address. */
  readonly agent: Uint8Array;
  subAgent: number;
  sequence: number;
  uptimeMs: number;
  /** Samples that the head says follow. */
  samples: number;
  samplesAt: number;
}

export type Sflow5Verdict = "ok" | "too_short" | "wrong_version" | "bad_agent_address";

/** Sub agent, sequence number, uptime, number of samples. */
const FIXED_BYTES = 16;

export function createSflow5Datagram(): Sflow5Datagram {
  return {
    agent: new Uint8Array(ADDRESS_BYTES),
    subAgent: 0,
    sequence: 0,
    uptimeMs: 0,
    samples: 0,
    samplesAt: 0,
  };
}

/** Reads the head of the datagram in bytes[start, end). */
export function readSflow5Datagram(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Sflow5Datagram,
): Sflow5Verdict {
  if (end - start < 8) return "too_short";
  if (readU32(bytes, start) !== SFLOW_VERSION) return "wrong_version";
  const at = addressEnd(bytes, start + 4, end);
  if (at < 0) return readU32(bytes, start + 4) > 2 ? "bad_agent_address" : "too_short";
  if (end - at < FIXED_BYTES) return "too_short";
  copyAddress(bytes, start + 4, into.agent, 0);
  into.subAgent = readU32(bytes, at);
  into.sequence = readU32(bytes, at + 4);
  into.uptimeMs = readU32(bytes, at + 8);
  into.samples = readU32(bytes, at + 12);
  into.samplesAt = at + FIXED_BYTES;
  return "ok";
}
