import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import type { BoundEndpoint, Endpoint } from "../messages.ts";

export interface BoundSocket {
  /** Index among the endpoints. */
  readonly endpoint: number;
  readonly socket: Socket;
  readonly bound: BoundEndpoint;
}

export class BindError extends Error {
  readonly address: string;
  readonly port: number;
  readonly systemCode: string;

  constructor(endpoint: Endpoint, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = "BindError";
    this.address = endpoint.address;
    this.port = endpoint.port;
    this.systemCode = systemCodeOf(cause);
  }
}

export interface BindOptions {
  readonly reusePort: boolean;
  readonly receiveBufferBytes: number;
}

/** How often a free port is looked for that is free on all addresses. */
const FREE_PORT_TRIES = 20;
/** The system has no such address family. */
const NO_SUCH_FAMILY = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL"]);

/** Opens a socket for every endpoint; those that are optional may be missing. @throws BindError, with nothing left open */
export async function bindSockets(
  endpoints: readonly Endpoint[],
  options: BindOptions,
): Promise<BoundSocket[]> {
  const all: BoundSocket[] = [];
  const groups = [...new Set(endpoints.map(({ group }) => group))];
  try {
    for (const group of groups) {
      const members = [...endpoints.entries()].filter(([, endpoint]) => endpoint.group === group);
      all.push(...(await bindGroup(members, options)));
    }
    return all;
  } catch (error) {
    for (const { socket } of all) socket.close();
    throw error;
  }
}

/** The endpoints of one port. */
async function bindGroup(
  members: readonly (readonly [number, Endpoint])[],
  options: BindOptions,
): Promise<BoundSocket[]> {
  for (let attempt = 1; ; attempt++) {
    const bound: BoundSocket[] = [];
    let freePort = 0;
    try {
      for (const [index, endpoint] of members) {
        const port = endpoint.port === 0 ? freePort : endpoint.port;
        const one = await bindOne(index, { ...endpoint, port }, options);
        if (one === undefined) continue;
        freePort = one.bound.port;
        bound.push(one);
      }
      return bound;
    } catch (error) {
      for (const { socket } of bound) socket.close();
      const retry = freePort !== 0 && members[0][1].port === 0 && attempt < FREE_PORT_TRIES;
      if (!(retry && error instanceof BindError && error.systemCode === "EADDRINUSE")) throw error;
    }
  }
}

async function bindOne(
  index: number,
  endpoint: Endpoint,
  { reusePort, receiveBufferBytes }: BindOptions,
): Promise<BoundSocket | undefined> {
  const socket = isIPv6(endpoint.address)
    ? createSocket({ type: "udp6", reusePort, ipv6Only: !endpoint.dualStack })
    : createSocket({ type: "udp4", reusePort });
  try {
    const listening = once(socket, "listening");
    socket.bind({ address: endpoint.address, port: endpoint.port, exclusive: true });
    await listening;
  } catch (error) {
    socket.close();
    if (endpoint.optional && NO_SUCH_FAMILY.has(systemCodeOf(error))) return undefined;
    throw new BindError(endpoint, error);
  }
  const granted = askForBuffer(socket, receiveBufferBytes);
  const { port } = socket.address();
  return { endpoint: index, socket, bound: { endpoint: index, port, receiveBufferBytes: granted } };
}

/** What the system granted. Linux says twice that, since it counts its own bookkeeping in (socket(7), SO_RCVBUF). */
function askForBuffer(socket: Socket, wantedBytes: number): number {
  try {
    socket.setRecvBufferSize(wantedBytes);
  } catch {
    // Some systems refuse what is too much instead of granting less: what is there is read below.
  }
  const said = socket.getRecvBufferSize();
  return process.platform === "linux" ? Math.floor(said / 2) : said;
}

function systemCodeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" ? code : "UNKNOWN";
}
