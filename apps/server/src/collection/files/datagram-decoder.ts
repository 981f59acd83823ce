import {
  createExportDecoder,
  recogniseExportDatagram,
  type FileEnd,
  type FlowFileDecoder,
  type RecordJson,
} from "@flowlens/codec";
import { ADDRESS_BYTES, flushFlows } from "@flowlens/flow";
import type { DecoderOutput } from "./flow-file.ts";

/** A UDP payload cannot be longer (RFC 768). */
const MAX_DATAGRAM_BYTES = 65_535;
const MAX_HEX_LINE_BYTES = 2 * MAX_DATAGRAM_BYTES + 1_024;

const SOURCE = { exporter: new Uint8Array(ADDRESS_BYTES), port: 0, receivedAtMs: 0 };

/** sFlow v5 gives the uptime of its agent and no time of day; rows of it would all lie in 1970. */
const WITHOUT_TIME =
  "sFlow packets carry no time of day, and this file does not tell when they came: take a capture (pcap) of them";

/** Decoder of a file that holds the payload of one export datagram and nothing else. */
export function createDatagramDecoder({ sink, visit, exports }: DecoderOutput): FlowFileDecoder {
  const decoder = exports ?? createExportDecoder();
  const parts: Uint8Array[] = [];
  let length = 0;
  let failure: { offset: number; reason: string } | undefined;
  return {
    push(chunk) {
      if (failure) return;
      length += chunk.length;
      if (length > MAX_DATAGRAM_BYTES) {
        failure = { offset: 0, reason: `a datagram has at most ${MAX_DATAGRAM_BYTES} bytes` };
        parts.length = 0;
      } else parts.push(chunk.slice());
    },
    finish(): FileEnd {
      if (failure) return { complete: false, ...failure };
      const bytes = Buffer.concat(parts);
      if (visit === undefined && isWithoutTime(bytes))
        return { complete: false, offset: 0, reason: WITHOUT_TIME };
      const refusedBefore = refusals(decoder.counters);
      // What is shown counts as held, though it makes no row: a sampled packet that is not IP, an options record.
      let shown = 0;
      const show = (record: RecordJson): void => {
        shown++;
        visit?.(record);
      };
      const records = visit
        ? decoder.datagramToJson(bytes, 0, bytes.length, SOURCE, show)
        : decoder.datagram(bytes, 0, bytes.length, SOURCE, sink);
      flushFlows(sink);
      // A datagram whose count lies has its whole records decoded, and is counted as malformed; one that only
      // carries templates or counters holds no record and is whole.
      if (records + shown > 0 || refusals(decoder.counters) === refusedBefore) return { complete: true };
      return {
        complete: false,
        offset: 0,
        reason: `the datagram holds no record (${malformedReasons(decoder.counters)})`,
      };
    },
    get counters() {
      return decoder.counters;
    },
    get failure() {
      return failure;
    },
  };
}

/** Decoder of lines of hex digits (spaces and colons allowed, # begins a comment), one export datagram a line. */
export function createHexLinesDecoder({ sink, visit, exports }: DecoderOutput): FlowFileDecoder {
  const decoder = exports ?? createExportDecoder();
  const counters = { lines: 0, bad_lines: 0, datagrams_without_time: 0 };
  const text = new TextDecoder("latin1");
  let rest = "";
  let skipping = false;

  function line(raw: string): void {
    counters.lines++;
    const digits = raw.replace(/#.*$/, "").replace(/[\s:]|0x/g, "");
    if (digits === "") return;
    if (digits.length % 2 === 1 || !/^[0-9a-fA-F]+$/.test(digits)) {
      counters.bad_lines++;
      return;
    }
    const bytes = Buffer.from(digits, "hex");
    if (visit) decoder.datagramToJson(bytes, 0, bytes.length, SOURCE, visit);
    else if (isWithoutTime(bytes)) counters.datagrams_without_time++;
    else decoder.datagram(bytes, 0, bytes.length, SOURCE, sink);
  }

  return {
    push(chunk) {
      const lines = (rest + text.decode(chunk)).split("\n");
      rest = lines.pop() ?? "";
      for (const each of lines) {
        if (skipping) skipping = false;
        else line(each);
      }
      if (rest.length > MAX_HEX_LINE_BYTES) {
        if (!skipping) counters.bad_lines++;
        skipping = true;
        rest = "";
      }
    },
    finish(): FileEnd {
      if (rest !== "" && !skipping) line(rest);
      rest = "";
      flushFlows(sink);
      const isOfNoUse = counters.datagrams_without_time > 0 && decoder.counters.packets === 0;
      return isOfNoUse ? { complete: false, offset: 0, reason: WITHOUT_TIME } : { complete: true };
    },
    get counters() {
      return { ...counters, ...decoder.counters };
    },
    failure: undefined,
  };
}

function isWithoutTime(bytes: Uint8Array): boolean {
  return recogniseExportDatagram(bytes, 0, bytes.length) === "sflow5";
}

/** Datagrams that were not read, or not wholly: malformed, of a version that is not read, or of none. */
function refusals(counters: Readonly<Record<string, number>>): number {
  return Object.entries(counters).reduce((sum, [name, value]) => {
    const isRefusal = name === "malformed" || name === "unknown_version" || name.startsWith("unsupported_");
    return isRefusal ? sum + value : sum;
  }, 0);
}

function malformedReasons(counters: Readonly<Record<string, number>>): string {
  return Object.keys(counters)
    .filter((name) => name.startsWith("malformed_") && counters[name] > 0)
    .map((name) => name.slice("malformed_".length).replaceAll("_", " "))
    .join(", ");
}
