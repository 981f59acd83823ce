import type { FlowSink } from "@flowlens/flow";
import { readNetflow5Packet, type Netflow5Packet, type Netflow5Verdict } from "./packet.ts";
import { writeNetflow5Flows } from "./to-flow.ts";

export interface Netflow5Into {
  /** Receives the header; one struct is reused for all datagrams. */
  readonly packet: Netflow5Packet;
  /** 16 bytes, IPv4 mapped. */
  readonly exporter: Uint8Array;
  readonly sink: FlowSink;
}

/**
 * Decodes the datagram in bytes[start, end) into rows of the sink: all whole records that are there, whatever the
 * verdict. Never throws; `into.packet.records` is the number of rows written.
 */
export function decodeNetflow5(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Netflow5Into,
): Netflow5Verdict {
  const verdict = readNetflow5Packet(bytes, start, end, into.packet);
  writeNetflow5Flows(bytes, into.packet, into.exporter, into.sink);
  return verdict;
}
