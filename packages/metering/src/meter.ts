import type { FlowSink } from "@flowlens/flow";
import type { PacketHeaders } from "@flowlens/packet";
import type { MeterCounters } from "./meter-counters.ts";
import type { MeterOptions } from "./meter-options.ts";

export interface Meter {
  /**
   * Accounts one packet. `headers` is what `parsePacket` made of `bytes`; both may be reused afterwards.
   * A packet without an IP header is counted and left. Nothing is thrown.
   *
   * @param timestampMs capture time in ms since 1970, fractions count
   * @param originalLength bytes of the frame on the wire, used where the IP header does not say its length
   */
  packet(headers: PacketHeaders, bytes: Uint8Array, timestampMs: number, originalLength: number): void;
  /** Emits every open record and what is left in the sink's batch. The meter is over afterwards. */
  finish(): void;
  readonly counters: Readonly<MeterCounters>;
}

/** A meter that writes into `sink`. Same packets, same records in the same order. */
export declare function createMeter(sink: FlowSink, options?: MeterOptions): Meter;
