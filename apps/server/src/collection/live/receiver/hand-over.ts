import type { MessagePort } from "node:worker_threads";
import {
  DATAGRAM_BUFFER_BYTES,
  openDatagramBuffer,
  packDatagram,
  packedBytes,
  type DatagramBuffer,
  type PackedDatagram,
} from "../datagram-buffer.ts";
import type { FromDecoderPort, ToDecoderPort } from "../messages.ts";
import type { ReceiverCounters } from "../shared-counters.ts";

/** Hands datagrams over to the decoder. */
export interface HandOver {
  /** False: there is no room, the datagram is dropped. */
  take(payload: Uint8Array, about: PackedDatagram): boolean;
  /** From now on to this decoder. What the one before it had and did not settle is counted as lost. */
  use(port: MessagePort): void;
  /** Hands over what is left and says that it was the last. */
  end(): void;
}

/** A datagram waits no longer than this for others to travel with, unless the decoder is busy anyway. */
const GATHER_MS = 5;
/** While so many buffers are with the decoder, another goes only when it is full. */
const BUSY_BUFFERS = 3;
/** Memory kept for the next burst; the rest of what a burst took is given back. */
const KEPT_BUFFERS = 16;

export interface HandOverOptions {
  readonly queueBytes: number;
  readonly counters: ReceiverCounters;
  /** Numbers of senders mean others when it changes. */
  readonly generation: () => number;
}

/**
 * A queue of bounded memory: datagrams are packed into buffers, the buffers move to the decoder and come back empty.
 * When all of them are away and full, there is no room.
 */
export function createHandOver({ queueBytes, counters, generation }: HandOverOptions): HandOver {
  const maxBuffers = Math.max(2, Math.floor(queueBytes / DATAGRAM_BUFFER_BYTES));
  const free: ArrayBuffer[] = [];
  let away = 0;
  let filling: DatagramBuffer | undefined;
  let generationOfFilling = 0;
  let full: { readonly buffer: DatagramBuffer; readonly generation: number }[] = [];
  let port: MessagePort | undefined;
  let timer: NodeJS.Timeout | undefined;

  /** What was packed and can be handed over to nobody any more. */
  function giveUpUnsent(): void {
    counters.lost += counters.accepted - counters.sent;
    counters.accepted = counters.sent;
  }

  // A predecessor of this thread may have died with a buffer half full.
  giveUpUnsent();

  function nextBuffer(): DatagramBuffer | undefined {
    const memory = free.pop();
    if (memory !== undefined) return openDatagramBuffer(memory);
    if (away + full.length >= maxBuffers) return undefined;
    return openDatagramBuffer(new ArrayBuffer(DATAGRAM_BUFFER_BYTES));
  }

  function post(to: MessagePort, buffer: DatagramBuffer, ofGeneration: number): void {
    const { bytes, usedBytes, packets } = buffer;
    away++;
    counters.sent += packets;
    counters.sentBytes += usedBytes;
    const message: ToDecoderPort = {
      type: "datagrams",
      memory: bytes.buffer,
      usedBytes,
      packets,
      generation: ofGeneration,
    };
    to.postMessage(message, [bytes.buffer]);
  }

  function putAside(): void {
    if (filling === undefined) return;
    full.push({ buffer: filling, generation: generationOfFilling });
    filling = undefined;
  }

  function sendFull(): void {
    if (port === undefined) return;
    for (const { buffer, generation: ofGeneration } of full) post(port, buffer, ofGeneration);
    full = [];
  }

  function gathered(): void {
    timer = undefined;
    if (filling === undefined || port === undefined || away >= BUSY_BUFFERS) return;
    putAside();
    sendFull();
  }

  function comeBack(memory: ArrayBuffer): void {
    away--;
    if (free.length < KEPT_BUFFERS) free.push(memory);
    if (filling !== undefined && timer === undefined) gathered();
  }

  return {
    take(payload, about) {
      const needed = packedBytes(payload.length);
      if (
        filling !== undefined &&
        (filling.usedBytes + needed > DATAGRAM_BUFFER_BYTES || generationOfFilling !== generation())
      ) {
        putAside();
        sendFull();
      }
      if (filling === undefined) {
        filling = nextBuffer();
        if (filling === undefined) return false;
        generationOfFilling = generation();
      }
      packDatagram(filling, payload, about);
      counters.accepted++;
      timer ??= setTimeout(gathered, GATHER_MS);
      return true;
    },

    use(next) {
      if (port !== undefined) {
        port.removeAllListeners();
        port.close();
        // The decoder before is dead by now and settles nothing any more.
        counters.lost += counters.sent - counters.settled;
        counters.settled = counters.sent;
        counters.decodedBytes = counters.sentBytes;
        away = 0;
      }
      port = next;
      port.on("message", ({ memory }: FromDecoderPort) => comeBack(memory));
      sendFull();
      gathered();
    },

    end() {
      clearTimeout(timer);
      putAside();
      sendFull();
      if (port === undefined) {
        giveUpUnsent();
        return;
      }
      const message: ToDecoderPort = { type: "end" };
      port.postMessage(message);
    },
  };
}
