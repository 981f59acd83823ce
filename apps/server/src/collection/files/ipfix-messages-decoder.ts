import { createExportDecoder, type FileEnd, type FlowFileDecoder } from "@flowlens/codec";
import { ADDRESS_BYTES, flushFlows } from "@flowlens/flow";
import type { DecoderOutput } from "./flow-file.ts";

const IPFIX_VERSION = 10;
const HEADER_BYTES = 16;
const LENGTH_AT = 2;
/** A message says its length in 16 bits (RFC 7011 §3.1), and so does a datagram. */
const MAX_MESSAGE_BYTES = 65_535;

const SOURCE = { exporter: new Uint8Array(ADDRESS_BYTES), port: 0, receivedAtMs: 0 };

/**
 * Decoder of IPFIX messages one behind the other, cut by the length in their headers (RFC 5655 §8.1). Bytes behind a
 * message that are none may still belong to it, when the file is one datagram whose header lies: they are decoded with it.
 */
export function createIpfixMessagesDecoder({ sink, visit, exports }: DecoderOutput): FlowFileDecoder {
  const decoder = exports ?? createExportDecoder();
  let rest = new Uint8Array(0);
  let offset = 0;
  let failure: { offset: number; reason: string } | undefined;

  const decode = (bytes: Uint8Array): void => {
    if (visit) decoder.datagramToJson(bytes, 0, bytes.length, SOURCE, visit);
    else decoder.datagram(bytes, 0, bytes.length, SOURCE, sink);
  };

  /** Decodes the messages in `rest` behind which another one begins; keeps the others. */
  const takeWhole = (): void => {
    let at = 0;
    while (rest.length - at >= HEADER_BYTES) {
      const length = lengthOf(rest, at);
      const isFollowed = rest.length - at >= length + 2 && isVersion(rest, at + length);
      if (length < HEADER_BYTES || !isFollowed) break;
      decode(rest.subarray(at, at + length));
      at += length;
    }
    offset += at;
    rest = rest.slice(at);
    if (rest.length > 2 * MAX_MESSAGE_BYTES) {
      // The last message and more than it can be: what follows it is no message.
      const length = lengthOf(rest, 0);
      if (length >= HEADER_BYTES) {
        decode(rest.subarray(0, length));
        offset += length;
      }
      failure = { offset, reason: "no IPFIX message begins here" };
      rest = new Uint8Array(0);
    }
  };

  return {
    push(chunk) {
      if (failure) return;
      const joined = new Uint8Array(rest.length + chunk.length);
      joined.set(rest);
      joined.set(chunk, rest.length);
      rest = joined;
      takeWhole();
    },
    finish(): FileEnd {
      if (failure) {
        flushFlows(sink);
        return { complete: false, ...failure };
      }
      const length = rest.length < HEADER_BYTES ? 0 : lengthOf(rest, 0);
      const isWhole = rest.length === 0 || (length >= HEADER_BYTES && length <= rest.length);
      if (rest.length > 0) decode(rest.subarray(0, MAX_MESSAGE_BYTES));
      flushFlows(sink);
      if (isWhole) return { complete: true };
      return { complete: false, offset, reason: "the last IPFIX message is cut off" };
    },
    get counters() {
      return decoder.counters;
    },
    get failure() {
      return failure;
    },
  };
}

function isVersion(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0 && bytes[at + 1] === IPFIX_VERSION;
}

function lengthOf(bytes: Uint8Array, at: number): number {
  return (bytes[at + LENGTH_AT] << 8) | bytes[at + LENGTH_AT + 1];
}
