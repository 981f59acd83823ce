import { once } from "node:events";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { DATAGRAM_BUFFER_BYTES, packedBytes, readDatagrams } from "../datagram-buffer.ts";
import type { ToDecoderPort } from "../messages.ts";
import { shareCounters } from "../shared-counters.ts";
import { createHandOver } from "./hand-over.ts";

const PAYLOAD_BYTES = 1_000;
const PER_BUFFER = Math.floor(DATAGRAM_BUFFER_BYTES / packedBytes(PAYLOAD_BYTES));
const ABOUT = { sender: 7, receivedAtMs: 1, address: new Uint8Array(16), port: 9, endpoint: 0 };

const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

function channel() {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  return { ours: port1, decoder: port2 };
}

function handOver(buffers: number) {
  const counters = shareCounters({ receivers: 1, endpoints: 1 }).receivers[0];
  let generation = 0;
  const made = createHandOver({
    queueBytes: buffers * DATAGRAM_BUFFER_BYTES,
    counters,
    generation: () => generation,
  });
  let number = 0;
  return {
    counters,
    ...made,
    nextGeneration: () => void generation++,
    /** Packs so many datagrams, numbered in their first bytes; how many had room. */
    pack(count: number): number {
      let taken = 0;
      for (let n = 0; n < count; n++) {
        const payload = new Uint8Array(PAYLOAD_BYTES);
        new DataView(payload.buffer).setUint32(0, number++);
        if (made.take(payload, ABOUT)) taken++;
      }
      return taken;
    },
  };
}

/** The numbers of the datagrams that come to the decoder, which gives every buffer back when told to. */
function listen(port: MessagePort, giveBack: boolean) {
  const numbers: number[] = [];
  const generations: number[] = [];
  let ended = false;
  port.on("message", (message: ToDecoderPort) => {
    if (message.type === "end") {
      ended = true;
      return;
    }
    const cursor = readDatagrams(message.memory, message.usedBytes);
    const view = new DataView(message.memory);
    while (cursor.next()) numbers.push(view.getUint32(cursor.start));
    generations.push(message.generation);
    if (giveBack) port.postMessage({ type: "free", memory: message.memory }, [message.memory]);
  });
  return { numbers, generations, ended: () => ended };
}

async function settled(port: MessagePort): Promise<void> {
  await once(port, "message");
  await new Promise((resolve) => setTimeout(resolve, 30));
}

describe("the way from a receiver to the decoder", () => {
  it("keeps the order, and ends with a word that it was all", async () => {
    const { ours, decoder } = channel();
    const to = listen(decoder, true);
    const over = handOver(8);
    over.use(ours);
    expect(over.pack(3 * PER_BUFFER + 5)).toBe(3 * PER_BUFFER + 5);
    over.end();
    await settled(decoder);
    expect(to.numbers).toEqual(Array.from({ length: 3 * PER_BUFFER + 5 }, (_, n) => n));
    expect(to.ended()).toBe(true);
    expect(over.counters).toMatchObject({ accepted: 3 * PER_BUFFER + 5, sent: 3 * PER_BUFFER + 5, lost: 0 });
  });

  it("hands over a lone datagram within milliseconds", async () => {
    const { ours, decoder } = channel();
    const to = listen(decoder, true);
    const over = handOver(8);
    over.use(ours);
    over.pack(1);
    await settled(decoder);
    expect(to.numbers).toEqual([0]);
  });

  it("has no room once its memory is with a decoder that does not answer, and has it again when that does", async () => {
    const { ours, decoder } = channel();
    const over = handOver(4);
    over.use(ours);
    expect(over.pack(10 * PER_BUFFER)).toBe(4 * PER_BUFFER);
    expect(over.counters.accepted).toBe(4 * PER_BUFFER);
    const to = listen(decoder, true);
    await settled(decoder);
    expect(to.numbers).toHaveLength(4 * PER_BUFFER);
    expect(over.pack(10)).toBe(10);
  });

  it("fills its memory rather than many buffers with little in them while the decoder is busy", async () => {
    const { ours, decoder } = channel();
    listen(decoder, false);
    const over = handOver(4);
    over.use(ours);
    let taken = 0;
    for (let n = 0; n < 30; n++) {
      taken += over.pack(5);
      await new Promise((resolve) => setTimeout(resolve, 7));
    }
    expect(taken).toBe(150);
  });

  it("counts as lost what a decoder had that died, and goes on with the next", async () => {
    const first = channel();
    listen(first.decoder, false);
    const over = handOver(8);
    over.use(first.ours);
    over.pack(2 * PER_BUFFER);
    await settled(first.decoder);
    over.counters.settled = PER_BUFFER;
    const second = channel();
    const to = listen(second.decoder, true);
    const inHand = over.counters.accepted - over.counters.sent;
    over.use(second.ours);
    expect(over.counters.lost).toBe(2 * PER_BUFFER - inHand - PER_BUFFER);
    over.pack(3);
    over.end();
    await settled(second.decoder);
    expect(to.numbers).toHaveLength(inHand + 3);
  });

  it("counts as lost what a predecessor of its thread had packed and not handed over", () => {
    const counters = shareCounters({ receivers: 1, endpoints: 1 }).receivers[0];
    counters.accepted = 100;
    counters.sent = 90;
    createHandOver({ queueBytes: 1, counters, generation: () => 0 });
    expect(counters).toMatchObject({ accepted: 90, sent: 90, lost: 10 });
  });

  it("never mixes datagrams whose senders are numbered differently", async () => {
    const { ours, decoder } = channel();
    const to = listen(decoder, true);
    const over = handOver(8);
    over.use(ours);
    over.pack(2);
    over.nextGeneration();
    over.pack(2);
    over.end();
    await settled(decoder);
    expect(to.generations).toEqual([0, 1]);
    expect(to.numbers).toEqual([0, 1, 2, 3]);
  });
});
