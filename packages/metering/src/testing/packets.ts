import { IP_PROTOCOL, TCP_FLAG } from "@flowlens/flow";
import type { MadePacket } from "@flowlens/made-traffic";

export const CLIENT = "10.0.0.1";
export const SERVER = "10.0.0.2";

const DEFAULTS: MadePacket = {
  timeMs: 0,
  source: CLIENT,
  destination: SERVER,
  protocol: IP_PROTOCOL.tcp,
  sourcePort: 50_000,
  destinationPort: 443,
  tcpFlags: TCP_FLAG.ack,
  sequence: 0,
  acknowledgement: 0,
  icmpType: 0,
  payloadBytes: 0,
};

/** A TCP packet of the client to the server's port 443 at `timeMs`, 40 bytes. */
export function fromClient(timeMs: number, fields: Partial<MadePacket> = {}): MadePacket {
  return { ...DEFAULTS, timeMs, ...fields };
}

/** A TCP packet the other way. */
export function fromServer(timeMs: number, fields: Partial<MadePacket> = {}): MadePacket {
  const ends = { source: SERVER, destination: CLIENT, sourcePort: 443, destinationPort: 50_000 };
  return { ...DEFAULTS, ...ends, timeMs, ...fields };
}
