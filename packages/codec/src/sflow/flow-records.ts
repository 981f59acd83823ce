import { FLOW_RECORD, ITEM_HEADER_BYTES } from "./format.ts";
import {
  clearPacketFacts,
  readExtendedGateway,
  readExtendedRouter,
  readExtendedSwitch,
  readRawHeader,
  type PacketFacts,
} from "./packet-facts.ts";
import type { SampleHead } from "./sample-head.ts";
import { paddedBytes, readU32 } from "./words.ts";

/** What walking the records of one flow sample met; one object is reused for all. */
export interface RecordsMet {
  /** Reason why the sample is malformed, the first one met. */
  malformed: RecordFault | undefined;
  /** Records of structures that nothing here knows, vendors' among them. */
  unknown: number;
  /** Loops taken, to be held against the number of bytes. */
  steps: number;
}

export type RecordFault =
  | "record_length_lies"
  | "record_count_lies"
  | "record_too_short"
  | "header_length_lies";

const SAMPLED_IPV4_BYTES = 32;
const SAMPLED_IPV6_BYTES = 56;
const SAMPLED_ETHERNET_BYTES = 24;

/**
 * Walks the records of a flow sample, each delimited by its own length, and gathers what they say of the packet. A
 * record whose length leaves the sample ends the walk; what came before it stays. `limit` is the sample's end, or the
 * datagram's for the last sample: nothing follows there that a sample's lie about its length could cost.
 */
export function readFlowRecords(
  bytes: Uint8Array,
  head: SampleHead,
  { end, limit }: { readonly end: number; readonly limit: number },
  facts: PacketFacts,
  met: RecordsMet,
): void {
  clearPacketFacts(facts);
  met.malformed = undefined;
  let at = head.recordsAt;
  for (let record = 0; record < head.records; record++) {
    met.steps++;
    if (limit - at < ITEM_HEADER_BYTES) {
      met.malformed ??= "record_count_lies";
      return;
    }
    const format = readU32(bytes, at);
    const length = readU32(bytes, at + 4);
    const contentAt = at + ITEM_HEADER_BYTES;
    if (length > end - contentAt) {
      met.malformed ??= "record_length_lies";
      if (length > limit - contentAt) return;
    }
    const fault = readFlowRecord(bytes, contentAt, contentAt + length, format, facts, met);
    met.malformed ??= fault;
    at = contentAt + paddedBytes(length);
  }
}

// Six parameters, as an object for each record would be made on the hot path.
function readFlowRecord(
  bytes: Uint8Array,
  at: number,
  end: number,
  format: number,
  facts: PacketFacts,
  met: RecordsMet,
): RecordFault | undefined {
  switch (format) {
    case FLOW_RECORD.rawHeader:
      // The first packet of a sample is the sample's; there should be no second.
      if (facts.source === "header") return undefined;
      if (readRawHeader(bytes, at, end, facts)) return undefined;
      return end - at < 16 ? "record_too_short" : "header_length_lies";
    case FLOW_RECORD.ipv4:
      return readReading(at, end, SAMPLED_IPV4_BYTES, "ipv4", facts);
    case FLOW_RECORD.ipv6:
      return readReading(at, end, SAMPLED_IPV6_BYTES, "ipv6", facts);
    case FLOW_RECORD.ethernet:
      return readReading(at, end, SAMPLED_ETHERNET_BYTES, "ethernet", facts);
    case FLOW_RECORD.extendedSwitch:
      return readExtendedSwitch(bytes, at, end, facts) ? undefined : "record_too_short";
    case FLOW_RECORD.extendedRouter:
      return readExtendedRouter(bytes, at, end, facts) ? undefined : "record_too_short";
    case FLOW_RECORD.extendedGateway:
      met.steps += (end - at) >>> 3;
      return readExtendedGateway(bytes, at, end, facts) ? undefined : "record_too_short";
    default:
      // Standard structures that say nothing a flow row holds are known; the rest is counted.
      if (format > 1_100 || format < 1_001) met.unknown++;
      return undefined;
  }
}

/** An agent's own reading of the packet: less than the packet's own bytes where they reach IP; IP says more than Ethernet. */
function readReading(
  at: number,
  end: number,
  leastBytes: number,
  source: "ipv4" | "ipv6" | "ethernet",
  facts: PacketFacts,
): RecordFault | undefined {
  if (end - at < leastBytes) return "record_too_short";
  const isIp = source !== "ethernet";
  const isBetter =
    isIp && (facts.source === "ethernet" || (facts.source === "header" && facts.outer.ipVersion === 0));
  if (facts.source === "none" || isBetter) {
    facts.source = source;
    facts.readingAt = at;
  }
  return undefined;
}
