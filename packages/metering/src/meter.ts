import { flushFlows, INITIATOR, IP_PROTOCOL, TCP_FLAG, type FlowSink } from "@flowlens/flow";
import type { PacketHeaders } from "@flowlens/packet";
import { CaptureClock } from "./capture-clock.ts";
import { FlowTable, NONE, WAITING } from "./flow-table.ts";
import { FragmentMemory } from "./fragment-memory.ts";
import { initiatorFrom } from "./initiator.ts";
import { createMeterCounters, type MeterCounters } from "./meter-counters.ts";
import { checkMeterOptions, type MeterOptions } from "./meter-options.ts";
import { createPacketFacts, hashKey, KEY, KEY_WORDS, reverseKey, type PacketFacts } from "./packet-facts.ts";
import { readPacketFacts } from "./packet-reading.ts";
import { writeRecord } from "./record-writer.ts";

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

/**
 * A TCP record that saw FIN or RST waits this long for more before it is over. Exporters end such a record at
 * once, and then the last ACK, which follows within a round trip, makes a record of its own that holds one packet
 * and tells nobody who opened the conversation. The wait counts from the last packet, so that a half-closed
 * connection that still transfers stays one record; a SYN does not wait: it is the next connection.
 */
const LINGER_MS = 2_000;

type RecordEnd = Extract<keyof MeterCounters, `records_${string}`>;

/** A meter that writes into `sink`. Same packets, same records in the same order. Throws a RangeError on senseless options. */
export function createMeter(sink: FlowSink, options: MeterOptions = {}): Meter {
  const { activeTimeoutMs, idleTimeoutMs, maxFlows, initiators } = checkMeterOptions(options);
  const lingerMs = Math.min(LINGER_MS, idleTimeoutMs);
  const counters = createMeterCounters();
  const table = new FlowTable(maxFlows);
  const fragments = new FragmentMemory();
  const clock = new CaptureClock(counters, account, endAll);
  const facts = createPacketFacts();
  const otherWay = new Uint32Array(KEY_WORDS);
  /** No record is due before this; a lower bound, so that most packets need not look. */
  let nextDueMs = Number.POSITIVE_INFINITY;

  function account(packet: PacketFacts): void {
    if (clock.nowMs > nextDueMs) endDue();
    const { key, timestampMs, tcpFlags } = packet;
    const hash = hashKey(key);
    const slot = table.find(key, hash);
    if (slot === NONE) {
      openRecord(packet, hash, INITIATOR.unknown);
      return;
    }
    const lastMs = table.lastMs(slot);
    const firstMs = table.firstMs(slot);
    const isEnding = table.waiting(slot) === WAITING.ending;
    // The sweep goes by the clock, which may wait for witnesses; the record's own times decide here.
    const silenceMs = timestampMs < firstMs ? firstMs - timestampMs : timestampMs - lastMs;
    if (silenceMs > (isEnding ? lingerMs : idleTimeoutMs) || (isEnding && (tcpFlags & TCP_FLAG.syn) !== 0)) {
      end(slot, isEnding ? "records_tcp_end" : "records_idle");
      openRecord(packet, hash, INITIATOR.unknown);
    } else if (timestampMs - firstMs > activeTimeoutMs || lastMs - timestampMs > activeTimeoutMs) {
      const initiator = table.initiator(slot);
      end(slot, "records_active");
      openRecord(packet, hash, initiator);
    } else add(slot, packet);
  }

  function openRecord(packet: PacketFacts, hash: number, initiator: number): void {
    if (table.size >= maxFlows) end(longestUntouched(), "records_pressure");
    const slot = table.add(packet.key, hash);
    table.begin(slot, packet.timestampMs, packet.ipTos, packet.vlan);
    table.setInitiator(slot, initiator);
    table.enlist(slot, WAITING.open, clock.nowMs);
    nextDueMs = Math.min(nextDueMs, clock.nowMs + idleTimeoutMs);
    if (
      initiators &&
      initiator === INITIATOR.unknown &&
      (packet.key[KEY.protocol] & 0xff) === IP_PROTOCOL.tcp
    ) {
      learnInitiator(slot, packet);
    }
    add(slot, packet);
  }

  function add(slot: number, packet: PacketFacts): void {
    const { tcpFlags } = packet;
    table.addPacket(slot, packet.timestampMs, packet.ipBytes, tcpFlags);
    let waiting = table.waiting(slot);
    if ((tcpFlags & (TCP_FLAG.fin | TCP_FLAG.rst)) !== 0) {
      waiting = WAITING.ending;
      nextDueMs = Math.min(nextDueMs, clock.nowMs + lingerMs);
    }
    if (initiators && (tcpFlags & TCP_FLAG.syn) !== 0 && table.initiator(slot) === INITIATOR.unknown) {
      learnInitiator(slot, packet);
    }
    table.touch(slot, waiting, clock.nowMs);
  }

  function learnInitiator(slot: number, packet: PacketFacts): void {
    reverseKey(packet.key, otherWay);
    const reverse = table.find(otherWay, hashKey(otherWay));
    const reverseInitiator = reverse === NONE ? INITIATOR.unknown : table.initiator(reverse);
    table.setInitiator(slot, initiatorFrom(packet.tcpFlags, reverseInitiator));
  }

  function longestUntouched(): number {
    const open = table.head(WAITING.open);
    const ending = table.head(WAITING.ending);
    if (open === NONE) return ending;
    if (ending === NONE) return open;
    return table.touchedMs(ending) <= table.touchedMs(open) ? ending : open;
  }

  function end(slot: number, reason: RecordEnd): void {
    writeRecord(table, slot, sink);
    table.remove(slot);
    counters[reason]++;
    counters.records++;
  }

  /** Ends what has waited long enough, in the order in which it was due. */
  function endDue(): void {
    for (;;) {
      const open = table.head(WAITING.open);
      const ending = table.head(WAITING.ending);
      const openDueMs = open === NONE ? Number.POSITIVE_INFINITY : table.touchedMs(open) + idleTimeoutMs;
      const endingDueMs = ending === NONE ? Number.POSITIVE_INFINITY : table.touchedMs(ending) + lingerMs;
      nextDueMs = Math.min(openDueMs, endingDueMs);
      if (!(clock.nowMs > nextDueMs)) return;
      if (endingDueMs <= openDueMs) end(ending, "records_tcp_end");
      else end(open, "records_idle");
    }
  }

  function endAll(): void {
    while (table.size > 0) end(longestUntouched(), "records_idle");
    nextDueMs = Number.POSITIVE_INFINITY;
  }

  return {
    packet(headers, bytes, timestampMs, originalLength) {
      if (headers.ipVersion === 0) {
        counters.packets_without_ip++;
        return;
      }
      readPacketFacts(headers, bytes, originalLength, facts);
      facts.timestampMs = timestampMs;
      if (headers.isFragment !== 0) {
        if (headers.fragmentOffset === 0) fragments.remember(facts.key, headers.fragmentId, timestampMs);
        else if (fragments.recall(facts.key, headers.fragmentId, timestampMs))
          counters.fragments_attributed++;
        else counters.fragments_without_ports++;
      }
      counters.packets++;
      counters.ip_bytes += facts.ipBytes;
      clock.take(facts);
    },
    finish() {
      clock.finish();
      while (table.size > 0) end(longestUntouched(), "records_finish");
      flushFlows(sink);
    },
    counters,
  };
}
