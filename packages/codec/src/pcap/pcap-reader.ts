import type { FileEnd, FileFailure } from "../flow-file-decoder.ts";
import { readU32 } from "./byte-order.ts";
import { classicStep } from "./classic-pcap.ts";
import { PCAP_MAGIC, PCAPNG_SECTION_HEADER } from "./looks-like-pcap.ts";
import type { OnPacket, PcapCounters, PcapReading } from "./pcap-reading.ts";
import { pcapngStep } from "./pcapng.ts";
import { createRecordFeed, type RecordFeed, type RecordStep } from "./record-feed.ts";

/**
 * Reads a pcap or pcapng file in chunks of any size; at most one record is held back. Nothing is thrown:
 * a lying length or a broken header sets `failure`, after which `push` does nothing.
 */
export interface PcapReader {
  push(chunk: Uint8Array): void;
  /** How the file ended: complete, broken off in a record, or failed. */
  finish(): FileEnd;
  readonly counters: Readonly<PcapCounters> & Readonly<Record<string, number>>;
  readonly failure: FileFailure | undefined;
}

const MAGIC_BYTES = 4;

/** A reader that hands each packet to `onPacket`. pcap and pcapng are told apart by their first four bytes. */
export function createPcapReader(onPacket: OnPacket): PcapReader {
  const counters: PcapCounters = {
    packets: 0,
    captured_bytes: 0,
    packets_cut: 0,
    packets_without_time: 0,
    packets_without_interface: 0,
    sections: 0,
    interfaces: 0,
    blocks_skipped: 0,
  };
  let failure: FileFailure | undefined;
  let step: RecordStep | undefined;
  const reading: PcapReading = {
    onPacket,
    counters,
    fail(reason) {
      failure = { offset: feed.offset, reason };
      return 0;
    },
  };

  function recognise(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < MAGIC_BYTES) return -MAGIC_BYTES;
    const magic = readU32(bytes, at, false);
    if (magic === PCAPNG_SECTION_HEADER) step = pcapngStep(reading);
    else if ((Object.values(PCAP_MAGIC) as number[]).includes(magic)) step = classicStep(reading);
    else {
      return reading.fail(
        `this is neither pcap nor pcapng: it begins with ${magic.toString(16).padStart(8, "0")}`,
      );
    }
    return step(bytes, at, end);
  }

  const feed: RecordFeed = createRecordFeed((bytes, at, end) => (step ?? recognise)(bytes, at, end));

  return {
    push(chunk) {
      feed.push(chunk);
    },
    finish() {
      if (failure !== undefined) return { complete: false, ...failure };
      if (feed.held > 0) {
        const where = feed.offset === 0 ? "its header" : "a record";
        const reason = `the file breaks off inside ${where}: ${feed.held} of ${feed.needed} or more bytes are there`;
        return { complete: false, offset: feed.offset, reason };
      }
      if (feed.offset === 0) return { complete: false, offset: 0, reason: "the file is empty" };
      return { complete: true };
    },
    counters: counters as PcapCounters & Record<string, number>,
    get failure() {
      return failure;
    },
  };
}
