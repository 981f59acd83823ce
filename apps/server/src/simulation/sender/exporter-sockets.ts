import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv4, isIPv6 } from "node:net";
import type { SimulationTarget } from "../simulation-types.ts";

/** A socket for each exporter, from which it sends to every target. */
export interface ExporterSockets {
  /** Of each exporter: where its packets come from; "" where the system chooses. */
  readonly addresses: readonly string[];
  /** Whether a collector can tell the exporters apart by address. */
  readonly haveOwnAddresses: boolean;
  /** Resolves with whether the system took it. */
  send(exporter: number, datagram: Uint8Array, to: { address: string; port: number }): Promise<boolean>;
  close(): Promise<void>;
}

/** 127.0.1.11, 127.0.1.12, …: on Linux all of 127.0.0.0/8 is this machine's. */
const OWN_ADDRESS = (exporter: number) => `127.0.1.${11 + exporter}`;

/**
 * Opens `count` sockets. To a collector on this machine each exporter sends from a loopback address of its own where
 * the system has them (Linux); elsewhere all have one address and each its own port.
 */
export async function openExporterSockets(
  count: number,
  targets: readonly SimulationTarget[],
): Promise<ExporterSockets> {
  const family = targets.every(({ address }) => isIPv6(address)) ? "udp6" : "udp4";
  const areLocal = targets.every(({ address }) => isIPv4(address) && address.startsWith("127."));
  let sockets = areLocal ? await bindAll(count, family, OWN_ADDRESS).catch(() => undefined) : undefined;
  const haveOwnAddresses = sockets !== undefined;
  sockets ??= await bindAll(count, family, () => (areLocal ? "127.0.0.1" : undefined));
  const bound = sockets;
  return {
    addresses: bound.map((socket) => (areLocal ? socket.address().address : "")),
    haveOwnAddresses,
    send: (exporter, datagram, { address, port }) =>
      new Promise((resolve) => {
        bound[exporter].send(datagram, port, address, (error) => resolve(error === null));
      }),
    close: async () => void (await Promise.all(bound.map(closed))),
  };
}

async function bindAll(
  count: number,
  family: "udp4" | "udp6",
  addressOf: (index: number) => string | undefined,
): Promise<Socket[]> {
  const sockets: Socket[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const socket = createSocket(family);
      sockets.push(socket);
      const address = addressOf(i);
      const listening = once(socket, "listening");
      socket.bind(address === undefined ? { port: 0 } : { port: 0, address });
      await listening;
      // A later error has its send's callback; without a listener it would end the process.
      socket.on("error", () => undefined);
    }
    return sockets;
  } catch (error) {
    await Promise.all(sockets.map(closed));
    throw error;
  }
}

async function closed(socket: Socket): Promise<void> {
  const gone = once(socket, "close");
  socket.close();
  await gone;
}
