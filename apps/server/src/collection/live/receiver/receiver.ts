import { setImmediate as turn } from "node:timers/promises";
import type { RemoteInfo } from "node:dgram";
import type { MessagePort } from "node:worker_threads";
import type { PackedDatagram } from "../datagram-buffer.ts";
import type { FromReceiver, ReceiverSetup } from "../messages.ts";
import { shareCounters } from "../shared-counters.ts";
import { createAllowedSenders } from "./allowed-senders.ts";
import { BindError, bindSockets, type BoundSocket } from "./bind-sockets.ts";
import { createHandOver } from "./hand-over.ts";

export interface Receiver {
  /** Opens the sockets and says so, or says what failed. */
  start(): Promise<void>;
  useDecoder(port: MessagePort): void;
  /** Reads what the system still holds, closes the sockets, hands over what is left. */
  close(): Promise<void>;
}

const HEARTBEAT_MS = 500;
const REFUSED_REPORT_MS = 1_000;
const REFUSED_SHOWN = 100;
/** Exporters do not stop because we do: reading what came before the end is given up after this. */
const LAST_READING_MS = 200;

/** Receives, stamps, counts, packs and hands over; nothing else. */
export function createReceiver(setup: ReceiverSetup, post: (message: FromReceiver) => void): Receiver {
  const shared = shareCounters(setup.shape, setup.counters);
  const counters = shared.receivers[setup.index];
  const endpoints = shared.endpoints[setup.index];
  const senders = createAllowedSenders(setup.allowed);
  const handOver = createHandOver({
    queueBytes: setup.queueBytes,
    counters,
    generation: () => senders.generation,
  });
  // One object for all packets: it is read before the next one comes.
  const about: { -readonly [Field in keyof PackedDatagram]: PackedDatagram[Field] } = {
    sender: 0,
    receivedAtMs: 0,
    address: new Uint8Array(16),
    port: 0,
    endpoint: 0,
  };
  let sockets: BoundSocket[] = [];
  let timers: NodeJS.Timeout[] = [];
  let packetsOfTurn = 0;
  let refusedOfReport = 0;

  function listen({ socket, endpoint }: BoundSocket): void {
    const counts = endpoints[endpoint];
    socket.on("message", (payload: Buffer, { address, port }: RemoteInfo) => {
      packetsOfTurn++;
      counts.packets++;
      counts.bytes += payload.length;
      const sender = senders.find(address);
      if (!sender.allowed) {
        counts.refused++;
        refusedOfReport++;
        if (!senders.refuse(address)) counters.refusedOthers++;
        return;
      }
      about.sender = sender.number;
      about.receivedAtMs = Date.now();
      about.address = sender.address;
      about.port = port;
      about.endpoint = endpoint;
      if (!handOver.take(payload, about)) counts.queueDrops++;
    });
    socket.on("error", (error) => {
      counts.errors++;
      post({
        type: "log",
        level: "error",
        fields: { reason: error.message },
        message: "a socket of the collector reported an error",
      });
    });
  }

  function report(): void {
    if (refusedOfReport === 0) return;
    refusedOfReport = 0;
    post({ type: "refused", senders: senders.refused(REFUSED_SHOWN) });
  }

  function beat(): void {
    counters.heartbeatMs = Date.now();
  }

  return {
    async start() {
      beat();
      try {
        sockets = await bindSockets(setup.endpoints, setup);
      } catch (error) {
        if (!(error instanceof BindError)) throw error;
        const { address, port, systemCode, message } = error;
        post({ type: "failed", address, port, systemCode, message });
        return;
      }
      for (const one of sockets) listen(one);
      timers = [setInterval(beat, HEARTBEAT_MS), setInterval(report, REFUSED_REPORT_MS)];
      post({ type: "bound", bound: sockets.map(({ bound }) => bound) });
    },

    useDecoder: (port) => handOver.use(port),

    async close() {
      const until = Date.now() + LAST_READING_MS;
      do {
        packetsOfTurn = 0;
        await turn();
        await turn();
      } while (packetsOfTurn > 0 && Date.now() < until);
      for (const { socket } of sockets) socket.close();
      sockets = [];
      for (const timer of timers) clearInterval(timer);
      report();
      handOver.end();
    },
  };
}
