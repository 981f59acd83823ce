/**
 * One packet. `bytes[start, start + capturedLength)` is valid during the call only.
 *
 * @param originalLength bytes on the wire, never below `capturedLength`
 * @param timestampMs ms since 1970 with fractions
 * @param linkType LINKTYPE_ number of the packet's interface
 */
export type OnPacket = (
  bytes: Uint8Array,
  start: number,
  capturedLength: number,
  originalLength: number,
  timestampMs: number,
  linkType: number,
) => void;

export interface PcapCounters {
  /** Packets handed on. */
  packets: number;
  /** Their captured bytes. */
  captured_bytes: number;
  /** Packets whose captured length is below their length on the wire. */
  packets_cut: number;
  /** pcapng simple packet blocks carry no time: they get that of the packet before them. */
  packets_without_time: number;
  /** pcapng packets of an interface that was not described: dropped, since their link type is unknown. */
  packets_without_interface: number;
  /** pcapng sections; 1 for pcap. */
  sections: number;
  /** pcapng interfaces described; 1 for pcap. */
  interfaces: number;
  /** pcapng blocks that carry no packet (statistics, name resolution, secrets …), skipped by their length. */
  blocks_skipped: number;
}

/** What the readers of both formats share: where packets go, what is counted, and how to give up. */
export interface PcapReading {
  readonly onPacket: OnPacket;
  readonly counters: PcapCounters;
  /** Records why the reading stops at the record that begins here; returns the 0 that stops the feed. */
  fail(reason: string): 0;
}
